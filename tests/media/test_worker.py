"""Worker processes: a crash costs one call, a cancelled call is killed, and none is left."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.pictures.stills import PictureError
from krafity_cli.media.workers import worker
from krafity_cli.media.workers.worker import WorkerDied, Workers, run


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(2)
    yield made
    made.shutdown(cancel_futures=True)


def crash(number: int) -> None:
    os.kill(os.getpid(), number)


def wait_for(fifo: str) -> bytes:
    return Path(fifo).read_bytes()


def begun(fifo: str, there: str) -> bytes:
    """Say that the call has begun, then wait without end."""
    Path(there).write_bytes(str(os.getpid()).encode())
    return Path(fifo).read_bytes()


def refuse(text: str) -> None:
    raise MediaError("cannot read it", text, "do something")


def refuse_picture() -> None:
    raise PictureError("too-large", "it is too large", "make it smaller")


def fail() -> None:
    raise ZeroDivisionError("ours")


def unspeakable() -> object:
    return lambda: None


def group() -> tuple[int, int]:
    return os.getpid(), os.getpgid(0)


@pytest.fixture
def fifo(tmp_path: Path) -> str:
    """What is opened for reading without end."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return str(path)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def started(workers: Workers, fifo: str, tmp_path: Path) -> tuple[object, int]:
    """A call that runs without end, and the process that runs it."""
    there = tmp_path / "there"
    os.mkfifo(there)
    call = workers.submit(begun, fifo, str(there))
    return call, int(there.read_bytes())


def test_a_call_runs_in_another_process_with_a_group_of_its_own(workers: Workers) -> None:
    pid, process_group = workers.submit(group).result()
    assert pid != os.getpid()
    assert process_group == pid  # a terminal's Ctrl-C does not reach it


def test_a_call_runs_in_the_folder_it_was_asked_from(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workers.submit(os.getcwd).result() == str(Path.cwd())
    monkeypatch.chdir(tmp_path)
    assert workers.submit(os.getcwd).result() == str(tmp_path)


def test_a_worker_serves_one_call_after_the_other(workers: Workers) -> None:
    assert workers.submit(os.getpid).result() == workers.submit(os.getpid).result()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_crash_fails_its_call_and_no_other(
    workers: Workers, fifo: str, number: signal.Signals
) -> None:
    other = workers.submit(wait_for, fifo)
    with pytest.raises(WorkerDied) as caught:
        workers.submit(crash, int(number)).result()
    assert caught.value.why == f"it was ended by {number.name}"
    assert workers.submit(abs, -3).result() == 3
    Path(fifo).write_bytes(b"still here")
    assert other.result() == b"still here"


def test_a_crash_is_a_problem_that_says_what_could_not_be_done() -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(run("cannot read a.mp4", crash, int(signal.SIGSEGV)))
    error = caught.value
    assert error.what == "cannot read a.mp4"
    assert error.why == "a worker process died: it was ended by SIGSEGV"
    assert error.hint == "the file may be damaged; get a new copy, or convert it to MP4 (H.264)"


def test_cancelling_a_running_call_kills_its_worker(
    workers: Workers, fifo: str, tmp_path: Path
) -> None:
    call, pid = started(workers, fifo, tmp_path)
    assert call.cancel()  # type: ignore[attr-defined]
    assert not alive(pid)
    with pytest.raises(CancelledError):
        call.result()  # type: ignore[attr-defined]
    assert workers.submit(abs, -3).result() == 3


def test_a_call_is_cancelled_whatever_it_is_at(workers: Workers, fifo: str) -> None:
    for _ in range(20):
        call = workers.submit(wait_for, fifo)
        assert call.cancel()
        with pytest.raises(CancelledError):
            call.result()


def test_a_call_that_is_over_cannot_be_cancelled(workers: Workers) -> None:
    call = workers.submit(abs, -3)
    assert call.result() == 3
    assert not call.cancel()
    assert workers.submit(abs, -4).result() == 4


def test_a_waiting_call_that_is_cancelled_is_never_begun(
    workers: Workers, fifo: str, tmp_path: Path
) -> None:
    calls = [workers.submit(wait_for, fifo) for _ in range(2)]
    waiting = workers.submit(Path.touch, tmp_path / "touched")
    assert waiting.cancel()
    Path(fifo).write_bytes(b"")
    for call in calls:
        call.cancel()
    assert workers.submit(abs, -3).result() == 3
    assert not (tmp_path / "touched").exists()


def test_a_cancelled_task_kills_the_worker_it_waits_for(tmp_path: Path, fifo: str) -> None:
    there = tmp_path / "there"
    os.mkfifo(there)

    async def cancelled() -> int:
        task = asyncio.create_task(run("it", begun, fifo, str(there)))
        pid = int(await asyncio.to_thread(there.read_bytes))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert not alive(asyncio.run(cancelled()))


def test_what_a_call_raises_is_raised_with_all_it_says(workers: Workers) -> None:
    with pytest.raises(MediaError) as caught:
        workers.submit(refuse, "because").result()
    error = caught.value
    assert (error.what, error.why, error.hint) == ("cannot read it", "because", "do something")
    with pytest.raises(PictureError) as refused:
        workers.submit(refuse_picture).result()
    assert (refused.value.problem.code, refused.value.why) == ("too-large", "it is too large")


def test_a_fault_of_ours_brings_the_place_it_happened_at(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        workers.submit(fail).result()
    assert "in fail" in caught.value.__notes__[0]


def test_a_result_that_cannot_be_sent_is_an_error_and_the_worker_lives_on(
    workers: Workers,
) -> None:
    pid = workers.submit(os.getpid).result()
    with pytest.raises(Exception, match="pickle"):
        workers.submit(unspeakable).result()
    assert workers.submit(os.getpid).result() == pid


def test_no_more_calls_run_at_once_than_there_are_workers(workers: Workers, fifo: str) -> None:
    calls = [workers.submit(wait_for, fifo) for _ in range(3)]
    assert not workers.is_idle
    assert len([thread for thread in threading.enumerate() if thread.name == "worker"]) >= 2
    assert len(workers._slots) == 2
    for call in calls:
        call.cancel()


def test_shut_down_workers_are_gone(fifo: str, tmp_path: Path) -> None:
    made = Workers(2)
    _, pid = started(made, fifo, tmp_path)
    made.shutdown(cancel_futures=True)
    assert not alive(pid)
    with pytest.raises(RuntimeError):
        made.submit(abs, 1)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone tells of others' ends")
def test_a_worker_ends_with_the_process_that_started_it(fifo: str, tmp_path: Path) -> None:
    """Killed outright, and while the worker is busy, which then cannot answer."""
    there = tmp_path / "there"
    os.mkfifo(there)
    code = (
        "from tests.media.test_worker import begun;"
        "from krafity_cli.media.workers.worker import Workers;"
        f"Workers(1).submit(begun, {fifo!r}, {str(there)!r}).result()"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        watched = os.pidfd_open(int(there.read_bytes()))
        parent.kill()
    # Readable once the process has ended.
    assert select.select([watched], [], [], 60)[0] == [watched]
    os.close(watched)


def test_another_executor_can_take_the_place(workers: Workers) -> None:
    worker.use(workers)
    try:
        assert worker.executor() is workers
        assert asyncio.run(run("it", abs, -3)) == 3
        assert len(workers._slots) == 1
    finally:
        worker.use(None)


def test_the_parent_loads_neither_pyav_nor_numpy() -> None:
    code = (
        "import sys, krafity_cli.media.probe, krafity_cli.media.last_frame,"
        " krafity_cli.media.film.join, krafity_cli.engines.animatic;"
        "print([name for name in ('av', 'numpy', 'cv2', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
