"""The types of settings: what each value must be, down to the last nested key.

Files are strict about types; a flag or a variable is a word that is converted. No message repeats
a value of a file: it may hold secrets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, TypeAdapter
from pydantic import ValidationInfo as Info
from pydantic_core import PydanticCustomError

from krafity_cli.durations import EXPIRING, seconds_of
from krafity_cli.errors import Refused
from krafity_cli.model_names import is_label, is_location, is_model, is_resource

_LONGEST = 1000
_LARGEST = 1e9
_A_SPAN = 'a span of time such as "30d"'


class Source(NamedTuple):
    """Where values come from: flags and variables (`is_word`), or a file; a project's or not."""

    is_word: bool = False
    project: Path | None = None


USER = Source()


def _source(info: Info) -> Source:
    return info.context or USER


def bad(
    words: str, code: LiteralString = "wrong-kind", why: str = "", hint: str = ""
) -> PydanticCustomError:
    """What is wrong with a value, in words that follow its name."""
    return PydanticCustomError(code, "{words}", {"words": words, "why": why, "hint": hint})


def kind_of(value: Any) -> str:
    """What a TOML value is, in words."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number"),
        (str, "text"),
        ((date, time), "a date or time"),
        (list, "a list"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "a table")


def _line(value: Any, wanted: str = "text") -> str:
    if not isinstance(value, str):
        raise bad(f"must be {wanted}, not {kind_of(value)}")
    if not value.strip():
        raise bad("is empty; write a value or remove the key")
    if len(value) > _LONGEST:
        raise bad(f"has {len(value):,} characters; at most {_LONGEST:,}")
    if not value.isprintable():
        raise bad("contains a control character or a line break")
    return value


def _text(value: Any, info: Info) -> str:
    return str(value) if _source(info).is_word else _line(value)


def _number(
    wanted: str, least: float, most: float, kind: type[float] = float, word: str = ""
) -> PlainValidator:
    """A number within bounds, both included.

    `word` is what a flag or variable must be, where only files have an upper bound.
    """

    def check(value: Any, info: Info) -> float:
        if not _source(info).is_word:
            if type(value) not in (int, kind):
                raise bad(f"must be {wanted}, not {kind_of(value)}")
            if not least <= value <= most:
                raise bad(f"must be {wanted}")
            return kind(value)
        try:
            number = kind(value)
        except ValueError:
            number = math.nan
        if not least <= number <= (math.inf if word else most):
            raise bad(f"must be {word or wanted}, not `{value}`", "out-of-range")
        return number

    return PlainValidator(check)


def _price(value: Any) -> Any:
    return (_PRICES if isinstance(value, Mapping) else _AMOUNT).validate_python(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise bad(f"must be true or false, not {kind_of(value)}")
    return value


def _span(value: Any) -> timedelta:
    try:
        if type(value) in (int, float):
            return timedelta(seconds=_SECONDS.validate_python(value))
        return timedelta(seconds=seconds_of(_line(value, _A_SPAN)))
    except OverflowError:
        raise bad("is a span that never ends", "out-of-range") from None
    except Refused as refused:
        raise bad(f"must be {_A_SPAN}", "bad-span", hint=refused.hint) from None


def _expiring(kind: str) -> str:
    if kind not in EXPIRING:
        raise bad(
            "cannot be set",
            "unknown-kind",
            "clips and frames decoded from them never expire",
            f"it takes {', '.join(EXPIRING)}",
        )
    return kind


def _bucket(value: Any) -> str:
    if not _line(value).startswith("gs://"):
        raise bad("is no place in Cloud Storage", "bad-bucket", hint="write gs://BUCKET/FOLDER")
    return str(value)


def _version(value: Any) -> str:
    if not _line(value).isalnum():
        raise bad("is no version of the API", "bad-value")
    return str(value)


def _model_name(value: Any, info: Info) -> str:
    """A name becomes part of a URL: only the user names resources."""
    name, is_project = _line(value, "the name of a model"), _source(info).project is not None
    if is_model(name) or (is_resource(name) and not is_project):
        return name
    words = "must be the bare name of a model"
    if is_project:
        words += "; set tuned models and other projects in your own settings"
    raise bad(words, "bad-model")


def _location(value: Any, info: Info) -> str:
    place = _line(value, "a location")
    if not (is_label if _source(info).project is None else is_location)(place):
        raise bad("must be a location like us-central1, global, us or eu", "bad-location")
    return place


def _model_table(value: Any, info: Info) -> Any:
    """A bare name is short for a table with `use`."""
    if isinstance(value, str):
        return {"use": _model_name(value, info)}
    if not isinstance(value, Mapping):
        raise bad(f"must be the name of a model, or a table with `use`, not {kind_of(value)}")
    return value


Text = Annotated[str, PlainValidator(_text)]
Url = Annotated[str, PlainValidator(lambda value: _line(value, "a URL"))]
Label = Annotated[str, PlainValidator(lambda value: "" if value == "" else _line(value))]
"""A label may say nothing beyond its name."""
Amount = Annotated[float, _number("an amount in USD, from 0 on", 0, _LARGEST)]
Price = Annotated[Any, PlainValidator(_price)]
"""One for all, or tables of them: by resolution or size, without and with sound."""
Truth = Annotated[bool, PlainValidator(_truth)]
Jobs = Annotated[
    int, _number("a whole number from 1 to 10000", 1, 10_000, int, "a whole number of 1 or more")
]
Factor = Annotated[float, _number("a number above 0 and below 1000", 1e-9, 999.999)]
Residency = Literal["strict", "open"]
"""Whether requests may leave the user's own part of the world."""
Period = Literal["storyboard", "folder", "day", "month"]
Span = Annotated[timedelta, PlainValidator(_span)]
Expiring = Annotated[str, PlainValidator(_expiring)]
Bucket = Annotated[str, PlainValidator(_bucket)]
ModelName = Annotated[str, PlainValidator(_model_name)]
Location = Annotated[str, PlainValidator(_location)]
_AMOUNT, _PRICES = TypeAdapter(Amount), TypeAdapter(dict[str, Price])
_SECONDS = TypeAdapter(Annotated[float, _number(_A_SPAN, 0, _LARGEST)])


class Table(BaseModel):
    """A table with these keys alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ModelChoice(Table):
    """The model to use, older ones whose clips still count, and where it is served."""

    use: ModelName
    accept: tuple[ModelName, ...] = ()
    location: Location | None = None


Chosen = Annotated[ModelChoice, BeforeValidator(_model_table)]


class Models(Table):
    """The model of each role; `None` leaves it to the engine."""

    vision: Chosen | None = None
    image: Chosen | None = None
    video: Chosen | None = None

    def names(self) -> frozenset[str]:
        """Every model that is named."""
        chosen = [each for each in (self.vision, self.image, self.video) if each]
        return frozenset(name for each in chosen for name in (each.use, *each.accept))


class Budget(Table):
    """So many USD per storyboard, folder, day or month, and whether it consents to spending."""

    usd: Amount
    per: Period
    consent: Literal["ask", "budget"] = "ask"


class Gemini(Table):
    """How the Gemini API is used: waiting within the request, and the API's version."""

    waiting: Truth | None = None
    api_version: Annotated[str, PlainValidator(_version)] | None = None
