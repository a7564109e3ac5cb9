"""What a worker process does: it answers calls, one after the other, until its pipe is closed."""

from __future__ import annotations

import os
import pickle
import resource
import threading
import traceback
from multiprocessing.connection import Connection
from queue import SimpleQueue

from krafity_cli.errors import KrafityError


def serve(pipe: int) -> None:
    """Answer the calls that come through descriptor `pipe`.

    A thread of its own reads them, so that the process ends at once when the other end is closed,
    whatever it is at.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file
    connection = Connection(pipe)
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, calls), daemon=True).start()
    while True:
        connection.send_bytes(_answered(calls.get()))


def _listen(connection: Connection, calls: SimpleQueue[bytes]) -> None:
    while True:
        try:
            calls.put(connection.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def _answered(message: bytes) -> bytes:
    try:
        folder, fn, args, kwargs = pickle.loads(message)
        os.chdir(folder)
        return pickle.dumps((fn(*args, **kwargs), None))
    except BaseException as error:
        if not isinstance(error, KrafityError):
            error.add_note("".join(traceback.format_exception(error)))
        return pickle.dumps((None, error))
