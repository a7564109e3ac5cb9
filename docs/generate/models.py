"""What is known of models, from the file that the engines read."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate.text import said, table
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.setup import Setup


def models() -> Iterator[str]:
    """What is known of the models of the engines that are paid for."""
    catalog = Catalog.of(Setup())
    yield "# Models"
    yield ""
    yield from said(
        f"What krafity knows of Google's models, checked on {catalog.checked}. Prices come from "
        "public tables; the invoice is what counts. The settings `prices` and `capabilities` "
        "override them, and `models` in a storyboard or in `krafity.toml` chooses."
    )
    videos = [each for each in catalog.models.values() if each.role == "video"]
    yield "## Video"
    yield ""
    head = ("model", "seconds", "resolution", "USD a second", "with sound")
    yield from table(head, [row for each in videos for row in _prices(each)])
    yield "## Pictures and vision"
    yield ""
    rest = [each for each in catalog.models.values() if each.role != "video"]
    yield from table(("model", "does", "USD", "until"), map(_other, rest))


def _prices(model: Model) -> Iterator[tuple[str, ...]]:
    seconds = ", ".join(map(str, model.durations))
    for number, size in enumerate(model.resolutions):
        price = (model.usd_per_second or {}).get(size)
        silent, audio = (price.silent, price.audio) if price else (None, None)
        first = (f"`{model.name}`", seconds) if not number else ("", "")
        yield (*first, size, _usd(silent), _usd(audio))


def _other(model: Model) -> tuple[str, ...]:
    if model.role == "image":
        sizes = (model.usd_per_picture or {}).items()
        price = ", ".join(f"{_usd(usd)} ({size})" for size, usd in sizes)
    else:
        price = f"about {_usd(model.usd_per_call)} a call"
    until = f"{model.retired}; now `{model.successor}`" if model.retired else ""
    does = "draws, cleans, improves" if model.role == "image" else "analyzes, reads scene context"
    return f"`{model.name}`", does, price, until


def _usd(amount: float | None) -> str:
    return "unknown" if amount is None else f"{amount:g}"
