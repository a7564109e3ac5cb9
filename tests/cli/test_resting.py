"""The same call again where nothing changed: answered at once, and never wrongly."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from krafity_cli.cache import Cache, rest, runs
from krafity_cli.cache.records import seal, unseal
from krafity_cli.cli import resting
from tests.cli.rests import HOUR, MARK, an_hour_passes, mark, rests
from tests.cli.shell import Done, Krafity, alone
from tests.render.clips import clip
from tests.render.engine import Scripted
from tests.render.stage import Stage

BOARD = """\
title: The Paper Boat
shots:
  quay: {image: frames/quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  here: {clip: found.mp4}
"""
CALL = ("render", "board.yaml", "--engine", "scripted")
Change = Callable[[Stage], object]


@pytest.fixture(autouse=True)
def board(work: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storyboard whose engine counts as ours; every run begins an hour after what was before."""
    monkeypatch.setattr(Scripted, "__module__", "krafity_cli.engines.scripted")
    an_hour_passes(monkeypatch)
    work.picture("frames/quay.png", 1)
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(BOARD)


def settle(krafity: Krafity, work: Stage, *call: str) -> Done:
    """Render until a rest is left, and mark it; what the last run said."""
    krafity(*(call or CALL))
    done = krafity(*(call or CALL))
    mark(work.cache_folder)
    return done


def timeless(text: str) -> str:
    return re.sub(r" in \d+\.\d s", " in SECONDS", text)


def outputs(work: Stage) -> Path:
    return work.folder / "board.animatic.krafity"


def tree(folder: Path) -> dict[str, bytes]:
    """What lies in a folder; of the manifest all but how long the run took."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    found["manifest.json"] = re.sub(rb' "seconds": [\d.]+,\n', b"", found["manifest.json"])
    return found


def test_the_same_call_again_says_the_same_but_for_the_seconds(
    krafity: Krafity, work: Stage
) -> None:
    before, files = settle(krafity, work), tree(outputs(work))
    again = krafity(*CALL)
    assert again.err == before.err + MARK
    assert timeless(again.out) == timeless(before.out)
    assert (again.code, tree(outputs(work))) == (0, files)
    assert again.err.splitlines() == [
        "The Paper Boat: 3 shots, engine scripted (--engine)",
        "quay: reused: nothing changed",
        "drift: reused: nothing changed",
        "here: reused: footage that exists",
        MARK.strip(),
    ]
    assert timeless(again.out).splitlines()[0] == (
        "3 reused in SECONDS; saved 4 calls, 12 s of video"
    )


def test_it_is_written_down_as_a_run(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    krafity(*CALL)
    with Cache.open(work.cache_folder) as cache:
        _, looked, rested = runs(cache)
    assert rested.when > looked.when
    assert (rested.storyboard, rested.hits, rested.misses) == ("board.yaml", 2, 0)


def _swap(work: Stage) -> None:
    """Another picture under the same name, its times as they were."""
    path = work.folder / "frames/quay.png"
    before = path.stat()
    work.picture("frames/quay.png", 2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _cut_short(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes()[:-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


MAKES: dict[str, tuple[Change, set[str]]] = {
    "a prompt": (lambda work: work.edit("between", "under"), {"drift"}),
    "a take": (lambda work: work.edit("hulls", "hulls, take: 2"), {"drift"}),
    "a shot": (
        lambda work: work.write(BOARD + "  more: {after: drift, prompt: more}\n"),
        {"more"},
    ),
    "pixels": (_swap, {"quay", "drift"}),
}
MAKES_NOTHING: dict[str, Change] = {
    "a picture touched": lambda work: os.utime(work.folder / "frames/quay.png"),
    "a clip gone": lambda work: (outputs(work) / "shots/quay.mp4").unlink(),
    "a clip cut short": lambda work: _cut_short(outputs(work) / "shots/quay.mp4"),
    "a frame gone": lambda work: (outputs(work) / "frames/drift.last.png").unlink(),
    "a film cut short": lambda work: _cut_short(outputs(work) / "films/drift.mp4"),
    "the report gone": lambda work: (outputs(work) / "report.html").unlink(),
    "the manifest cut short": lambda work: _cut_short(outputs(work) / "manifest.json"),
    "all outputs gone": lambda work: shutil.rmtree(outputs(work)),
    "settings beside": lambda work: (work.folder / "krafity.toml").write_text("jobs = 2\n"),
    "settings changed": lambda work: (work.folder / "krafity.toml").write_text("jobs = 3\n"),
    "settings gone": lambda work: (work.folder / "krafity.toml").unlink(),
    "settings above": lambda work: (work.folder / "../krafity.toml").write_text("jobs = 2\n"),
    "an end of settings": lambda work: (work.folder / ".git").mkdir(),
    "the user's settings": lambda work: _user_file().write_text("jobs = 2\n"),
    "a variable": lambda work: os.environ.update(KRAFITY_JOBS="2"),
    "any variable": lambda work: os.environ.update(WEATHER="fog"),
    "a key": lambda work: os.environ.update(GEMINI_API_KEY="k"),
}


def _user_file() -> Path:
    path = Path(platformdirs.user_config_dir("krafity", appauthor=False)) / "krafity.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.mark.parametrize("what", MAKES)
def test_what_is_asked_for_anew_is_made(krafity: Krafity, work: Stage, what: str) -> None:
    settle(krafity, work)
    change, expected = MAKES[what]
    change(work)
    done = krafity(*CALL)
    assert (done.code, MARK in done.err) == (0, False)
    assert _made(done) == expected


def test_what_changed_is_looked_at_and_put_right(krafity: Krafity, work: Stage) -> None:
    for what, change in MAKES_NOTHING.items():
        settle(krafity, work)
        assert MARK in krafity(*CALL).err, what
        before = tree(outputs(work))
        change(work)
        done = krafity(*CALL)
        assert (done.code, MARK in done.err, _made(done)) == (0, False, set()), what
        assert tree(outputs(work)) == before, what


def test_a_picture_that_became_a_link_is_looked_at_every_time(
    krafity: Krafity, work: Stage
) -> None:
    settle(krafity, work)
    path = work.folder / "frames/quay.png"
    path.rename(work.folder / "frames/elsewhere.png")
    path.symlink_to("elsewhere.png")
    for _ in range(3):
        assert MARK not in krafity(*CALL).err
        mark(work.cache_folder)


def _made(done: Done) -> set[str]:
    return {line.split(":")[0] for line in done.err.splitlines() if ": rendered in " in line}


@pytest.mark.parametrize("room", ["records", "links", "blobs"])
def test_whatever_file_of_the_cache_is_lost_the_answer_is_that_of_the_long_way(
    krafity: Krafity, work: Stage, room: str
) -> None:
    settle(krafity, work)
    files = sorted(path for path in (work.cache_folder / room).rglob("*") if path.is_file())
    noticed = 0
    for path in files:
        path.unlink()
        done = krafity(*CALL)
        noticed += MARK not in done.err
        _agrees_with_the_long_way(krafity, work, done)
        settle(krafity, work)
    assert noticed >= 2


def test_a_flipped_bit_is_noticed(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    for path in (outputs(work) / "shots").iterdir():
        digest = json.loads((outputs(work) / "manifest.json").read_text())
        blob = next(s["clip_digest"] for s in digest["shots"] if s["id"] == path.stem)
        kept = work.cache_folder / "blobs" / blob[:2] / blob
        if not kept.exists():
            continue
        before = kept.stat()
        kept.chmod(0o600)
        data = bytearray(kept.read_bytes())
        data[-1] ^= 1
        kept.write_bytes(data)
        kept.chmod(stat.S_IMODE(before.st_mode))
        os.utime(kept, ns=(before.st_atime_ns, before.st_mtime_ns))
        done = krafity(*CALL)
        assert MARK not in done.err
        settle(krafity, work)


def _agrees_with_the_long_way(krafity: Krafity, work: Stage, done: Done) -> None:
    """An answer at rest is what the long way says, and leaves no file to be put right."""
    if MARK not in done.err:
        return
    files = tree(outputs(work))
    for path in rests(work.cache_folder):
        path.unlink()
    looked = krafity(*CALL)
    assert looked.err == done.err.replace(MARK, "")
    assert timeless(looked.out) == timeless(done.out)
    assert tree(outputs(work)) == files


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_files_an_answer_is_that_of_the_long_way(
    krafity: Krafity, work: Stage, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(8):
        settle(krafity, work)
        _happen(work, chance)
        _agrees_with_the_long_way(krafity, work, krafity(*CALL))


def _happen(work: Stage, chance: random.Random) -> None:
    """One thing that happens to one file, its times as they were where that can be."""
    roots = [outputs(work), *(work.cache_folder / name for name in ("blobs", "records", "links"))]
    root = chance.choice(roots)
    path = chance.choice(sorted(path for path in root.rglob("*") if path.is_file()))
    before = path.stat()
    match chance.randrange(5):
        case 0:
            path.unlink()
            return
        case 1:
            data = path.read_bytes()
            path.chmod(0o600)
            path.write_bytes(data[: len(data) // 2])
        case 2:
            other = path.with_name("other")
            shutil.copy2(path, other)
            other.replace(path)
        case 3:
            path.rename(path.with_name("aside"))
            path.symlink_to("aside")
            return
        case _:
            work.write(BOARD.replace("hulls", f"hulls {chance.randrange(3)}"))
            return
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_another_version_looks_anew(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(krafity, work)
    monkeypatch.setattr(resting, "__version__", "9.9.9")
    assert MARK not in krafity(*CALL).err


def test_a_changed_checkout_looks_anew(krafity: Krafity, work: Stage) -> None:
    code = work.folder / "code.py"
    code.write_text("")
    module = type(sys)("krafity_cli.code")
    module.__file__ = str(code)
    sys.modules["krafity_cli.code"] = module
    try:
        settle(krafity, work)
        assert MARK in krafity(*CALL).err
        code.write_text("#")
        assert MARK not in krafity(*CALL).err
    finally:
        del sys.modules["krafity_cli.code"]


def test_another_folder_or_another_call_has_a_rest_of_its_own(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(krafity, work)
    assert MARK not in krafity(*CALL, "--jobs", "2").err
    assert MARK in krafity(*CALL).err
    monkeypatch.chdir(work.folder.parent)
    assert krafity(*CALL).code == 2


MORE = (
    "--json", "--verbose", "--junit j.xml", "--events e.jsonl", "--refresh drift", "--retry failed",
    "--only quay", "--poster", "--check-seams", "--match-color", "--dry-run",
)  # fmt: skip


def test_what_writes_more_or_asks_for_more_leaves_no_rest(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    for more in MORE:
        krafity(*CALL, *more.split())
        krafity(*CALL, *more.split())
        assert rests(work.cache_folder) == [], more


def orders(work: Stage) -> list[Path]:
    return sorted((work.cache_folder / "orders").glob("*/*.json"))


def settle_paid(krafity: Krafity, work: Stage) -> None:
    """Buy everything, find it, write down where the copies are, and come to rest."""
    work.engine.paid = True
    for _ in range(3):
        assert krafity(*CALL).code == 0
    assert len(orders(work)) >= 3
    mark(work.cache_folder)
    assert MARK in krafity(*CALL).err


def test_what_was_bought_is_rested_on_while_no_order_changes(krafity: Krafity, work: Stage) -> None:
    settle_paid(krafity, work)
    bought = list(work.engine.began)
    for change in (_rescued, _new_order, _order_gone, _order_running):
        change(orders(work)[0])
        assert MARK not in krafity(*CALL).err, change
        mark(work.cache_folder)
        resumed = change is _order_running
        assert (MARK in krafity(*CALL).err) != resumed, change
    assert work.engine.began == bought


def _rescued(path: Path) -> None:
    room = Path("board.krafity/rescued")
    room.mkdir()
    (room / f"{path.stem}.mp4").write_bytes(b"")


def _new_order(path: Path) -> None:
    value = json.loads(path.read_text())
    value["n"] += 1
    path.with_name(f"{value['n']}.json").write_text(json.dumps(value))


def _order_gone(path: Path) -> None:
    path.unlink()


def _order_running(path: Path) -> None:
    """Left by a process that died while it was sending it, for a shot nobody asks for any more."""
    value = json.loads(path.read_text()) | {"state": "intended", "kind": "context"}
    path.write_text(json.dumps(value))


def test_a_clip_that_was_bought_and_is_gone_is_looked_for_every_time(
    krafity: Krafity, work: Stage
) -> None:
    work.engine.paid = True
    work.write(BOARD + "  more: {after: drift, prompt: more}\n")
    krafity(*CALL)
    found = [json.loads(path.read_text()) for path in orders(work)]
    [gone] = [each["order"] for each in found if (each["shot"], each["kind"]) == ("more", "video")]
    [record] = (work.cache_folder / "records").rglob(f"{gone}.json")
    blob = unseal(record.read_bytes())["blob"]
    record.unlink()
    (work.cache_folder / "blobs" / blob[:2] / blob).unlink()
    shutil.rmtree(work.folder / "board.krafity")
    work.write(BOARD)
    for _ in range(3):
        assert krafity(*CALL).code == 0
    assert rests(work.cache_folder) == []


def test_a_standing_budget_is_looked_at_every_time(krafity: Krafity, work: Stage) -> None:
    work.engine.paid = True
    _user_file().write_text("budget = {usd = 50, per = 'storyboard'}\n")
    for _ in range(3):
        assert krafity(*CALL).code == 0
    assert rests(work.cache_folder) == []


def test_limits_to_what_is_bought_are_none_where_nothing_is(krafity: Krafity, work: Stage) -> None:
    work.engine.paid = True
    call = (*CALL, "--max-cost", "9", "--partial", "--wait", "1m", "--yes")
    for _ in range(3):
        assert krafity(*call).code == 0
    mark(work.cache_folder)
    assert MARK in krafity(*call).err


def test_an_engine_of_another_package_leaves_no_rest(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scripted, "__module__", "elsewhere")
    settle(krafity, work)
    assert rests(work.cache_folder) == []


def test_ages_a_remote_cache_and_github_leave_no_rest(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    os.environ["GITHUB_ACTIONS"] = "true"
    krafity(*CALL)
    del os.environ["GITHUB_ACTIONS"]
    _user_file().write_text('cache_ttl = {analyze = "30d"}\n')
    krafity(*CALL)
    _user_file().write_text(f'cache_remote = "file://{work.folder}/remote"\n')
    krafity(*CALL)
    assert rests(work.cache_folder) == []


def test_a_run_that_made_something_leaves_no_rest(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    work.edit("between", "under")
    krafity(*CALL)
    assert rests(work.cache_folder) == []


def test_a_run_that_put_outputs_right_is_rested_on(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    shutil.rmtree(outputs(work))
    krafity(*CALL)
    mark(work.cache_folder)
    assert MARK in krafity(*CALL).err


def test_what_the_cache_lost_and_made_again_is_looked_at_once_more(
    krafity: Krafity, work: Stage
) -> None:
    krafity(*CALL)
    for path in (work.cache_folder / "links").rglob("*.json"):
        path.unlink()
    krafity(*CALL)
    mark(work.cache_folder)
    assert MARK not in krafity(*CALL).err


def test_files_that_changed_just_now_leave_no_rest(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "SETTLED", HOUR)
    settle(krafity, work)
    assert rests(work.cache_folder) == []


def test_once_a_day_it_is_noted_that_the_answers_were_used(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    [path] = rests(work.cache_folder)
    found = rest.Rest(**{k: v for k, v in unseal(path.read_bytes()).items() if k not in _EXTRA})
    stamps = [p.stat().st_mtime for p in (work.cache_folder / "records").rglob("*.json")]
    assert min(stamps) + 86_400 <= found.until <= found.since + 86_400
    assert found.holds(found.until - 1)
    assert not found.holds(found.until)
    assert not found.holds(found.since - 1)


_EXTRA = ("check", "key")


def test_old_answers_are_noted_before_anything_rests_on_them(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    records = sorted((work.cache_folder / "records").rglob("*.json"))
    for path in records:
        os.utime(path, (0, 0))
    krafity(*CALL)
    assert rests(work.cache_folder) == []
    assert any(path.stat().st_mtime > 0 for path in records)
    krafity(*CALL)
    assert len(rests(work.cache_folder)) == 1


def test_a_rest_that_cannot_be_read_is_none(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    for content in (b"", b"{}", b"\xff", b'{"check":"' + b"0" * 64 + b'",}\n'):
        [path] = rests(work.cache_folder)
        path.unlink()
        path.write_bytes(content)
        done = krafity(*CALL)
        assert (done.code, MARK in done.err) == (0, False)


def test_a_sealed_rest_that_says_something_else_is_none(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    [path] = rests(work.cache_folder)
    value = unseal(path.read_bytes())
    del value["check"]
    for wrong in ({"key": "0"}, {"tallies": [{"hits": 1}]}, {"stands": 3}, {"said": None}):
        path.unlink()
        path.write_bytes(seal(value | wrong))
        done = krafity(*CALL)
        assert (done.code, MARK in done.err) == (0, False)


def test_a_copied_cache_rests_on_nothing(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    moved = work.cache_folder.with_name("moved")
    work.cache_folder.rename(moved)
    shutil.copytree(moved, work.cache_folder)
    done = krafity(*CALL)
    assert (done.code, MARK in done.err) == (0, False)


def test_a_cache_others_may_write_to_is_refused_as_ever(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    work.cache_folder.chmod(0o777)
    assert krafity(*CALL).code == 2


def test_clearing_and_pruning_leave_nothing_to_rest_on(krafity: Krafity, work: Stage) -> None:
    settle(krafity, work)
    krafity("cache", "prune", "--max-size", "1", "--yes")
    done = krafity(*CALL)
    assert MARK not in done.err
    assert "quay: rendered in " in done.err
    settle(krafity, work)
    krafity("cache", "clear", "--yes")
    assert rests(work.cache_folder) == []


def test_stats_and_verify_do_not_count_rests(krafity: Krafity, work: Stage) -> None:
    krafity(*CALL)
    before = krafity("cache", "stats", "--json").document
    settle(krafity, work)
    after = krafity("cache", "stats", "--json").document
    assert (after["entries"], after["bytes"]) == (before["entries"], before["bytes"])
    assert krafity("cache", "verify").code == 0


def test_only_the_newest_rests_are_kept(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "MOST", 2)
    settle(krafity, work)
    for number in range(3):
        krafity(*CALL, "--jobs", str(number + 1))
    mark(work.cache_folder)
    assert len(rests(work.cache_folder)) == 2
    assert MARK in krafity(*CALL, "--jobs", "3").err
    assert MARK not in krafity(*CALL, "--jobs", "1").err


def test_no_secret_is_in_the_key() -> None:
    first = resting.key_of(CALL, {"GEMINI_API_KEY": "one"})
    assert first == resting.key_of(CALL, {"GEMINI_API_KEY": "two"})
    assert first != resting.key_of(CALL, {"GEMINI_API_KEY": " "})
    assert first != resting.key_of(CALL, {})


PROGRAM = """
import sys
import krafity_cli.cache.rest as rest
rest.SETTLED = rest.SETTLED_COARSE = -10**15
from krafity_cli.cli import main
try:
    main()
finally:
    heavy = {"typer", "pydantic", "yaml", "rich", "numpy", "PIL", "cv2"} & sys.modules.keys()
    print(*sorted(heavy), file=sys.stderr)
"""


def test_at_rest_nothing_heavy_is_loaded(work: Stage) -> None:
    work.write("engine: animatic\nshots:\n  here: {clip: found.mp4}\n")

    def said() -> str:
        done = alone("render", "board.yaml", cwd=work.folder, site=work.folder, program=PROGRAM)
        assert done.code == 0
        return done.err.splitlines()[-1]

    assert {"typer", "pydantic", "yaml"} <= set(said().split())
    assert {"typer", "pydantic", "yaml"} <= set(said().split())
    assert said() == ""
