"""ffmpeg as a process: what it answers, how it ends, and what it is never let near."""

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

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg
from tests.media import clips

ENDLESS = ("-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "framecrc", "pipe:1")
WAITING = ("-f", "rawvideo", "-video_size", "64x64", "-pix_fmt", "gray", "-i", "pipe:0")


def left(marker: Path) -> list[str]:
    """The processes whose command line names `marker`."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, check=True, text=True
    )
    return [line for line in listed.stdout.splitlines() if str(marker) in line]


def test_an_answer_is_what_ffmpeg_writes() -> None:
    black = ("-f", "lavfi", "-i", "color=black:size=2x2", "-frames:v", "1", "-pix_fmt", "gray")
    output = asyncio.run(ffmpeg.run(*black, "-f", "rawvideo", "pipe:1"))
    assert (output.stdout, output.stderr) == (bytes(4), "")


def test_standard_input_reaches_ffmpeg() -> None:
    form = ("-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "4x2")
    turned = asyncio.run(
        ffmpeg.run(*(*form, "-i", "pipe:0", "-vf", "hflip", *form[:4], "pipe:1"), stdin=b"abcdefgh")
    )
    assert turned.stdout == b"dcbahgfe"


def test_a_failure_says_what_why_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(
            ffmpeg.run(
                *("-f", "mov", "-i", f"file:{tmp_path}/none.mp4", "-f", "null", "-"),
                what="cannot read it",
                hint="look for it",
            )
        )
    error = caught.value
    assert error.what == "cannot read it"
    assert error.why == "Error opening input files: No such file or directory"
    assert error.hint == "look for it"


def test_ffmpeg_gets_no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = tmp_path / "report.log"
    monkeypatch.setenv("FFREPORT", f"file={report}")
    asyncio.run(ffmpeg.run("-f", "lavfi", "-i", "color=duration=0.1", "-f", "null", "-"))
    assert not report.exists()


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    out = ffmpeg.writing(tmp_path / "out.mp4")
    with pytest.raises(MediaError) as caught:
        asyncio.run(ffmpeg.run("-f", "lavfi", "-i", "testsrc", *out, timeout=0.05, what="too slow"))
    assert (caught.value.what, caught.value.why) == ("too slow", "ffmpeg took longer than 0.05 s")
    assert left(tmp_path) == []


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "MOST_OUTPUT", 1 << 20)
    with pytest.raises(MediaError) as caught:
        asyncio.run(ffmpeg.run(*ENDLESS[:4], "-f", "rawvideo", "pipe:1"))
    assert caught.value.why == "ffmpeg answered with more than 1 MB"


def test_a_cancelled_call_leaves_no_process(tmp_path: Path) -> None:
    async def cancelled() -> None:
        running = asyncio.Event()

        async def wait() -> None:
            out = ffmpeg.writing(tmp_path / "out.mp4")
            async with ffmpeg.started(*WAITING, *out, stdin=PIPE) as process:
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
        async with ffmpeg.started("-f", "lavfi", "-i", "testsrc", *out):
            raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        asyncio.run(fail())
    assert left(tmp_path) == []


def test_an_unread_answer_does_not_block_the_end() -> None:
    async def leave() -> bytes:
        async with ffmpeg.started(*ENDLESS) as process:
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
        async with ffmpeg.started(*one, stdin=PIPE) as process:
            await process.feed(zeros())
            await process.done()

    asyncio.run(feed())
    assert asked > 0


def test_one_failure_cancels_what_runs_beside_it() -> None:
    ended = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waiting")

    async def fail() -> None:
        raise MediaError("ours")

    with pytest.raises(MediaError, match="ours"):
        asyncio.run(ffmpeg.together([wait(), fail()]))
    assert ended == ["waiting"]


def test_last_words_are_harmless_and_without_addresses() -> None:
    notes = (
        "[h264 @ 0x55fa] [dec @ 0x7ffc] broken \x1b[31mframe\u202e\n"
        "[out#0 @ 0x1] Terminating thread with return code -1\nConversion failed!\n"
    )
    assert ffmpeg.last_words(notes) == "broken \ufffd[31mframe\ufffd"
    assert ffmpeg.last_words("x" * 999) == "x" * 200
    assert ffmpeg.last_words("") == ""


def test_without_useful_words_the_last_line_stands() -> None:
    assert ffmpeg.last_words("Conversion failed!\n\n") == "Conversion failed!"


PARENT = """
import asyncio, os, signal, sys
from subprocess import PIPE
from krafity_cli.media import ffmpeg

ENDLESS = ("-f", "lavfi", "-i", "testsrc=size=64x64", "-f", "framecrc", "pipe:1")
WAITING = ("-f", "rawvideo", "-video_size", "64x64", "-pix_fmt", "gray", "-i", "pipe:0")

async def main(kind, held):
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    args = ENDLESS if kind == "writes" else (*WAITING, "-f", "null", "-")
    given = {} if kind == "writes" else {"stdin": PIPE}
    async with ffmpeg.started(*args, pass_fds=(held,), **given) as process:
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


@pytest.mark.parametrize(
    "name", ["-foo.mp4", "a%03d.mp4", "http:evil.mp4", "concat:a|b.mp4", "new\nline.mp4", "q'.mp4"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    clip = clips.make(tmp_path / "plain.mp4", 2).rename(tmp_path / name)
    counted = ("-c", "copy", "-f", "framecrc", "pipe:1")
    output = asyncio.run(ffmpeg.run(*ffmpeg.reading(clip, "mov"), *counted))
    assert output.stdout.count(b"\n0,") == 2
