"""Orders to the server itself, for tests in other processes.

`POST /control` takes any of `{"faults": [{"kind": "video", "name": "429", "times": 1, ...}],
"manners": {"polls": 2}, "forget": OPERATION, "reset": true}`; `GET /calls` lists all calls.
Whatever is asked of `/moved` is sent elsewhere.
"""

from __future__ import annotations

import re

from tests.google.wire import Fault, Query, Reply, Route, always
from tests.google.world import World


def routes(world: World) -> list[Route]:
    """`POST /control` and `GET /calls`."""

    def control(query: Query, fault: Fault | None) -> Reply:
        orders = query.json()
        if orders.get("reset"):
            world.reset()
        for order in orders.get("faults", []):
            world.order_fault(**order)
        for name, value in orders.get("manners", {}).items():
            setattr(world.manners, name, value)
        if "forget" in orders:
            world.operations[orders["forget"]].forgotten = True
        return Reply.json({})

    def calls(query: Query, fault: Fault | None) -> Reply:
        with world.lock:
            return Reply.json({"calls": [call.to_json() for call in world.calls]})

    def moved(query: Query, fault: Fault | None) -> Reply:
        return Reply(b"", status=307, headers={"Location": world.url})

    return [
        Route("POST", re.compile("/moved/.*"), always("moved"), moved),
        Route("GET", re.compile("/moved/.*"), always("moved"), moved),
        Route("POST", re.compile("/control"), always("control"), control),
        Route("GET", re.compile("/calls"), always("control"), calls),
    ]
