"""What a request costs in USD, and how that was reckoned."""

from __future__ import annotations

from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.protocol import Price, Request


def price(model: Model, request: Request) -> Price | None:
    """The price of a request before it is sent; `None` where none is known."""
    match request.kind:
        case "video":
            return _clip(model, request)
        case "clean" | "improve":
            return _picture(model)
        case _:
            return _call(model)


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


def billed(model: Model, tokens_in: int, tokens_out: int, calls: int) -> Price:
    """What answers of a vision model cost: by their tokens, else the estimate per call."""
    per_million = model.usd_per_million_tokens
    if per_million and (tokens_in or tokens_out):
        usd = (tokens_in * per_million.into + tokens_out * per_million.out) / 1e6
        return Price(usd, f"{tokens_in} tokens in, {tokens_out} out{_calls(calls)}")
    return Price(calls * (model.usd_per_call or 0.0), f"an estimate per call{_calls(calls)}")


def _calls(calls: int) -> str:
    return f", {calls} calls" if calls > 1 else ""


def _clip(model: Model, request: Request) -> Price | None:
    body = request.body
    rate = model.usd_per_second.get(body["resolution"])
    if rate is None:
        return None
    usd = rate.audio if body["audio"] else rate.silent
    sound = "with sound" if body["audio"] else "without sound"
    if not (body["audio"] or model.silence):
        sound = "with sound, which is taken off,"
    basis = f"{body['duration']} s of {body['resolution']} {sound} at ${usd:g} per second"
    return Price(round(usd * body["duration"], 6), basis)


def _picture(model: Model) -> Price | None:
    size = model.image_size or "1K"
    usd = model.usd_per_picture.get(size)
    return None if usd is None else Price(usd, f"one picture of {size} at ${usd:g}")


def _call(model: Model) -> Price | None:
    if model.usd_per_call is None:
        return None
    return Price(model.usd_per_call, "an estimate per call")
