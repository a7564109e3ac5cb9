"""Whether the setup is alive: the key, each model, and whether an order can be asked after."""

from __future__ import annotations

from collections.abc import Sequence

from krafity_cli.engines.gemini import modes
from krafity_cli.engines.gemini.account import WAITING
from krafity_cli.engines.gemini.service import Service
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.checking import models_alive
from krafity_cli.engines.google.engine import Models
from krafity_cli.engines.protocol import Busy, Check, Failed, Role


async def checkup(service: Service, catalog: Catalog, own: Models) -> Sequence[Check]:
    """Everything an order would need. Costs nothing."""
    account = service.account
    key = Check("API key", True, f"{account.variable} is set and is used for {account.address}")

    async def ask(model: Model) -> object:
        return await service.model(model.name)

    alive = await models_alive(catalog, own, {}, ask, service.became)
    if len(alive) < len(own):
        return [key, *alive]
    return [key, *alive, await _orders(service, catalog.model(own[Role.VIDEO][0]))]


async def _orders(service: Service, model: Model) -> Check:
    placed = await modes.mode(service, model)
    match placed:
        case Busy(why):
            return Check("orders", False, why, "try again later")
        case Failed(problem):
            return Check("orders", False, f"{problem.what}: {problem.why}", problem.hint)
        case modes.BACKGROUND:
            return Check("orders", True, "run in the background and are polled")
    return Check("orders", True, placed.note or f"wait for their clips in the request ({WAITING})")
