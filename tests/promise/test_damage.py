"""Damage to the cache never shows, never costs, and is healed by the next run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account, always
from tests.promise.boards import ALONE, CHAIN

ROOMS = ("blobs", "records", "links", "orders")


@pytest.fixture
def delivered(shell: Shell, account: Account) -> Shell:
    """Two clips, delivered; the provider has forgotten them, and answers differently now."""
    shell.write(CHAIN)
    assert shell.render().code == 0
    account.lay_down(faults=[always("poll", "forget")])
    return shell


def clip_of(shell: Shell, shot: str) -> Path:
    """The blob of a shot's clip."""
    orders = shell.order_files().all()
    (blob,) = (each.blob for each in orders if (each.shot, each.kind) == (shot, "video"))
    assert blob is not None
    return shell.cache / "blobs" / blob[:2] / blob


def flip(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_damaged_clip_is_taken_back_from_its_outputs(delivered: Shell, account: Account) -> None:
    flip(clip_of(delivered, "quay"))
    ended = delivered.render()
    copy = delivered.folder / "board.krafity" / "shots" / "quay.mp4"

    assert (ended.code, ended.statuses()) == (0, {"quay": "reused", "drift": "reused"})
    assert clip_of(delivered, "quay").read_bytes() == copy.read_bytes()
    assert ended.err.count(f"restored from {copy}") == 1
    assert account.clips() == {"quay": 1, "drift": 1}
    assert "taken back" not in delivered.render().err


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_that_is_lost_costs_nothing(delivered: Shell, account: Account, room: str) -> None:
    shutil.rmtree(delivered.cache / room)
    if room == "blobs":
        (delivered.cache / room).mkdir()
    if room in ("records", "links"):
        # Without records or links only the order knows, and the index never is the truth.
        shutil.rmtree(delivered.cache / "index")
    ended = delivered.render()
    assert (ended.code, set(ended.statuses().values())) == (0, {"reused"})
    assert account.clips() == {"quay": 1, "drift": 1}


def test_every_damaged_file_is_found_and_healed(delivered: Shell, account: Account) -> None:
    for room in ("blobs", "records", "links"):
        for path in sorted((delivered.cache / room).rglob("*")):
            if path.is_file():
                flip(path)
    found = delivered.run("cache", "verify", "--json")
    assert found.code == 0  # no record is left that could miss its blob
    assert len(found.json["damaged"]) > 2
    assert len(found.json["broken"]) > 4

    ended = delivered.render()
    assert (ended.code, set(ended.statuses().values())) == (0, {"reused"})
    assert account.clips() == {"quay": 1, "drift": 1}
    assert delivered.run("cache", "verify").code == 0


def test_a_clip_without_a_copy_is_told_with_its_price_and_not_bought(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    shell.render()
    account.lay_down(faults=[always("poll", "forget")])
    shutil.rmtree(shell.folder / "board.krafity")
    flip(clip_of(shell, "quay"))
    found = shell.run("cache", "verify", "--repair")

    assert found.code == 1
    assert found.out.splitlines()[-1].endswith("1 damaged, 1 lost")
    assert "--retry damaged buys it again for $0.40" in found.out
    ended = shell.render()
    assert (ended.code, ended.statuses()) == (1, {"quay": "failed"})
    assert account.clips() == {"quay": 1}


def test_repairing_mends_what_has_a_copy(delivered: Shell) -> None:
    flip(clip_of(delivered, "drift"))
    assert delivered.run("cache", "verify").code == 1
    repaired = delivered.run("cache", "verify", "--repair")
    assert (repaired.code, repaired.out.splitlines()[0]) == (
        0,
        "  video board.yaml drift: restored",
    )
    assert delivered.run("cache", "verify").code == 0


def test_an_expired_answer_buys_no_clip(delivered: Shell, account: Account) -> None:
    config = delivered.folder.parent / "config" / "krafity"
    config.mkdir(parents=True)
    (config / "krafity.toml").write_text('cache_ttl = {context = "0s", analyze = "0s"}\n')
    delivered.environment["XDG_CONFIG_HOME"] = str(config.parent)
    ended = delivered.render()
    assert (ended.code, set(ended.statuses().values())) == (0, {"reused"})
    assert account.clips() == {"quay": 1, "drift": 1}


class TestPruning:
    """What is paid for goes on a person's word, and what is kept stays."""

    def test_it_tells_the_price_and_needs_a_word(self, delivered: Shell) -> None:
        refused = delivered.run("cache", "prune", "--max-size", "0")
        assert refused.code == 2
        assert refused.err == (
            "error: the entries to delete would cost $0.80 to buy again\n"
            "  why: there is no terminal, so krafity cannot ask\n"
            "  hint: add --yes, or add --keep STORYBOARD to keep what that storyboard needs\n"
        )
        dry = delivered.run("cache", "prune", "--max-size", "0", "--dry-run", "--json")
        assert (dry.code, dry.json["pruned"], dry.json["cost_usd"]) == (0, False, 0.802)
        assert delivered.run("cache", "stats", "--json").json["by_kind"]["video"]["entries"] == 2

        gone = delivered.run("cache", "prune", "--max-size", "0", "--yes", "--json")
        assert (gone.code, gone.json["pruned"]) == (0, True)
        assert delivered.run("cache", "stats", "--json").json["entries"] == 0
        assert len(delivered.order_files().all()) == 3

    def test_what_a_kept_storyboard_reaches_stays(self, delivered: Shell, account: Account) -> None:
        delivered.environment["KRAFITY_ENGINE"] = "pretend"
        pruned = delivered.run("cache", "prune", "--max-size=0", "--keep", "board.yaml", "--yes")
        assert pruned.code == 0, pruned.err
        assert set(delivered.render().statuses().values()) == {"reused"}
        assert account.clips() == {"quay": 1, "drift": 1}

    def test_without_a_limit_it_is_refused(self, delivered: Shell) -> None:
        assert delivered.run("cache", "prune").err == (
            "error: no limit was given, so nothing can be pruned\n"
            "  hint: add --older-than 90d, --unused-since 30d or --max-size 20G\n"
        )


def test_stats_tell_what_the_runs_found(delivered: Shell) -> None:
    delivered.render()
    found = delivered.run("cache", "stats", "--json").json
    assert list(found)[:5] == ["schema", "path", "entries", "bytes", "by_kind"]
    assert (found["hits"], found["misses"], found["saved_usd"]) == (2, 2, 0.8)
    assert [(run["hits"], run["misses"]) for run in found["runs"]] == [(0, 2), (2, 0)]
    shown = delivered.run("cache", "stats").out
    assert "by storyboard" in shown
    assert "saved so far: $0.80" in shown


def test_clearing_keeps_what_a_running_order_started_on(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=3600)
    shell.kill_once(lambda: shell.states() == {"quay": "submitted"})
    (order,) = shell.order_files().all()
    start = order.about["start"]
    assert shell.run("cache", "clear", "--yes").code == 0
    assert (shell.cache / "blobs" / start[:2] / start).exists()
    account.lay_down(seconds=0)
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}
