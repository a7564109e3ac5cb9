"""`krafity cache verify`: reading every byte, and mending what can be mended without paying."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from krafity_cli.amounts import dollars, usd
from krafity_cli.cache import Record, every_record, repair, sweep, verify
from krafity_cli.cache.index_row import cost_of
from krafity_cli.cache.maintenance.verify import tell_nobody
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import one_line, put, say
from krafity_cli.cli.output.terminal import moves
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text


def verify_cache(folder: Path | None, mend: bool, json: bool) -> int:
    """Say what is damaged; 1 where something is and stays so.

    With `mend`, clips are taken back from the outputs of their storyboards or the shared cache,
    and what costs nothing is forgotten, to be made again. What was paid for is never forgotten.
    """
    with open_cache(settings(None, cache=folder)) as cache:
        with _bar() as told:
            found = verify(cache, told)
        lost = [record for record in every_record(cache) if record.key in set(found.missing)]
        mended: tuple[Record, ...] = ()
        forgotten: tuple[Record, ...] = ()
        if mend:
            mended, forgotten = repair(cache, lost)
        sweep(cache)
    well = {record.key for record in (*mended, *forgotten)}
    left = [record for record in lost if record.key not in well]
    if json:
        document = {
            "schema": SCHEMA,
            "checked": found.checked,
            "damaged": list(found.damaged),
            "broken": list(found.broken),
            "returned": list(found.returned),
            "mended": [record.key for record in mended],
            "forgotten": [record.key for record in forgotten],
            "lost": [_lost(record) for record in left],
        }
        put(as_text(document))
    else:
        _tell(found.checked, len(found.damaged) + len(found.broken), mended, forgotten, left)
    return Exit.INCOMPLETE if left else Exit.DONE


def _lost(record: Record) -> dict[str, object]:
    return {
        "key": record.key,
        "kind": record.kind,
        "storyboard": record.about.get("storyboard", ""),
        "shot": record.about.get("shot", ""),
        "cost_usd": usd(cost_of(record)),
    }


def _tell(
    checked: int,
    damaged: int,
    mended: Sequence[Record],
    forgotten: Sequence[Record],
    left: Sequence[Record],
) -> None:
    for record in mended:
        say(f"  {_name(record)}: restored", sys.stdout)
    for record in forgotten:
        say(f"  {_name(record)}: dropped; it is made again when it is needed", sys.stdout)
    for record in left:
        say(f"  {_name(record)}: {_what_to_do(record)}", sys.stdout)
    words = f"{checked} checked, {damaged} damaged"
    parts = ((mended, "mended"), (forgotten, "forgotten"), (left, "lost"))
    words += "".join(f", {len(records)} {word}" for records, word in parts if records)
    say(words, sys.stdout)


def _what_to_do(record: Record) -> str:
    cost = cost_of(record)
    if not cost:
        return "damaged or missing; it is made again when it is needed"
    return (
        "damaged or missing; the next render fetches it from the provider "
        "if it can, and --retry damaged buys it again "
        f"for {dollars(cost)}"
    )


def _name(record: Record) -> str:
    words = (record.kind, record.about.get("storyboard", ""), record.about.get("shot", ""))
    return one_line(" ".join(str(word) for word in words if word))


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not moves(sys.stderr):
        yield tell_nobody
        return
    # Rich is loaded only where a bar really is shown.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as view:
        task = view.add_task("", total=None)
        yield lambda done, of: view.update(task, completed=done, total=of)
