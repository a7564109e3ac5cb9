"""The few lines a run leaves behind: what was made, what was reused, where the films are."""

from __future__ import annotations

from collections import Counter

from krafity_cli.delivery.deliver import Delivery

_ORDER = (
    "rendered", "reused", "failed", "filtered", "unknown", "pending", "held", "blocked", "skipped",
)  # fmt: skip

_COLLECT = "what still runs is collected by the same command again, or by krafity ledger resume"


def summary(delivery: Delivery) -> str:
    """What a run did, for people."""
    document = delivery.manifest
    lines = [line for shot in document["shots"] if (line := _trouble(shot))]
    if any(shot["status"] == "pending" for shot in document["shots"]):
        lines.append(_COLLECT)
    lines += delivery.troubles
    lines.append(f"{_counts(document)} in {document['seconds']:.1f} s{_money(document)}")
    for film in document["films"]:
        standins = sum(shot["standin"] for shot in film["shots"])
        note = f", {standins} standing in" if standins else ""
        path = delivery.folder / film["path"]
        lines.append(f"  {path}  {film['seconds']:.1f} s, {film['frames']} frames{note}")
    return "\n".join(lines)


def _counts(document: dict[str, object]) -> str:
    shots: list[dict[str, str]] = document["shots"]  # type: ignore[assignment]
    found = Counter(shot["status"] for shot in shots)
    return ", ".join(f"{found[status]} {status}" for status in _ORDER if found[status])


def _money(document: dict[str, object]) -> str:
    cost, saved = document["cost_usd"], document["saved_usd"]
    return f", ${cost:.2f} spent, ${saved:.2f} saved" if cost or saved else ""


def _trouble(shot: dict[str, object]) -> str | None:
    if shot["error"]:
        return f"{shot['id']}: {shot['status']}: {shot['error']}"
    if shot["blocked_by"]:
        return f"{shot['id']}: blocked by {shot['blocked_by']}"
    return None
