"""`krafity cache prune`: making room, after telling what it would cost to buy that again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from krafity_cli.amounts import dollars, usd
from krafity_cli.cache import Cache, Going, Limits, choose, prune, sweep
from krafity_cli.cli.commands.question import agreed
from krafity_cli.cli.environment import settings
from krafity_cli.cli.output.console import one_line, put, say
from krafity_cli.cli.output.format import bytes_of, size
from krafity_cli.cli.wiring import open_cache, production
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.durations import seconds_of
from krafity_cli.errors import Refused
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.reachable import awaited, reached
from krafity_cli.render.run import Wish


@dataclass(frozen=True)
class PruneAsk:
    """What the command line asked for; `None` where it set no limit."""

    older_than: str | None = None
    unused_since: str | None = None
    max_size: str | None = None
    keep: tuple[Path, ...] = ()
    dry_run: bool = False
    yes: bool = False
    json: bool = False

    def limits(self, now: datetime) -> Limits:
        """The limits. Raises `Refused` where there is none, or one that cannot be read."""
        if not (self.older_than or self.unused_since or self.max_size):
            raise Refused(
                "no limit was given, so nothing can be pruned",
                "",
                "add --older-than 90d, --unused-since 30d or --max-size 20G",
                code="usage",
            )
        return Limits(
            _moment(self.older_than, now),
            _moment(self.unused_since, now),
            bytes_of(self.max_size) if self.max_size else None,
        )


def prune_cache(folder: Path | None, ask: PruneAsk) -> int:
    """Remove what meets the limits; what was paid for goes only on a person's word.

    What the storyboards to keep reach stays, and so do orders and what they started on.
    """
    limits = ask.limits(datetime.now(UTC))
    with open_cache(settings(None, cache=folder)) as cache:
        orders = OrderFiles(cache.path / "orders")
        keep = awaited(orders) | _kept(ask.keep, cache)
        going = choose(cache, limits, keep)
        cost = sum(_prices(going).values())
        if not ask.json:
            _tell(going)
        gone = not ask.dry_run
        if gone:
            _check_word(cost, ask.yes)
            prune(cache, going)
            sweep(cache)
            orders.sweep(cache.is_held)
    if ask.json:
        put(as_text(_document(going, cost, gone)))
    else:
        verb = "pruned" if gone else "would prune"
        say(f"{verb} {_sums(going, cost)}", sys.stdout)
    return 0


def _kept(files: Sequence[Path], cache: Cache) -> frozenset[str]:
    """What these storyboards reach, with their own engine and as animatics, quick and full.

    Raises `Refused` for one that cannot be read: nothing is removed on a guess.
    """
    found: frozenset[str] = frozenset()
    for file in files:
        for engine in (None, "animatic"):
            for is_quick in (False, True):
                made, _ = production(file, settings(file, engine=engine), cache, Wish(), is_quick)
                found |= asyncio.run(reached(made))
    return found


def _moment(text: str | None, now: datetime) -> datetime | None:
    """A date, or a span back from now."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return now - timedelta(seconds=seconds_of(text))
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _prices(going: Sequence[Going]) -> dict[str, float]:
    return {one.record.key: one.cost_usd for one in going if one.cost_usd}


def _tell(going: Sequence[Going]) -> None:
    for one in going:
        about = one.record.about
        words = f"{one.record.kind} {about.get('storyboard', '')} {about.get('shot', '')}"
        paid = f", {dollars(one.cost_usd)} to buy again" if one.cost_usd else ""
        name = one_line(words.strip())
        say(f"  {name}: {size(one.bytes)}, used {one.used:%Y-%m-%d}{paid}", sys.stdout)


def _check_word(cost: float, yes: bool) -> None:
    if yes or not cost:
        return
    if not sys.stdin.isatty():
        raise Refused(
            f"the entries to delete would cost {dollars(cost)} to buy again",
            "there is no terminal, so krafity cannot ask",
            "add --yes, or add --keep STORYBOARD to keep what that storyboard needs",
            code="needs-consent",
        )
    if not agreed(f"Delete them? Buying them again would cost {dollars(cost)}."):
        raise Refused("nothing was deleted", code="declined")


def _document(going: Sequence[Going], cost: float, gone: bool) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "pruned": gone,
        "entries": len(going),
        "bytes": sum(one.bytes for one in going),
        "cost_usd": usd(cost),
        "going": [
            {
                "key": one.record.key,
                "kind": one.record.kind,
                "storyboard": one.record.about.get("storyboard", ""),
                "shot": one.record.about.get("shot", ""),
                "bytes": one.bytes,
                "used": one.used.isoformat(timespec="seconds"),
                "cost_usd": usd(one.cost_usd),
            }
            for one in going
        ],
    }


def _sums(going: Sequence[Going], cost: float) -> str:
    freed = sum(one.bytes for one in going)
    again = f", {dollars(cost)} to buy again" if cost else ""
    return f"{len(going)} entries, {size(freed)}{again}"
