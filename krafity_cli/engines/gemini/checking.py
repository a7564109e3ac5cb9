"""Whether the setup is alive: the key, each model, and whether an order can be asked after."""

from __future__ import annotations

from collections.abc import Sequence

from krafity_cli.engines.gemini.account import WAITING
from krafity_cli.engines.gemini.service import Service
from krafity_cli.engines.gemini.troubles import is_two_credentials
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.checking import models_alive
from krafity_cli.engines.google.engine import Models
from krafity_cli.engines.protocol import Check

_NOBODYS = "krafity-doctor"
"""The id of no interaction: a key that may ask is told so, one that may not is told that."""


async def checkup(service: Service, catalog: Catalog, own: Models) -> Sequence[Check]:
    """Everything an order would need. Costs nothing."""
    account = service.account
    key = Check("API key", True, f"{account.variable} is set, for {account.address}")

    async def ask(model: Model) -> object:
        return await service.model(model.name)

    alive = await models_alive(catalog, own, {}, ask, service.became)
    if len(alive) < len(own):
        return [key, *alive]
    return [key, *alive, await _orders(service)]


async def _orders(service: Service) -> Check:
    if service.waiting:
        return Check("orders", True, f"wait for their clips ({WAITING})")
    try:
        await service.interaction(_NOBODYS)
    except Exception as error:
        if is_two_credentials(error):
            seen = "this key may not ask after orders in the background, so they would be lost"
            return Check("orders", False, seen, f"export {WAITING}=1")
    return Check("orders", True, "run in the background and are asked after")
