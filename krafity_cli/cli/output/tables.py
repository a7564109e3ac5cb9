"""Tables of figures, as the commands that look back print them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from krafity_cli.cli.output.console import put

Cells = tuple[str, ...]
_NAMED = 6


def listed_shots(shots: Sequence[str]) -> str:
    """Shots by their ids, the first few where there are many."""
    if len(shots) <= _NAMED:
        return ", ".join(shots)
    return f"{', '.join(shots[:_NAMED])} and {len(shots) - _NAMED} more shots"


def columns(heads: Cells, lines: Iterable[Cells]) -> None:
    """Print a table; nothing at all where there is no line. The first column is text."""
    rows = list(lines)
    if not rows:
        return
    # Rich is loaded only where a table really is shown.
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, head in enumerate(heads):
        is_text = number == 0 or head == "storyboard"
        table.add_column(head, justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout)
    with console.capture() as captured:
        console.print(table)
    put("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")
