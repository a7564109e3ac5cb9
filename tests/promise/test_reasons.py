"""Before money is spent it is said why: what has changed since the last order of a shot."""

from __future__ import annotations

import pytest

from tests.pretend.service import png
from tests.pretend.shell import Ended, Shell
from tests.pretend.witness import Account, always

BOARD = """
    context: {style: ink, environment: harbour}
    defaults: {duration: 4, annotated: false}
    shots:
      quay: {image: frame.png, prompt: quay, camera: pan right}
      drift: {after: quay, prompt: drift}
      home: {after: drift, prompt: home}
      here: {clip: here.mp4}
    cuts: {main: [here]}
    """


def reasons(ended: Ended) -> dict[str, str]:
    return {shot["id"]: shot["reason"] for shot in ended.json["shots"] if shot["id"] != "here"}


@pytest.fixture
def made(shell: Shell) -> Shell:
    shell.write(BOARD)
    assert reasons(shell.plan()) == dict.fromkeys(("quay", "drift", "home"), "first time")
    assert reasons(shell.render()) == dict.fromkeys(("quay", "drift", "home"), "first time")
    assert reasons(shell.plan()) == dict.fromkeys(("quay", "drift", "home"), "nothing changed")
    return shell


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("prompt: drift", "prompt: drifts", "prompt changed"),
        ("prompt: drift}", "prompt: drift, take: 2}", "take 2"),
        ("prompt: drift}", "prompt: drift, seed: 5}", "seed changed"),
        ("prompt: drift}", "prompt: drift, duration: 6}", "duration changed"),
        (
            "prompt: drift}",
            "prompt: drift, context: {style: chalk}}",
            "context changed: style",
        ),
        (
            "prompt: drift}",
            "prompt: drifts, take: 3}",
            "prompt changed, take 3",
        ),
    ],
)
def test_a_change_is_named(made: Shell, old: str, new: str, reason: str) -> None:
    made.edit(old, new)
    below = "parent re-rendered: drift"
    told = {"quay": "nothing changed", "drift": reason, "home": below}

    assert reasons(made.plan()) == told
    also = ", context changed: style" if "context" in reason else ""
    assert reasons(made.render()) == {**told, "home": below + also}


def test_another_start_frame_is_named(made: Shell) -> None:
    (made.folder / "frame.png").write_bytes(png(8))
    assert reasons(made.plan())["quay"] == "start frame changed"
    assert reasons(made.render())["quay"] == "start frame changed"


def test_another_engine_is_named(made: Shell) -> None:
    plan = made.run("plan", "board.yaml", "--engine", "animatic", "--json")
    assert reasons(plan)["quay"] == "engine changed"


def test_a_damaged_clip_is_named(made: Shell, account: Account) -> None:
    (order,) = (o for o in made.orders(shot="quay", kind="video"))
    (kept,) = made.order_files().of(order["order"])
    (blob,) = made.cache.glob(f"blobs/*/{kept.blob}")
    blob.chmod(0o600)
    blob.write_bytes(b"no clip")
    (made.folder / "board.krafity" / "shots" / "quay.mp4").unlink()
    account.lay_down(faults=[always("poll", "forget")])

    assert reasons(made.plan())["quay"].startswith("the clip is damaged")
    assert reasons(made.render())["quay"] == "clip damaged"


def test_a_verbose_render_says_why(made: Shell) -> None:
    made.edit("prompt: drift", "prompt: drifts")
    ended = made.run("render", "board.yaml", "--engine", "pretend", "-v")
    said = dict(line.split(": ", 1) for line in ended.err.splitlines() if "rendered" in line)
    assert said["drift"].endswith(": prompt changed")
    assert said["home"].endswith(": parent re-rendered: drift")


def test_what_the_ledger_collected_is_compared_with_too(shell: Shell, account: Account) -> None:
    shell.write(BOARD)
    account.lay_down(seconds=3600)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    account.lay_down(seconds=0)
    assert shell.run("ledger", "resume").code == 0

    shell.edit("prompt: quay", "prompt: pier")
    assert reasons(shell.plan())["quay"] == "prompt changed"
