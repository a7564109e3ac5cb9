"""What the shell is given at the tab key: commands, options, and the shots of a storyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import alone
from tests.render.stage import Stage

BOARD = (
    "shots:\n  quay: {image: a.png, prompt: x}\n  quick: {after: quay, prompt: y}\n  $(boo): {}\n"
)


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.write(BOARD)
    (work.folder / "storyboard.yaml").write_text("shots: {usual: {}}\n")


def completed(work: Stage, site: Path, words: str) -> list[str]:
    """What bash would offer for the last word, in the way Typer's script asks for it."""
    done = alone(
        cwd=work.folder,
        site=site,
        COMP_WORDS=words,
        COMP_CWORD=str(words.count(" ")),
        _KRAFITY_COMPLETE="complete_bash",
    )
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("krafity va", ["validate"]),
        ("krafity cache p", ["prune", "path"]),
        ("krafity plan board.yaml --exit", ["--exit-code"]),
        ("krafity render board.yaml --only qu", ["quay", "quick"]),
        ("krafity render board.yaml --from ", ["quay", "quick"]),
        ("krafity render --refresh u", ["usual"]),
    ],
)
def test_the_tab_key_offers(work: Stage, site: Path, words: str, offered: list[str]) -> None:
    assert completed(work, site, words) == offered


@pytest.mark.parametrize("content", [b"", b"shots: [", b"\xff\xfe"])
def test_a_storyboard_with_problems_disturbs_no_prompt(
    work: Stage, site: Path, content: bytes
) -> None:
    (work.folder / "board.yaml").write_bytes(content)
    assert completed(work, site, "krafity render board.yaml --only ") == []
