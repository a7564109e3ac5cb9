"""Every command with its arguments and options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from docs.generate.text import said, table
from krafity_cli.cli.app import app


def commands() -> Iterator[str]:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    yield "# Commands"
    yield ""
    yield from said("Options of `krafity` itself:")
    yield from _options(root)
    yield from said(
        "`krafity COMMAND --help` says what stands here. Options may come before or after FILE."
    )
    yield from _group(root, "krafity")


def _group(command: Any, name: str) -> Iterator[str]:
    for inner, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from _group(each, f"{name} {inner}")
        else:
            yield from _command(each, f"{name} {inner}")


def _command(command: Any, name: str) -> Iterator[str]:
    words, examples = _parts(command.help or "")
    arguments = [param for param in command.params if not _is_option(param)]
    yield f"## {name}"
    yield ""
    yield from said(words)
    yield "```text"
    yield " ".join([name, "[OPTIONS]", *map(_usage, arguments)])
    yield "```"
    yield ""
    if arguments:
        rows = [(f"`{_value(each)}`", each.help or "") for each in arguments]
        yield from table(("argument", ""), rows)
    yield from _options(command)
    if examples:
        yield from ("```sh", *examples, "```", "")


def _options(command: Any) -> Iterator[str]:
    rows = []
    for each in command.params:
        if _is_option(each) and not each.hidden:
            value = "" if each.is_flag else f" {_value(each)}"
            names = ", ".join(f"`{option}{value}`" for option in each.opts)
            again = " May be given again." if getattr(each, "multiple", False) else ""
            rows.append((names, f"{each.help}{again}"))
    yield from table(("option", ""), rows)


def _is_option(param: Any) -> bool:
    return bool(param.opts[0].startswith("-"))


def _value(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _usage(argument: Any) -> str:
    name = _value(argument) + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _parts(help_text: str) -> tuple[str, list[str]]:
    """What a help text says, and its examples."""
    lines = [" ".join(part.split()) for part in help_text.split("\n\n")]
    mark = "Example: "
    examples = [line.removeprefix(mark) for line in lines if line.startswith(mark)]
    return " ".join(line for line in lines if not line.startswith(mark)), examples
