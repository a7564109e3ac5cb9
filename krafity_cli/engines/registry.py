"""Which engines there are: those that come with krafity, and those that packages register.

A package registers a factory under the entry point group `krafity.engines`; it is called with a
`Setup` and answers an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points

from krafity_cli.engines.protocol import Engine
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused

GROUP = "krafity.engines"

Factory = Callable[[Setup], Engine]


def _animatic(setup: Setup) -> Engine:
    del setup  # it needs nothing
    return import_module("krafity_cli.engines.animatic").Animatic()  # type: ignore[no-any-return]


def _vertex(setup: Setup) -> Engine:
    return import_module("krafity_cli.engines.vertex").engine(setup)  # type: ignore[no-any-return]


def _gemini(setup: Setup) -> Engine:
    return import_module("krafity_cli.engines.gemini").engine(setup)  # type: ignore[no-any-return]


_BUILT_IN: Mapping[str, Factory] = {"animatic": _animatic, "vertex": _vertex, "gemini": _gemini}
"""Each is imported only when it is chosen: one alone may take a second to import."""


def names() -> list[str]:
    """The names of all engines, those that come with krafity first."""
    registered = sorted(entry.name for entry in entry_points(group=GROUP))
    return list(dict.fromkeys([*_BUILT_IN, *registered]))


def first_available(setup: Setup) -> tuple[str, str]:
    """What `auto` takes, and why, in words."""
    has_project = bool(setup.environment.get("GOOGLE_CLOUD_PROJECT"))
    why_not = import_module("krafity_cli.engines.vertex").available(setup) if has_project else ""
    if has_project and not why_not:
        return "vertex", "a Google Cloud project is set and credentials are found"
    but = f"a Google Cloud project is set, but {why_not}" if has_project else ""
    key = import_module("krafity_cli.engines.gemini").key_in(setup.environment)
    if key:
        return "gemini", f"{but}; {key} is set" if but else f"{key} is set"
    return "animatic", but or "no paid engine is set up"


def build(name: str, setup: Setup) -> Engine:
    """The engine of that name. Raises `Refused` where there is none, or it cannot be loaded."""
    if name in _BUILT_IN:
        return _BUILT_IN[name](setup)
    for entry in entry_points(group=GROUP, name=name):
        try:
            registered: Factory = entry.load()
        except Exception as error:
            raise Refused(
                f"the engine `{name}` cannot be loaded from {entry.value}",
                f"{type(error).__name__}: {error}",
                "reinstall the package that registers it, or choose another --engine",
                code="broken-engine",
            ) from error
        return registered(setup)
    raise Refused(
        f"unknown engine `{name}`",
        "",
        f"choose one of {', '.join(names())}",
        code="unknown-engine",
    )
