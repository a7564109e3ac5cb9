"""Whether the setup is alive: credentials, project, location, and each model at its place."""

from __future__ import annotations

from collections.abc import Sequence

from google.auth import exceptions as auth

from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.checking import models_alive
from krafity_cli.engines.google.engine import Models
from krafity_cli.engines.protocol import Busy, Check
from krafity_cli.engines.vertex.service import Service
from krafity_cli.engines.vertex.troubles import unauthorized


async def checkup(service: Service, catalog: Catalog, own: Models) -> Sequence[Check]:
    """Everything an order would need. Costs nothing."""
    account = service.account
    project = Check("project", True, f"{account.project}, at {account.location}")
    try:
        await service.authorized()
    except auth.GoogleAuthError as error:
        return [project, _signed_out(error)]
    paid = f", charged to {service.charged}" if service.charged != account.project else ""
    signed_in = Check("credentials", True, f"{service.signed_in_as}, accepted by Google{paid}")
    places = {
        role: catalog.model(use, role).location(None, account.location)
        for role, (use, _) in own.items()
    }

    async def ask(model: Model) -> object:
        return await service.model(model.name, places[model.role])

    return [project, signed_in, *await models_alive(catalog, own, places, ask, service.became)]


def _signed_out(error: auth.GoogleAuthError) -> Check:
    told = unauthorized(error)
    if isinstance(told, Busy):
        return Check("credentials", False, told.why, "try again later")
    return Check("credentials", False, f"{told.what}: {told.why}", told.hint)
