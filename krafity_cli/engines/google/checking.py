"""Whether models answer, by free questions: the default ones, and each one of the table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.engine import Models
from krafity_cli.engines.google.errors.translate import Asked
from krafity_cli.engines.google.pricing import price_in_words
from krafity_cli.engines.protocol import (
    Busy,
    Check,
    Failed,
    Filtered,
    KnownModel,
    Lost,
    Role,
)

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


async def known_models(
    catalog: Catalog, engine: str, places: Mapping[str, str], ask: Ask, became: Became
) -> list[KnownModel]:
    """Each model of the table that the engine performs, all asked for at once."""
    own = [each for each in catalog.models.values() if engine in (each.engines or (engine,))]

    async def asked(model: Model) -> KnownModel:
        place = places.get(model.name, "")
        alive: bool | None = True
        seen = "alive"
        try:
            await ask(model)
        except Exception as error:
            told = became(error, Asked(model, place))
            alive = False if isinstance(told, Failed) and told.no_such_model else None
            seen = "gone" if alive is False else _in_words(told)
        read = f", read {model.read}" if model.read else ""
        return KnownModel(
            name=model.name,
            role=model.role,
            alive=alive,
            seen=seen,
            where=place or ", ".join(model.locations),
            price=price_in_words(model),
            dates="; ".join(_dates(model)),
            source=f"{model.source}{read}",
        )

    return list(await asyncio.gather(*map(asked, own)))


def _dates(model: Model) -> Iterator[str]:
    if model.deprecated:
        yield f"deprecated {model.deprecated}"
    if model.retired:
        yield f"retired {model.retired}"
    if model.successor:
        yield f"now {model.successor}"


def _in_words(told: Filtered | Failed | Busy | Lost) -> str:
    match told:
        case Failed(problem):
            return f"{problem.what}: {problem.why}" if problem.why else problem.what
        case Filtered(words):
            return words
        case Busy(why) | Lost(why):
            return why


def _ill(role: str, told: Filtered | Failed | Busy | Lost) -> Check:
    hint = "try again later" if isinstance(told, Busy | Lost) else ""
    if isinstance(told, Failed):
        hint = told.hint
    return Check(f"{role} model", False, _in_words(told), hint)
