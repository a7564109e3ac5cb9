"""However a call ends, no ffmpeg is left behind."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from subprocess import PIPE

import pytest

from krafity_cli.media.program import ffmpeg
from krafity_cli.media.program.process import started

ENDLESS = ("-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "framecrc", "pipe:1")
WAITING = ("-f", "rawvideo", "-video_size", "64x64", "-pix_fmt", "gray", "-i", "pipe:0")


def left(marker: Path) -> list[str]:
    """The processes whose command line names `marker`."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, check=True, text=True
    )
    return [line for line in listed.stdout.splitlines() if str(marker) in line]


def test_ffmpeg_gets_no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = tmp_path / "report.log"
    monkeypatch.setenv("FFREPORT", f"file={report}")
    asyncio.run(ffmpeg.run("-f", "lavfi", "-i", "color=duration=0.1", "-f", "null", "-"))
    assert not report.exists()


def test_a_cancelled_call_leaves_no_process(tmp_path: Path) -> None:
    async def cancelled() -> None:
        running = asyncio.Event()

        async def wait() -> None:
            out = ffmpeg.writing(tmp_path / "out.mp4")
            async with started(*WAITING, *out, stdin=PIPE) as process:
                running.set()
                await process.done()

        task = asyncio.create_task(wait())
        await running.wait()
        assert len(left(tmp_path)) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert left(tmp_path) == []

    asyncio.run(cancelled())


@pytest.mark.parametrize("turns", range(8))
def test_cancelling_at_any_moment_leaves_no_process(tmp_path: Path, turns: int) -> None:
    async def cancelled() -> None:
        out = ffmpeg.writing(tmp_path / "out.mp4")
        task = asyncio.create_task(ffmpeg.run("-f", "lavfi", "-i", "testsrc", *out))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert left(tmp_path) == []


def test_an_error_in_the_block_leaves_no_process(tmp_path: Path) -> None:
    async def fail() -> None:
        out = ffmpeg.writing(tmp_path / "out.mp4")
        async with started("-f", "lavfi", "-i", "testsrc", *out):
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        asyncio.run(fail())
    assert left(tmp_path) == []


def test_an_unread_answer_does_not_block_the_end() -> None:
    async def leave() -> bytes:
        async with started(*ENDLESS) as process:
            return await process.stdout.readexactly(9)

    assert asyncio.run(leave()) == b"#software"


def test_feeding_ends_when_ffmpeg_does() -> None:
    asked = 0

    async def zeros() -> AsyncGenerator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield bytes(1 << 16)

    async def feed() -> None:
        one = (*WAITING, "-frames:v", "1", "-f", "null", "-")
        async with started(*one, stdin=PIPE) as process:
            await process.feed(zeros())
            await process.done()

    asyncio.run(feed())
    assert asked > 0


PARENT = """
import asyncio, os, signal, sys
from subprocess import PIPE
from krafity_cli.media.program.process import started

ENDLESS = ("-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "framecrc", "pipe:1")
WAITING = ("-f", "rawvideo", "-video_size", "64x64", "-pix_fmt", "gray", "-i", "pipe:0")

async def main(kind, held):
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    args = ENDLESS if kind == "writes" else (*WAITING, "-f", "null", "-")
    given = {} if kind == "writes" else {"stdin": PIPE}
    async with started(*args, pass_fds=(held,), **given) as process:
        print("running", flush=True)
        if kind == "writes":
            while await process.stdout.read(1 << 16):
                pass
        await process.done()

try:
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
except asyncio.CancelledError:
    sys.exit(143)
"""


@pytest.mark.parametrize("kind", ["writes", "reads"])
@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_ffmpeg_does_not_outlive_the_process_that_started_it(
    kind: str, blow: signal.Signals
) -> None:
    ended, held = os.pipe()
    os.set_inheritable(held, True)
    command = [sys.executable, "-c", PARENT, kind, str(held)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=(held,)) as parent:
        os.close(held)
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"running\n"
        parent.send_signal(blow)
        assert parent.wait() == (143 if blow is signal.SIGTERM else -signal.SIGKILL)
    # The pipe's other end closes only when the last process holding it, ffmpeg, is gone.
    readable, _, _ = select.select([ended], [], [], 10)
    assert readable == [ended]
    assert os.read(ended, 1) == b""
    os.close(ended)
