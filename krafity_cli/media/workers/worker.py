"""The executor of worker processes: where everything that decodes, draws, encodes or joins runs.

CPU work is an ordinary synchronous function of bytes, paths and small values. A hostile file that
crashes a decoder kills a worker, not the run; cancelling a call kills its worker at once. The
executor has the interface of `concurrent.futures`, so another one can take its place (`use`).

A worker ends as soon as its end of the pipe is closed, so none outlives this process, however
this process ends. It has a process group of its own: a terminal's Ctrl-C goes to us alone.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from krafity_cli.errors import MediaError

P = ParamSpec("P")
T = TypeVar("T")

TIMEOUT = 900.0
"""Seconds after which a call is given up; decoding a clip usually takes less than one."""

_START = (
    "import sys; sys.path[:] = {path!r}; "
    "from krafity_cli.media.workers.worker_process import serve; serve({pipe})"
)


class WorkerDied(MediaError):
    """The worker process of a call crashed or was killed; `why` names the signal."""


class Workers(Executor):
    """An executor of at most `most` worker processes, started when they are first needed.

    `cancel()` of a running call's future kills its worker, waits until it is gone, and says True.
    A call whose worker dies raises `WorkerDied`; other calls are not affected.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or os.cpu_count() or 1
        self._changed = threading.Condition()
        self._waiting: deque[_Call] = deque()
        self._slots: list[_Slot] = []
        self._idle = 0
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `fn` in a worker, in this process's folder; what goes to and fro is pickled."""
        call: _Call = _Call(pickle.dumps((_folder(), fn, args, kwargs)))
        with self._changed:
            if self._closed:
                raise RuntimeError("the workers were shut down")
            self._waiting.append(call)
            if self._idle < len(self._waiting) and len(self._slots) < self._most:
                self._slots.append(_Slot(self))
            self._changed.notify()
        return call

    @property
    def is_idle(self) -> bool:
        """Whether no call runs or waits."""
        with self._changed:
            return not self._waiting and self._idle == len(self._slots)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers end: after all calls, or at once with `cancel_futures`."""
        with self._changed:
            self._closed = True
            calls = list(self._waiting) if cancel_futures else []
            self._changed.notify_all()
        for call in calls:
            call.cancel()
        for slot in self._slots:
            if cancel_futures:
                slot.kill()
            if wait:
                slot.thread.join()

    def take(self, slot: _Slot) -> _Call | None:
        """The next call, for a slot that has nothing to do; `None` when there will be none."""
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._closed:
                self._changed.wait()
            self._idle -= 1
            call = self._waiting.popleft() if self._waiting else None
            slot.begin(call)
            return call


class _Call(Future[Any]):
    """A future that can be cancelled while it runs."""

    def __init__(self, message: bytes) -> None:
        super().__init__()
        self.message = message
        self.slot: _Slot | None = None

    def cancel(self) -> bool:
        return super().cancel() or (self.slot is not None and self.slot.kill(self))


class _Slot:
    """A place for one worker, and the thread that hands it calls; a dead worker is replaced."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._call: _Call | None = None
        self._killed = False
        self._worker: _Worker | None = None
        self.thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self.thread.start()

    def begin(self, call: _Call | None) -> None:
        """From now on `kill` means this call, even before it is running."""
        with self._lock:
            self._call, self._killed = call, False
            if call is not None:
                call.slot = self

    def kill(self, call: _Call | None = None) -> bool:
        """End the worker now if it is at `call`, or at any call where none is named."""
        with self._lock:
            if call not in (None, self._call):
                return False
            self._killed = True
            if self._worker is not None:
                self._worker.kill()
            return True

    def _work(self) -> None:
        while call := self._workers.take(self):
            if call.set_running_or_notify_cancel():
                self._run(call)
        if self._worker is not None:
            self._worker.close()

    def _run(self, call: _Call) -> None:
        error: BaseException | None
        try:
            with self._lock:
                if self._killed:
                    raise EOFError
                worker = self._worker = self._worker or _Worker()
            result, error = worker.ask(call.message)
        except (EOFError, OSError, pickle.UnpicklingError) as raised:
            result, error = None, self._lost(raised)
        with self._lock:
            self._call = None
        if error is None:
            call.set_result(result)
        else:
            call.set_exception(error)

    def _lost(self, raised: Exception) -> BaseException:
        """What becomes of a call whose worker is gone; the next call gets a new worker."""
        with self._lock:
            worker, self._worker = self._worker, None
            code = worker.close() if worker else 0
            if self._killed:
                return CancelledError()
            if worker is None:
                return WorkerDied("a worker process could not be started", str(raised))
            return _died(code)


class _Worker:
    """One worker process and our end of the pipe to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._pipe = Connection(ours.detach())
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START.format(path=sys.path, pipe=theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,
            )

    def ask(self, message: bytes) -> tuple[Any, BaseException | None]:
        """The result of a call, or what it raised. Raises `EOFError` when the worker is gone."""
        self._pipe.send_bytes(message)
        result, error = pickle.loads(self._pipe.recv_bytes())
        return result, error

    def kill(self) -> int:
        """Kill the process if it runs, and reap it; its return code.

        The pipe is not closed: another thread may read from it, and reads its end.
        """
        self._process.kill()
        return self._process.wait()

    def close(self) -> int:
        """Kill the process, and close the pipe that nobody reads from any more."""
        code = self.kill()
        self._pipe.close()
        return code


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 (a text for a message)
    except OSError:  # it was removed under us
        return "/"


def _died(code: int) -> WorkerDied:
    why = f"it ended with {code}"
    if code < 0:
        why = f"it was ended by {signal.Signals(-code).name}"
    return WorkerDied("a worker process died", why)


_executor: Executor | None = None


def use(executor: Executor | None) -> None:
    """Have calls run by `executor` from now on; `None` stands for worker processes of our own."""
    global _executor
    _executor = executor


def executor() -> Executor:
    """The executor in use; worker processes of this machine unless another was chosen."""
    global _executor
    if _executor is None:
        _executor = Workers()
        atexit.register(_executor.shutdown, wait=False, cancel_futures=True)
    return _executor


def idle_threads() -> int:
    """How many threads a call that starts now may use: two if nothing else runs, else one."""
    workers = executor()
    return 2 if isinstance(workers, Workers) and workers.is_idle else 1


async def run(what: str, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Wait for `fn(*args)` in a worker; when cancelled, the worker is killed.

    `what` cannot be done if the worker dies or takes longer than `TIMEOUT` seconds: these raise
    `MediaError`. What `fn` raises is raised here.
    """
    hint = "the file may be damaged; get a new copy, or convert it to MP4 (H.264)"
    try:
        async with asyncio.timeout(TIMEOUT):
            return await asyncio.wrap_future(executor().submit(fn, *args, **kwargs))
    except TimeoutError as error:
        raise MediaError(what, f"it took longer than {TIMEOUT:g} s", hint) from error
    except WorkerDied as error:
        raise MediaError(what, f"{error.what}: {error.why}", hint) from error
