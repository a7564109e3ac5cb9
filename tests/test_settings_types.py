"""Every setting with a value of every type: it holds, or it is a problem at its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.errors import Problems, Refused
from krafity_cli.settings import KNOWN, Settings, settings_for
from krafity_cli.storyboard.defaults import FIELDS, BadDefaults, with_defaults
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.read import read_storyboard
from krafity_cli.toml_file import read_toml
from tests.storyboard.conftest import FOLDER, Shelf

VALUES = {
    "whole": "5",
    "nothing": "0",
    "below nothing": "-5",
    "large": "9223372036854775807",
    "fraction": "1.5",
    "no number": "nan",
    "infinity": "inf",
    "below infinity": "-inf",
    "true": "true",
    "date": "2026-11-29",
    "time": "07:32:00",
    "moment": "2026-11-29T12:00:00Z",
    "text": '"words"',
    "empty text": '""',
    "blanks": '"  "',
    "long text": '"' + "x" * 5000 + '"',
    "control character": '"a\\u0007b"',
    "lines": '"""a\nb"""',
    "empty list": "[]",
    "list of numbers": "[5, 5]",
    "list of texts": '["a", "b"]',
    "list of lists": "[[5]]",
    "list of tables": "[{a = 5}]",
    "empty table": "{}",
    "table": "{a = 5}",
    "deep table": "{a = {b = {c = 5}}}",
    "table of texts": '{a = "b"}',
}
TEXTS = {"text"}
AMOUNTS = {"whole", "nothing", "fraction"}
TABLES = {"empty table", "table", "deep table", "table of texts"}
HOLD: dict[str, set[str]] = {
    **dict.fromkeys(("engine", "out", "cache", "cache_remote", "capabilities"), TEXTS),
    "bucket": set(),
    "models": {"empty table"},
    **dict.fromkeys(("models.vision", "models.image", "models.video"), TEXTS),
    **dict.fromkeys(("models.video.use", "models.video.location"), TEXTS),
    "models.video.accept": {"empty list", "list of texts"},
    "defaults": TABLES,
    "jobs": {"whole"},
    "cache_ttl": {"empty table"},
    "cache_ttl.analyze": AMOUNTS,
    "budget": set(),
    "budget.usd": AMOUNTS,
    "budget.per": set(),
    "budget.consent": set(),
    "prices": {"empty table", "table", "deep table"},
    "prices.veo": {*AMOUNTS, "empty table", "table", "deep table"},
    "prices.veo.720p.silent": {*AMOUNTS, "empty table", "table", "deep table"},
    "labels": {"empty table", "table of texts"},
    "labels.team": {"text", "empty text"},
    "poll_scale": {"whole", "fraction"},
    "residency": set(),
    "endpoints": {"empty table", "table of texts"},
    **dict.fromkeys(("endpoints.vertex", "endpoints.gemini"), TEXTS),
    "gemini": {"empty table"},
    "gemini.waiting": {"true"},
    "gemini.api_version": TEXTS,
}
"""Each setting, down to nested keys, and the values above that it takes."""

BESIDE = {
    "models.video.accept": 'use = "veo"',
    "models.video.location": 'use = "veo"',
    "budget.usd": 'per = "day"',
    "budget.per": "usd = 5",
    "budget.consent": 'usd = 5\nper = "day"',
}


def read(tmp_path: Path, text: str) -> Settings:
    user_file = tmp_path / "user.toml"
    user_file.write_text(text)
    return settings_for(None, {}, {}, user_file)


def problems(tmp_path: Path, text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(Problems) as caught:
        read(tmp_path, text)
    return [(*each.position, each.message) for each in caught.value.problems]


def test_every_setting_is_tried() -> None:
    assert {name.partition(".")[0] for name in HOLD} == set(KNOWN)


@pytest.mark.parametrize("setting", HOLD)
def test_a_value_of_any_type_holds_or_is_a_problem_with_its_line(
    tmp_path: Path, setting: str
) -> None:
    *owner, name = setting.split(".")
    header = f"[{'.'.join(owner)}]\n{BESIDE.get(setting, '')}\n" if owner else ""
    for kind, value in VALUES.items():
        text = f"# settings\n{header}{name} = {value}\n"
        if kind in HOLD[setting]:
            read(tmp_path, text)
            continue
        found = problems(tmp_path, text)
        line = text[: text.index(f"{name} = ")].count("\n") + 1
        # What a table needs is missing in its header, when the value itself is none.
        assert line in {each[0] for each in found}, (kind, found)
        assert all(message.startswith(f"`{owner[0] if owner else name}") for *_, message in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[models]\nimage = "a"\nvideo = {use = "veo", accept = 5}\n',
            (3, 23, "`models.video.accept` must be a list of names, not a whole number"),
        ),
        (
            '[models.video]\nuse = "veo"\naccept = ["a", 5]\n',
            (3, 1, "`models.video.accept[1]` must be the name of a model, not a whole number"),
        ),
        (
            "jobs = 3\n\n[models]\n  # the camera\n  video.accept = [\n  ]\n",
            (5, 3, "`models.video` needs `use`"),
        ),
        (
            "models = {video = 5}\n",
            (1, 11, "`models.video` must be the name of a model, or a table with `use`, "
             "not a whole number"),
        ),
        (
            '[models]\nvidoe = "veo"\n',
            (2, 1, "`models.vidoe` is not a key of this table; did you mean `video`?"),
        ),
        (
            "prices = {\"veo-3.1\" = -1}\n",
            (1, 11, "`prices.veo-3.1` must be an amount in USD, from 0 on"),
        ),
        (
            "jobs = true\n",
            (1, 1, "`jobs` must be a whole number from 1 to 10000, not true or false"),
        ),
        ("budget = 300\n", (1, 1, "`budget` must be a table, not a whole number")),
        ("[budget]\nusd = 300\n", (1, 1, "`budget` needs `per`")),
        (
            '[budget]\nusd = 300\nper = "year"\n',
            (3, 1, "`budget.per` must be storyboard, folder, day or month"),
        ),
        (
            'budget = {usd = 300, per = "day", consent = "yes"}\n',
            (1, 35, "`budget.consent` must be ask or budget"),
        ),
        (
            'bucket = "clips"\n',
            (1, 1, "`bucket` is no place in Cloud Storage; write gs://BUCKET/FOLDER"),
        ),
        ("[labels]\nteam = 3\n", (2, 1, "`labels.team` must be text, not a whole number")),
        ("endpoints = 3\n", (1, 1, "`endpoints` must be a table, not a whole number")),
        ("[gemini]\nwaiting = 1\n",
         (2, 1, "`gemini.waiting` must be true or false, not a whole number")),
        ("[gemini]\nwait = true\n",
         (2, 1, "`gemini.wait` is not a key of this table; did you mean `waiting`?")),
        ('gemini = {api_version = "../x"}\n',
         (1, 11, "`gemini.api_version` is no version of the API")),
        ("[prices.veo]\n720p = {silent = true}\n",
         (2, 9, "`prices.veo.720p.silent` must be an amount in USD, from 0 on, "
          "not true or false")),
    ],
)  # fmt: skip
def test_a_wrong_type_is_told_in_words_at_its_place(
    tmp_path: Path, text: str, told: tuple[int, int, str]
) -> None:
    assert problems(tmp_path, text) == [told]


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = 'jobs = "many"\nlabels = {team = 5, film = 6}\n[budget]\nusd = inf\nper = "day"\n'
    assert [line for line, *_ in problems(tmp_path, text)] == [1, 2, 2, 4]


def test_a_line_of_a_settings_file_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        read(tmp_path, '[gemini]\nwaiting = "sesame"\n')
    assert "sesame" not in str(caught.value)


BOUNDS = {
    "a table too deep": "x = " + "{a = " * 20 + "5" + "}" * 20,
    "keys too deep": "[models." + ".".join("a" * 3000) + "]\nb = 5\n",
    "a list too deep": "jobs = " + "[" * 20 + "]" * 20,
    "a list too long": "jobs = [" + "1," * 30_000 + "]",
    "a table too large": "[labels]\n" + "".join(f"a{n} = 1\n" for n in range(20_500)),
    "a giant number": f"jobs = {'9' * 4000}",
    "a giant hexadecimal number": f"jobs = 0x{'f' * 4000}",
    "a text too long": f'engine = "{"x" * 30_000}"',
    "a key too long": f"{'x' * 300} = 5",
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_file_beyond_bounds_is_one_problem_with_its_line(tmp_path: Path, bound: str) -> None:
    with pytest.raises(Problems) as caught:
        read(tmp_path, f"# settings\n{BOUNDS[bound]}")
    (problem,) = caught.value.problems
    assert problem.code == "out-of-bounds"
    assert problem.position >= (1, 1)


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 100_000, "x = " + "{a = " * 50_000, f"x = {'9' * 5000}", "#" * 300_000],
    ids=["brackets", "braces", "digits", "bytes"],
)
def test_a_file_that_cannot_be_read_within_bounds_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused) as caught:
        read(tmp_path, text)
    assert caught.value.what == f"{tmp_path / 'user.toml'} cannot be read"


@pytest.fixture(scope="module")
def board() -> Storyboard:
    """A storyboard that leaves everything open."""
    text = b"shots: {a: {image: a.png, prompt: x}}\n"
    return read_storyboard(text, "board.yaml", FOLDER, Shelf())


def bad_in(board: Storyboard, table: dict[str, Any]) -> Mapping[str, str]:
    """What of these defaults cannot be used."""
    try:
        with_defaults(board, table)
    except BadDefaults as error:
        return error.bad
    return {}


@pytest.mark.parametrize("field", FIELDS)
def test_a_default_of_any_type_holds_or_is_told_by_its_name(
    tmp_path: Path, board: Storyboard, field: str
) -> None:
    path = tmp_path / "krafity.toml"
    for value in VALUES.values():
        path.write_text(f"[defaults]\n{field} = {value}\n")
        table: dict[str, Any] = read_toml(path).table["defaults"]
        bad = bad_in(board, table)
        assert set(bad) <= {field}
        assert all(why.startswith(f"`{field}` ") for why in bad.values())
        assert "nput should" not in "".join(bad.values())


def test_all_bad_defaults_are_told_at_once(board: Storyboard) -> None:
    with pytest.raises(BadDefaults) as bad:
        with_defaults(board, {"duration": [], "sedd": 5, "seed": "x", "audio": False})
    assert list(bad.value.bad) == ["sedd", "duration", "seed"]
