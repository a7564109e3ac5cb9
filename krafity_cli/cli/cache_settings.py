"""What the user's settings say of the cache: how long answers hold, and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from krafity_cli.cache import Remote, remote_at
from krafity_cli.cache.expiry import MEANS
from krafity_cli.cli.durations import seconds_of
from krafity_cli.errors import Refused
from krafity_cli.settings import Settings


def cache_ages(chosen: Settings) -> dict[str, timedelta]:
    """How old an answer may be, by its kind. Raises `Refused` for what never expires."""
    ages, origin = chosen.get("cache_ttl", {}), chosen.origin("cache_ttl")
    if not isinstance(ages, Mapping):
        raise Refused(
            f"`cache_ttl` in {origin} must be a table",
            "",
            'write {analyze = "30d"}',
            code="wrong-kind",
        )
    unknown = sorted(ages.keys() - MEANS)
    if unknown:
        raise Refused(
            f"`cache_ttl` in {origin} cannot be set for `{unknown[0]}`",
            "clips, and what is decoded from them, never expire",
            f"it takes {', '.join(sorted(MEANS))}",
            code="unknown-kind",
        )
    try:
        return {kind: timedelta(seconds=seconds_of(str(age))) for kind, age in ages.items()}
    except OverflowError:
        raise Refused(
            f"`cache_ttl` in {origin} has a span that never ends", code="out-of-range"
        ) from None


def cache_remote(chosen: Settings) -> Remote | None:
    """The shared cache behind the local one, where the user set one. Raises `Refused`."""
    url = chosen.get("cache_remote")
    if not url:
        return None
    return remote_at(str(url), chosen.origin("cache_remote"), chosen.environment)
