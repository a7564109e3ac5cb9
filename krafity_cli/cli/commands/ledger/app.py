"""`krafity ledger`: its commands and their options."""

from __future__ import annotations

from typing import Annotated

import typer

from krafity_cli.cli.options import CacheDir, Json

app = typer.Typer(help="List, collect and cancel orders of paid engines.", no_args_is_help=True)

Orders = Annotated[
    list[str],
    typer.Argument(metavar="ORDER", help="Order digests or their first 6 or more characters."),
]


@app.command("list")
def ledger_list(
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="WHAT", help="Print sums by storyboard, model or day."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="WHEN", help="List orders since a date or a span such as 7d."
        ),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """List all orders with their state and cost.

    Example: krafity ledger list --by day --since 30d
    """
    from krafity_cli.cli.commands.ledger.orders import list_orders

    raise typer.Exit(list_orders(cache_dir, by, since, csv, json))


@app.command("resume")
def ledger_resume(
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="DURATION", help="Wait at most this long: 10m.")
    ] = None,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Collect running orders; no storyboard is needed.

    Example: krafity ledger resume --wait 10m
    """
    from krafity_cli.cli.commands.ledger.orders import resume_orders

    raise typer.Exit(resume_orders(cache_dir, wait, json))


@app.command("cancel")
def ledger_cancel(orders: Orders, json: Json = False, cache_dir: CacheDir = None) -> None:
    """Cancel running orders, if their service supports it.

    Example: krafity ledger cancel 3f2a9c
    """
    from krafity_cli.cli.commands.ledger.orders import cancel_orders

    raise typer.Exit(cancel_orders(cache_dir, orders, json))


@app.command("adopt")
def ledger_adopt(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A file in `rescued/`, or `-` for standard input.")
    ],
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Record running orders that a run could not write to the cache.

    Such a run leaves a file in `rescued/` beside its outputs, or prints a line. The next run
    collects the file by itself. krafity trusts only what the engine itself would have written.

    Example: krafity ledger adopt board.krafity/rescued/3f2a9c.order.json
    """
    from krafity_cli.cli.commands.ledger.orders import adopt_orders

    raise typer.Exit(adopt_orders(cache_dir, file, json))


@app.command("forget")
def ledger_forget(orders: Orders, json: Json = False, cache_dir: CacheDir = None) -> None:
    """Forget unknown, failed or filtered orders, so that a render may buy them again.

    Example: krafity ledger forget 3f2a9c
    """
    from krafity_cli.cli.commands.ledger.orders import forget_orders

    raise typer.Exit(forget_orders(cache_dir, orders, json))
