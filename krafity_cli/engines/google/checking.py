"""Whether each model answers: one free question for each role, for `krafity doctor`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.engine import Models
from krafity_cli.engines.google.troubles import Asked
from krafity_cli.engines.protocol import Busy, Check, Failed, Filtered, Lost, Role

Ask = Callable[[Model], Awaitable[object]]
"""Asks the service about a model; raises whatever the SDK raises."""

Became = Callable[[Exception, Asked], Filtered | Failed | Busy | Lost]

_ROLES = (Role.VISION, Role.IMAGE, Role.VIDEO)


async def models_alive(
    catalog: Catalog, own: Models, places: Mapping[str, str], ask: Ask, became: Became
) -> list[Check]:
    """A check for each role's model, at its place in `places`; the first that says all ends it."""
    checks = []
    for role in _ROLES:
        model = catalog.model(own[role][0], role)
        place = places.get(role, "")
        at = f" at {place}" if place else ""
        try:
            await ask(model)
        except Exception as error:
            told = became(error, Asked(model, place))
            checks.append(_ill(role, told))
            if isinstance(told, Failed) and told.everywhere and model.name not in told.what:
                return checks
        else:
            checks.append(Check(f"{role} model", True, f"{model.name} answers{at}"))
    return checks


def _ill(role: str, told: Filtered | Failed | Busy | Lost) -> Check:
    match told:
        case Failed(what, why, hint):
            return Check(f"{role} model", False, f"{what}: {why}" if why else what, hint)
        case Filtered(words):
            return Check(f"{role} model", False, words)
        case Busy(why) | Lost(why):
            return Check(f"{role} model", False, why, "look again in a while")
