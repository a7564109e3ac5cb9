"""The kinds of value a field can take, read from the text the author wrote.

Each kind takes a scalar's text and answers the value, or says what it must be in the second half
of a sentence that begins with the field's name. Numbers and truth values are recognised only where
a field wants them, so `NO`, `017` or `1:30` stay what they are in a prompt.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from krafity_cli import model_names
from krafity_cli.storyboard.ids import PATTERN
from krafity_cli.storyboard.words import did_you_mean, listed, nearest, shown

_NULL = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_LIKE_TRUTH = ("true", "false", "yes", "no", "on", "off", "y", "n")
_NUMBER = re.compile(
    r"0o(?P<octal>[0-7]{1,20})|0x(?P<hex>[0-9a-fA-F]{1,16})"
    r"|(?=.{1,40}$)[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?"
)
"""Numbers as YAML 1.2 writes them. `017` is none: it is 15 for some readers and 17 for others."""
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Control characters and halves of characters; YAML's escapes can bring them into a text."""

LARGEST_SEED = 2**32 - 1


class Quoted(str):
    """A text that stands in quotes or as a block; it is never a number, a truth value or null."""

    __slots__ = ()


def wrong(code: str, predicate: str) -> PydanticCustomError:
    """The error for a value; `predicate` follows the field's name: "must be ..."."""
    return PydanticCustomError(code, predicate)


def is_empty(value: object) -> bool:
    """Whether the author wrote nothing: no text, only blanks, or an unquoted `null` or `~`."""
    if not isinstance(value, str):
        return False
    return not value.strip() or (value in _NULL and not isinstance(value, Quoted))


def _scalar(value: object, wanted: str) -> str:
    if not isinstance(value, str):
        raise wrong("wrong-kind", f"must be {wanted}")
    if is_empty(value):
        raise wrong("empty", "is empty; write a value or remove the key")
    return value


def _instead(value: str) -> str:
    return f"not {shown(value)}{' in quotes' if isinstance(value, Quoted) else ''}"


def text_of(value: object, most: int) -> str:
    text = _scalar(value, "text").strip()
    if len(text) > most:
        raise wrong("too-long", f"has {len(text):,} characters; at most {most:,}")
    if bad := _UNSEEN.search(text):
        raise wrong("control-character", f"contains a control character (U+{ord(bad[0]):04X})")
    return str(text)


def _truth_of(value: object) -> bool | None:
    return None if isinstance(value, Quoted) else _TRUTH.get(str(value))


def _text(most: int) -> PlainValidator:
    def read(value: Any) -> str:
        return text_of(value, most)

    return PlainValidator(read, json_schema_input_type=Annotated[str, Field(max_length=most)])


def _whole_number(text: str) -> int | None:
    """The whole number a text without quotes is; `1e3` and `4.0` are whole too."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found["octal"]:
        return int(found["octal"], 8)
    if found["hex"]:
        return int(found["hex"], 16)
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else None


def _whole(least: int, most: int) -> PlainValidator:
    wanted = f"a whole number from {least} to {most}"

    def read(value: Any) -> int:
        text = _scalar(value, wanted)
        number = None if isinstance(value, Quoted) else _whole_number(text)
        if number is None:
            raise wrong("wrong-kind", f"must be {wanted}, {_instead(text)}")
        if not least <= number <= most:
            raise wrong("out-of-range", f"must be {wanted}, not {text}")
        return number

    return PlainValidator(read, json_schema_input_type=Annotated[int, Field(ge=least, le=most)])


def _choice(*words: str) -> PlainValidator:
    def read(value: Any) -> str:
        text = _scalar(value, listed(words))
        if text not in words:
            near = did_you_mean(nearest(text, words))
            raise wrong("not-one-of", f"must be {listed(words)}, not {shown(text)}{near}")
        return str(text)

    return PlainValidator(read, json_schema_input_type=Literal[words])


def _name(value: Any) -> str:
    """An id stays what is written, even `null`; whether it is known is asked elsewhere."""
    if not isinstance(value, str):
        raise wrong("wrong-kind", "must be a name")
    if not value.strip() or (value == "~" and not isinstance(value, Quoted)):
        raise wrong("empty", "is empty; write a name or remove the key")
    return str(value)


def _version(value: Any) -> int:
    text = _scalar(value, "1")
    if text != "1" or isinstance(value, Quoted):
        raise wrong("wrong-version", f"must be 1, the only supported version,  {_instead(text)}")
    return 1


def _engine(value: Any) -> str:
    text = _scalar(value, "the name of an engine")
    if not re.fullmatch(PATTERN, text):
        raise wrong("wrong-kind", f"must be the name of an engine, not {shown(text)}")
    return str(text)


def _model_name(value: Any) -> str:
    text = _scalar(value, "the name of a model")
    if not model_names.is_model(text):
        raise wrong(
            "bad-model",
            f"must be the bare name of a model, not {shown(text)}; "
            "set tuned models and other projects in your own settings",
        )
    return str(text)


def _location(value: Any) -> str:
    text = _scalar(value, "a location")
    if not model_names.is_location(text):
        raise wrong(
            "bad-location",
            f"must be a location like us-central1, global, us or eu, not {shown(text)}",
        )
    return str(text)


def _truth(value: Any) -> bool:
    text = _scalar(value, "true or false")
    truth = _truth_of(text)
    if truth is None:
        raise wrong("wrong-kind", f"must be true or false, {_instead(text)}")
    return truth


def _auto_or_truth(value: Any) -> bool | str:
    text = _scalar(value, "auto, true or false")
    truth = _truth_of(text)
    if truth is None and text != "auto":
        raise wrong("not-one-of", f"must be auto, true or false, {_instead(text)}")
    return "auto" if truth is None else truth


def _truth_or_instruction(value: Any) -> bool | str:
    text = _scalar(value, "true, false or an instruction")
    truth = _truth_of(text)
    if truth is None and text.strip().casefold() in _LIKE_TRUTH:
        raise wrong("wrong-kind", f"must be true, false or an instruction, {_instead(text)}")
    return text_of(value, 2000) if truth is None else truth


def _one_or_more(value: Any) -> Any:
    """A single name where a list of names may stand: a list of one."""
    return [value] if isinstance(value, str) else value


def _all_or_names(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if value == "all":
        return ()
    if isinstance(value, str) and not is_empty(value):
        raise wrong("wrong-kind", "must be a list of shots, or all")
    if value == []:
        raise wrong("empty", "has no shots; list some, or write all")
    return handler(value)


Line = Annotated[str, _text(200)]
Words = Annotated[str, _text(1200)]
Notes = Annotated[str, _text(20_000)]
Prose = Annotated[str, _text(4000)]
File = Annotated[str, _text(1000)]
_Id = Annotated[str, Field(pattern=f"^{PATTERN}$")]
Name = Annotated[str, PlainValidator(_name, json_schema_input_type=_Id)]
ModelName = Annotated[
    str,
    PlainValidator(
        _model_name,
        json_schema_input_type=Annotated[str, Field(pattern=f"^{model_names.MODEL}$")],
    ),
]
Location = Annotated[
    str,
    PlainValidator(
        _location,
        json_schema_input_type=Annotated[str, Field(pattern=f"^{model_names.LOCATION}$")],
    ),
]
EngineName = Annotated[str, PlainValidator(_engine, json_schema_input_type=_Id)]
Names = Annotated[
    tuple[Name, ...], BeforeValidator(_one_or_more, json_schema_input_type=Name | list[Name])
]
CutShots = Annotated[
    tuple[Name, ...],
    WrapValidator(
        _all_or_names,
        json_schema_input_type=Literal["all"] | Annotated[list[Name], Field(min_length=1)],
    ),
]
"""The shots of a cut; none of them stands for `all`, which only the whole storyboard knows."""
Seconds = Annotated[int, _whole(1, 60)]
Seed = Annotated[int, _whole(0, LARGEST_SEED)]
Take = Annotated[int, _whole(1, 9999)]
Version = Annotated[int, PlainValidator(_version, json_schema_input_type=Literal[1])]
Shape = Annotated[Literal["16:9", "9:16"], _choice("16:9", "9:16")]
_SIZES = ("360p", "720p", "1080p", "4k")
Size = Annotated[Literal["360p", "720p", "1080p", "4k"], _choice(*_SIZES)]
People = Annotated[Literal["allow", "none"], _choice("allow", "none")]
Fit = Annotated[Literal["crop", "pad"], _choice("crop", "pad")]
Truth = Annotated[bool, PlainValidator(_truth, json_schema_input_type=bool)]
Annotation = Annotated[
    bool | Literal["auto"],
    PlainValidator(_auto_or_truth, json_schema_input_type=Literal["auto"] | bool),
]
Improvement = Annotated[
    bool | str, PlainValidator(_truth_or_instruction, json_schema_input_type=bool | str)
]
