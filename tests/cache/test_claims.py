"""A claim has one holder among all tasks and processes, and none that is dead."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import krafity_cli
from krafity_cli.cache import Cache, CacheFailed
from krafity_cli.cache.locks import locks_hold

HOLD = """
import asyncio, os, subprocess, sys
from pathlib import Path
from krafity_cli.cache import Cache

async def main():
    async with Cache.open(Path(sys.argv[1])).claim("order"):
        {then}
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(main())
"""
COUNT = """
import asyncio, sys, time
from pathlib import Path
from krafity_cli.cache import Cache

async def again(_):
    await asyncio.sleep(0)

async def main():
    cache, counter = Cache.open(Path(sys.argv[1]), wait=again), Path(sys.argv[2])
    for _ in range(40):
        async with cache.claim("counter"):
            counted = int(counter.read_text())
            time.sleep(0)
            counter.write_text(str(counted + 1))

asyncio.run(main())
"""


def start(script: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=Path(krafity_cli.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def holder(cache: Cache, then: str = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the claim "order" until it is killed or let go."""
    with start(HOLD.format(then=then), cache.path) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def waiting_with(cache: Cache, wait: Callable[[float], None]) -> Cache:
    """The same folder with another clock."""

    async def wait_so(seconds: float) -> None:
        wait(seconds)

    return Cache.open(cache.path, wait=wait_so)


async def claim_once(cache: Cache) -> None:
    async with cache.claim("order"):
        pass


def locks(cache: Cache) -> list[str]:
    return [path.name for path in (cache.path / "claims").iterdir()]


def test_a_claim_leaves_no_file_behind(cache: Cache) -> None:
    async def look() -> list[str]:
        async with cache.claim("order"):
            return locks(cache)

    assert asyncio.run(look()) == ["order.lock"]
    assert locks(cache) == []


def test_two_tasks_take_turns_in_the_order_they_came(cache: Cache) -> None:
    said: list[str] = []

    async def speak(name: str) -> None:
        async with cache.claim("order"):
            said.append(f"{name} begins")
            await asyncio.sleep(0)
            said.append(f"{name} ends")

    async def main() -> None:
        await asyncio.gather(*(speak(name) for name in "abc"))

    def wait(_: float) -> None:
        raise AssertionError("tasks of one process need not look again and again")

    cache = waiting_with(cache, wait)
    asyncio.run(main())
    assert said == [f"{name} {does}" for name in "abc" for does in ("begins", "ends")]


def test_claims_of_other_names_do_not_wait(cache: Cache) -> None:
    async def main() -> list[str]:
        async with cache.claim("one"), cache.claim("two"):
            return sorted(locks(cache))

    assert asyncio.run(main()) == ["one.lock", "two.lock"]


def test_a_claim_is_free_after_a_failure_in_its_block(cache: Cache) -> None:
    async def main() -> None:
        async with cache.claim("order"):
            raise RuntimeError("in the block")

    with pytest.raises(RuntimeError, match="in the block"):
        asyncio.run(main())
    asyncio.run(claim_once(cache))
    assert locks(cache) == []


def test_a_claim_of_another_process_is_waited_for_ever_more_patiently(cache: Cache) -> None:
    with holder(cache) as process:
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(round(seconds, 4))
            if len(waits) == 8:
                process.communicate()

        asyncio.run(claim_once(waiting_with(cache, wait)))
    assert waits == [0.02, 0.03, 0.045, 0.0675, 0.1013, 0.1519, 0.2, 0.2]


def test_whether_a_claim_is_held_is_told_without_waiting(cache: Cache) -> None:
    async def within() -> bool:
        async with cache.claim("order"):
            return cache.is_held("order")

    assert cache.is_held("order") is False
    assert asyncio.run(within()) is True
    assert cache.is_held("order") is False
    assert locks(cache) == []


def test_a_claim_that_was_killed_with_its_holder_is_not_held(cache: Cache) -> None:
    with holder(cache) as process:
        assert cache.is_held("order") is True
        process.kill()
        process.wait()
        assert cache.is_held("order") is False
    assert locks(cache) == ["order.lock"]


def test_who_only_asks_for_a_claim_is_not_seen_by_who_asks_too(cache: Cache) -> None:
    path = cache.path / "claims" / "order.lock"
    path.touch()
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert cache.is_held("order") is False


def test_what_is_no_name_of_a_claim_is_not_asked_for(cache: Cache) -> None:
    with pytest.raises(ValueError, match=r"^not a name for a claim: '\.\./order'$"):
        cache.is_held("../order")


def test_a_claim_is_free_once_its_holder_was_killed(cache: Cache) -> None:
    with holder(cache) as process:
        waits: list[float] = []

        def kill(seconds: float) -> None:
            waits.append(seconds)
            process.kill()
            process.wait()

        asyncio.run(claim_once(waiting_with(cache, kill)))
    assert waits == [0.02]


@pytest.mark.parametrize(
    "then",
    [
        "print(subprocess.Popen(['cat'], close_fds=False, stdout=2).pid, file=sys.stderr)",
        "os.fork() or (print(os.getpid(), file=sys.stderr), os.read(0, 1), os._exit(0))",
    ],
    ids=["started", "forked"],
)
def test_a_claim_is_not_inherited_by_a_child_that_outlives_its_holder(
    cache: Cache, then: str
) -> None:
    keeps_stdin_open = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then=then), str(cache.path)],
        cwd=Path(krafity_cli.__file__).parents[1],
        stdin=keeps_stdin_open[0],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "held\n"
        child = int(process.stderr.readline())

        def kill(_: float) -> None:
            assert process.poll() is None, "its child holds the claim"
            process.kill()
            process.wait()
            os.kill(child, 0)  # it lives

        try:
            asyncio.run(claim_once(waiting_with(cache, kill)))
        finally:
            os.close(keeps_stdin_open[1])
            os.close(keeps_stdin_open[0])


def test_a_fork_does_not_let_go_of_its_parents_claim(cache: Cache) -> None:
    then = "os.fork() or os._exit(0); os.wait()"
    with holder(cache, then) as process:
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 2:
                process.communicate()

        asyncio.run(claim_once(waiting_with(cache, wait)))
    assert waits == [0.02, 0.03]


def test_three_processes_never_hold_a_claim_together(cache: Cache, tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    processes = [start(COUNT, cache.path, counter) for _ in range(3)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert counter.read_text() == "120"
    assert locks(cache) == []


def test_waiting_for_a_claim_lets_other_tasks_go_on(cache: Cache) -> None:
    async def main(process: subprocess.Popen[str]) -> None:
        waiter = asyncio.create_task(claim_once(cache))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiter.done()
        process.communicate()
        await waiter

    with holder(cache) as process:
        asyncio.run(main(process))


def test_a_waiter_that_is_cancelled_holds_nothing(cache: Cache) -> None:
    async def main() -> None:
        waiter = asyncio.create_task(claim_once(cache))
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    with holder(cache):
        open_files = len(list(Path("/dev/fd").iterdir()))
        asyncio.run(main())
        assert len(list(Path("/dev/fd").iterdir())) == open_files
    asyncio.run(claim_once(cache))


def test_a_claim_holds_nothing_while_its_file_is_not_at_its_place(cache: Cache) -> None:
    async def main() -> bool:
        async with cache.claim("order"):
            lock = cache.path / "claims" / "order.lock"
            lock.rename(lock.with_name("elsewhere"))
            lock.write_text("somebody else's")
        return lock.exists()

    assert asyncio.run(main()), "the file of another holder is not removed"


@pytest.mark.parametrize("what", ["symlink", "folder"])
def test_what_is_no_file_is_no_lock(cache: Cache, tmp_path: Path, what: str) -> None:
    lock = cache.path / "claims" / "order.lock"
    if what == "symlink":
        lock.symlink_to(tmp_path / "outside")
    else:
        lock.mkdir()
    asyncio.run(claim_once(cache))
    assert not (tmp_path / "outside").exists()
    assert [path.name.split(".")[0] for path in (cache.path / "damaged").iterdir()] == ["order"]


@pytest.mark.parametrize("name", ["", "../order", "a/b", ".hidden", "a" * 201, "order\n"])
def test_what_is_no_file_name_is_no_claim(cache: Cache, name: str) -> None:
    async def main() -> None:
        async with cache.claim(name):
            raise AssertionError("held")

    with pytest.raises(ValueError, match=r"^not a name for a claim: "):
        asyncio.run(main())


def test_a_claim_that_cannot_be_made_is_explained(cache: Cache) -> None:
    (cache.path / "claims").rmdir()
    with pytest.raises(CacheFailed) as failed:
        asyncio.run(claim_once(cache))
    assert failed.value.what == "The cache could not be locked."
    assert failed.value.why == "No such file or directory."


def test_locks_hold_here(cache: Cache) -> None:
    assert cache.locks_hold()
    assert not any((cache.path / "tmp").iterdir())


def test_locks_do_not_hold_where_two_may_have_one(cache: Cache) -> None:
    assert not locks_hold(cache.folder, lambda handle, how: None)


def test_locks_do_not_hold_where_there_are_none(cache: Cache) -> None:
    def refuse(handle: int, how: int) -> None:
        raise OSError(errno.ENOTSUP, "no locks here")

    assert not locks_hold(cache.folder, refuse)
