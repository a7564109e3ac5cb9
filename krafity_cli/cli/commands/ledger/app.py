"""`krafity ledger`: its commands and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from krafity_cli.cli.options import CacheDir, Json

app = typer.Typer(help="Every order and its fate.", no_args_is_help=True)

Orders = Annotated[
    list[str], typer.Argument(metavar="ORDER", help="Order digests, or how they begin.")
]


@app.command("list")
def ledger_list(
    by: Annotated[
        str | None, typer.Option("--by", metavar="WHAT", help="Sums: storyboard, model or day.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="A date, or a span such as 7d.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """List orders: running, delivered, filtered, failed, unknown.

    Example: krafity ledger list --by day --since 30d
    """
    from krafity_cli.cli.commands.ledger.orders import list_orders

    raise typer.Exit(list_orders(cache_dir, by, since, csv, json))


@app.command("resume")
def ledger_resume(
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="DURATION", help="At most so long: 10m.")
    ] = None,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Collect the orders that run, from the cache folder alone.

    Example: krafity ledger resume --wait 10m
    """
    from krafity_cli.cli.commands.ledger.orders import resume_orders

    raise typer.Exit(resume_orders(cache_dir, wait, json))


@app.command("cancel")
def ledger_cancel(orders: Orders, json: Json = False, cache_dir: CacheDir = None) -> None:
    """Stop orders that run, where their service can; nothing is ever stopped unasked.

    Example: krafity ledger cancel 3f2a9c
    """
    from krafity_cli.cli.commands.ledger.orders import cancel_orders

    raise typer.Exit(cancel_orders(cache_dir, orders, json))


@app.command("adopt")
def ledger_adopt(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file in `rescued/`, or `-` to read lines.")
    ],
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Write down running orders that a run could not write into the cache.

    Such a run leaves a file beside the outputs, which the next run takes by itself, or prints a
    line. Nothing is believed of them that the engine would not have said.

    Example: krafity ledger adopt board.krafity/rescued/3f2a9c.order.json
    """
    from krafity_cli.cli.commands.ledger.orders import adopt_orders

    raise typer.Exit(adopt_orders(cache_dir, file, json))


@app.command("forget")
def ledger_forget(orders: Orders, json: Json = False, cache_dir: CacheDir = None) -> None:
    """Let orders that are unknown, failed or filtered be bought again.

    Example: krafity ledger forget 3f2a9c
    """
    from krafity_cli.cli.commands.ledger.orders import forget_orders

    raise typer.Exit(forget_orders(cache_dir, orders, json))
