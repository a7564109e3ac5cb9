"""When the report is written, and when it is left alone."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from krafity_cli.cache import Cache
from krafity_cli.cache.maintenance.stats import stats
from krafity_cli.delivery.deliver import deliver
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.report.results import RunStatus, ShotResult, Status
from krafity_cli.render.run import Run
from tests.cli.shell import environment
from tests.delivery.pages import text, write
from tests.render.stage import Stage


def stamp(stage: Stage) -> tuple[int, int]:
    """What changes when the report is written."""
    found = (stage.folder / "out/report.html").stat()
    return found.st_mtime_ns, found.st_ino


def test_every_render_writes_a_report(boat: Stage) -> None:
    boat.deliver()
    assert "<title>board</title>" in text(boat)


def test_a_report_that_is_right_is_left_alone(boat: Stage) -> None:
    boat.deliver()
    boat.deliver()  # what was rendered is now reused, and the page says so
    before = stamp(boat)
    boat.deliver()
    assert stamp(boat) == before


def test_a_report_that_somebody_changed_or_deleted_is_written_anew(boat: Stage) -> None:
    boat.deliver()
    boat.deliver()
    before = text(boat)
    path = boat.folder / "out/report.html"
    path.write_text("mine")
    boat.deliver()
    assert text(boat) == before
    path.unlink()
    boat.deliver()
    assert text(boat) == before


def test_words_that_make_nothing_anew_still_change_the_report(boat: Stage) -> None:
    boat.deliver()
    boat.edit("prompt: quay slips off}", "prompt: quay slips off, notes: Slowly.}")
    delivery = boat.deliver()
    assert delivery.report.calls.video == 0
    assert "<bdi>Slowly.</bdi>" in text(boat)


def test_a_lost_index_costs_time_and_changes_nothing(boat: Stage) -> None:
    boat.deliver()
    boat.deliver()
    before = text(boat)
    with Cache.open(boat.cache_folder) as cache:
        cache.index.begin_anew()
    boat.deliver()
    assert text(boat) == before


def test_a_damaged_thumbnail_is_made_again(boat: Stage) -> None:
    boat.deliver()
    before = text(boat)
    with Cache.open(boat.cache_folder) as cache:
        assert stats(cache).by_kind["thumbnail"].entries > 0
        for path in sorted((cache.path / "records").rglob("*.json")):
            if b'"kind":"thumbnail"' in path.read_bytes():
                record = cache.records.get(path.stem)
                assert record is not None
                blob = cache.blob_path(record.blob)
                blob.chmod(0o600)
                blob.write_bytes(b"no")
    write(boat)
    assert text(boat) == before


def test_an_interrupted_run_leaves_without_a_report(boat: Stage) -> None:
    async def interrupted() -> None:
        with Cache.open(boat.cache_folder) as cache:
            made = boat.production(cache)
            run = Run(
                RunStatus.INTERRUPTED,
                tuple(ShotResult(shot.id, Status.SKIPPED) for shot in made.board.shots),
                0.1,
            )
            await deliver(made, run, GuardedFolder.named(boat.folder / "out"))

    asyncio.run(interrupted())
    assert not (boat.folder / "out/report.html").exists()


def test_a_run_with_nothing_to_do_loads_no_template_engine(boat: Stage) -> None:
    arguments = ["render", "board.yaml", "--engine", "animatic", "--out", "out", "--quick"]
    (boat.folder / "board.yaml").write_text(
        "shots:\n  quay: {image: frames/quay.png, annotated: false, prompt: quay}\n"
    )
    loaded = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "krafity_cli", *arguments],
            cwd=boat.folder,
            env=environment(boat.folder, KRAFITY_CACHE_DIR=str(boat.cache_folder)),
            capture_output=True,
            text=True,
            check=True,
        )
        names = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
        loaded.append({"jinja2", "PIL", "numpy"} & names)
    assert loaded[0] == {"jinja2", "PIL", "numpy"}
    assert loaded[2] == set()
