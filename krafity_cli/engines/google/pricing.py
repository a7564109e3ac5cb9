"""What a request costs in USD, what an answer was billed, and how that was reckoned."""

from __future__ import annotations

from dataclasses import dataclass

from krafity_cli.engines.google.catalog import Model, Thinking
from krafity_cli.engines.google.requests import TRIES
from krafity_cli.engines.protocol import Price, Request

_QUESTION = 10_000
"""Tokens in of the longest question for a vision model: a clip and the words about it."""

_LETTERS = 3
"""Letters of a token, rather too few than too many."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens an answer names: in, of text and thinking, of pictures, of video."""

    into: int = 0
    out: int = 0
    image: int = 0
    video: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.into + other.into,
            self.out + other.out,
            self.image + other.image,
            self.video + other.video,
        )

    def in_words(self) -> str:
        """`1500 tokens in, 200 out, 1120 of pictures`."""
        counts = ((self.image, "of pictures"), (self.video, "of video"))
        more = "".join(f", {count} {what}" for count, what in counts if count)
        return f"{self.into} tokens in, {self.out} out{more}"


def price(model: Model, request: Request) -> Price | None:
    """The price of a request before it is sent; `None` where none is known."""
    match request.kind:
        case "video":
            return _clip(model, request)
        case "analyze" | "context":
            return _call(model, request)
        case _:
            return _picture(model, request)


def billed(model: Model, request: Request, usage: Usage, calls: int = 1) -> Price:
    """What answers cost: by the tokens they name, else by the list price of so many calls."""
    rates = model.usd_per_million_tokens
    more = f", {calls} calls" if calls > 1 else ""
    if rates and usage != Usage():
        image = rates.out if rates.image is None else rates.image
        video = rates.out if rates.video is None else rates.video
        usd = usage.into * rates.into + usage.out * rates.out
        usd += usage.image * image + usage.video * video
        return Price(round(usd / 1e6, 6), f"{usage.in_words()}{more}")
    listed = _listed(model, request)
    if listed is None:
        return Price(0.0, "no price is known")
    return Price(round(listed.usd * calls, 6), f"list price: {listed.basis}{more}")


def price_in_words(model: Model) -> str:
    """What a model costs, for a list: `$0.08-0.25 a second`, `$0.034 a picture`."""
    if model.role == "video":
        each = [usd for rate in model.usd_per_second.values() for usd in (rate.silent, rate.audio)]
        words = "$% a second"
    elif model.role == "image":
        each, words = list(model.usd_per_picture.values()), "$% a picture"
    else:
        each = [] if model.usd_per_call is None else [model.usd_per_call]
        words = "about $% a call"
    if not each:
        return "unknown"
    least, most = min(each), max(each)
    return words.replace("%", f"{least:g}-{most:g}" if most > least else f"{least:g}")


def _listed(model: Model, request: Request) -> Price | None:
    """What the list says of a clip, a picture or a call, without the tokens around it."""
    if request.kind == "video":
        return _seconds(model, request)
    if request.kind in ("analyze", "context"):
        return _call(model, request)
    size = request.body.get("image_size") or "1K"
    usd = model.usd_per_picture.get(size)
    return None if usd is None else Price(usd, f"one picture of {size} at ${usd:g}")


def _clip(model: Model, request: Request) -> Price | None:
    return _with_tokens(model, request, _seconds(model, request))


def _picture(model: Model, request: Request) -> Price | None:
    return _with_tokens(model, request, _listed(model, request))


def _seconds(model: Model, request: Request) -> Price | None:
    body = request.body
    rate = model.usd_per_second.get(body["resolution"])
    if rate is None:
        return None
    usd = rate.audio if body["audio"] else rate.silent
    sound = "with sound" if body["audio"] else "without sound"
    if not (body["audio"] or model.silence):
        sound = "with sound, which krafity removes,"
    basis = f"{body['duration']} s of {body['resolution']} {sound} at ${usd:g} per second"
    return Price(round(usd * body["duration"], 6), basis)


def _with_tokens(model: Model, request: Request, listed: Price | None) -> Price | None:
    """A list price with what goes in and what is thought, where those are billed too."""
    rates = model.usd_per_million_tokens
    if listed is None or rates is None:
        return listed
    into = len(request.inputs) * model.tokens_per_picture
    into += len(request.body["prompt"]) // _LETTERS
    thinking = model.thinking_tokens or Thinking(likely=0, most=0)
    likely = (into * rates.into + thinking.likely * rates.out) / 1e6
    most = (2 * into * rates.into + thinking.most * rates.out) / 1e6
    return Price(
        round(listed.usd + likely, 6),
        f"{listed.basis}, and about ${likely:.4f} for input and thinking",
        round(listed.usd + most, 6),
    )


def _call(model: Model, request: Request) -> Price | None:
    if model.usd_per_call is None:
        return None
    rates = model.usd_per_million_tokens
    most = 0.0
    if rates:
        made = request.body["most_tokens"]
        most = TRIES * (_QUESTION * rates.into + made * rates.out) / 1e6
    return Price(model.usd_per_call, "an estimate per call", round(most, 6))
