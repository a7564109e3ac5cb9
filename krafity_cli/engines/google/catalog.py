"""What is known of each model: the dated file `models.toml`, and what a user lays over it.

Two settings override it, both from the user's own file:

- `capabilities`: the path of a TOML file of the same form, laid over model by model, key by key.
- `prices`: a table from a model's name to its price. A video model's is a number (USD per second)
  or a table like `usd_per_second`; an image model's a number (USD per picture); a vision model's a
  number (USD per call).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from krafity_cli.engines.protocol import Role
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused

BUILT_IN = Path(__file__).with_name("models.toml")
MB = 1 << 20

FRESH_DAYS = 60
"""Google announces price changes and shutdowns some weeks ahead."""

_ANY_DURATIONS = tuple(range(1, 61))
_ANY_ASPECT_RATIOS = ("16:9", "9:16")
_ANY_RESOLUTIONS = ("360p", "720p", "1080p", "4k")


Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""An amount of money: finite, and never below 0."""


class Sound(BaseModel):
    """USD per second without and with sound."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silent: Usd
    audio: Usd


class Tokens(BaseModel):
    """USD per million tokens: in, out (text and thinking), and of pictures and video that are made.

    Pictures and video without a price of their own cost what text does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    into: Usd = Field(alias="in")
    out: Usd
    image: Usd | None = None
    video: Usd | None = None


class Thinking(BaseModel):
    """Tokens of text and thinking beside what was asked for: a usual answer's, and the most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    likely: int = Field(ge=0)
    most: int = Field(ge=0)


class Model(BaseModel):
    """One model. What a model's role does not need stays at its default, which refuses nothing.

    `picture_mb` and `clip_mb` are the most MiB of one picture or clip inside a request.
    `engines` are those that perform it, `locations` where Vertex AI serves it. `durations_at` are
    the seconds of clips in a resolution that does not take all of `durations`,
    `end_frame_durations` those of clips with an end frame. `references` is how many pictures it
    takes beside a start frame; `silence`, `negative_prompt` and `people` are `false` for a model
    that always makes sound, takes no negative prompt, or cannot be told whom it may show.

    `tokens_per_picture` is what a picture in a request counts, `thinking_tokens` what a price
    adds for text and thinking. `deprecated` is the day since when Google advises against it,
    `retired` the day it is shut down, `successor` the model to use instead. `source` says where
    all this was read, `read` when.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: Literal["video", "image", "vision"]
    engines: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    durations: tuple[int, ...] = Field(default=_ANY_DURATIONS, min_length=1)
    durations_at: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)
    aspect_ratios: tuple[str, ...] = _ANY_ASPECT_RATIOS
    resolutions: tuple[str, ...] = _ANY_RESOLUTIONS
    end_frame: bool = True
    end_frame_durations: tuple[int, ...] = ()
    references: int = 0
    audio: bool = True
    silence: bool = True
    negative_prompt: bool = True
    people: bool = True
    seconds_per_clip: float = 45.0
    requests_per_minute: int | None = None
    picture_mb: float = 7.0
    clip_mb: float = 15.0
    image_size: str | None = None
    shapes: tuple[str, ...] = ()
    thinking: str | int | None = None
    usd_per_second: Mapping[str, Sound] = Field(default_factory=dict)
    usd_per_picture: Mapping[str, Usd] = Field(default_factory=dict)
    usd_per_call: Usd | None = None
    usd_per_million_tokens: Tokens | None = None
    tokens_per_picture: int = 0
    thinking_tokens: Thinking | None = None
    deprecated: date | None = None
    retired: date | None = None
    successor: str | None = None
    source: str = ""
    read: date | None = None

    @property
    def most_picture(self) -> int:
        """The most bytes of a picture inside a request."""
        return int(self.picture_mb * MB)

    @property
    def most_clip(self) -> int:
        """The most bytes of a clip inside a request."""
        return int(self.clip_mb * MB)

    def location(self, asked: str | None, home: str) -> str:
        """Where to ask for this model: as asked, else at home unless it surely is not there.

        Models that are served at `global` are asked there. A regional model is asked in the user's
        own region even if nobody wrote down that it is served there: where data is processed is the
        user's choice, and a 404 explains itself.
        """
        if asked:
            return asked
        if home in self.locations or not self.locations:
            return home
        if "global" in self.locations:
            return "global"
        return self.locations[0] if home == "global" else home


@dataclass(frozen=True)
class Catalog:
    """All models that are known, and the day that was checked."""

    models: Mapping[str, Model]
    checked: date

    @classmethod
    def of(cls, setup: Setup) -> Catalog:
        """The built-in file with the user's over it. Raises `Refused` for one that is not right."""
        built_in = tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))
        models: dict[str, dict[str, Any]] = built_in["models"]
        path = setup.settings.capabilities
        origin, checked_on = str(BUILT_IN), built_in["checked"]
        if path:
            origin = path
            own = _read(Path(origin).expanduser())
            checked_on = own.get("checked", checked_on)
            for name, known in own["models"].items():
                models[name] = {**models.get(name, {}), **known}
        checked = {name: _model(name, known, origin) for name, known in models.items()}
        for name, price in setup.settings.prices.items():
            checked[name] = _priced(checked.get(name), name, price)
        return cls(checked, checked_on)

    def age_note(self, today: date) -> str:
        """A line for who plans with a table that was not looked at for `FRESH_DAYS`; else empty."""
        age = (today - self.checked).days
        if age <= FRESH_DAYS:
            return ""
        return (
            f"models and prices were checked on {self.checked}, {age} days ago, and may have "
            "changed; upgrade krafity, or set `checked` in a file of your own (`capabilities`)"
        )

    def model(self, name: str, role: str = Role.VIDEO) -> Model:
        """A model by its name; one that is not known can do anything and has no price."""
        return self.models.get(name) or Model.model_validate({"name": name, "role": role})


def _read(path: Path) -> dict[str, Any]:
    """A user's own file: `models`, and `checked` where it is in it."""
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refused(
            f"the capability file {path} cannot be read",
            why,
            "fix the file or unset `capabilities`",
            code="unreadable",
        ) from error
    models = own.setdefault("models", {})
    if not isinstance(models, dict) or not all(isinstance(each, dict) for each in models.values()):
        raise Refused(
            f"the capability file {path} cannot be read",
            "`models` must contain tables",
            code="unreadable",
        )
    if type(own.get("checked", date.min)) is not date:
        what = f"the capability file {path} cannot be read"
        raise Refused(what, "`checked` must be a date", "checked = 2026-11-29", code="wrong-kind")
    return own


def _model(name: str, known: Mapping[str, Any], origin: str) -> Model:
    try:
        return Model.model_validate({**known, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused(
            f"the model `{name}` in {origin} is not valid",
            f"{where}: {first['msg']}",
            f"see {BUILT_IN} for the format",
            code="bad-model",
        ) from error


def _priced(model: Model | None, name: str, price: Any) -> Model:
    """The model with the user's own price; one that was not known is taken for a video model."""
    known: dict[str, Any] = {"role": Role.VIDEO}
    if model:
        known = model.model_dump(exclude_defaults=True, by_alias=True)
    number = isinstance(price, int | float) and not isinstance(price, bool)
    if known["role"] == Role.VIDEO:
        each = {"silent": price, "audio": price}
        resolutions = (*_ANY_RESOLUTIONS, *known.get("resolutions", ()))
        known["usd_per_second"] = dict.fromkeys(resolutions, each) if number else price
    elif known["role"] == Role.IMAGE:
        known["usd_per_picture"] = {known.get("image_size", "1K"): price} if number else price
    else:
        known["usd_per_call"] = price
    known.pop("usd_per_million_tokens", None)  # what the user says is what it costs
    return _model(name, known, "the setting `prices`")
