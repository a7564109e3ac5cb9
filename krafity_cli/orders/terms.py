"""What the user allows: money, time, and which old troubles to try again."""

from __future__ import annotations

from dataclasses import dataclass, field

from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.orders.departure import Departure
from krafity_cli.orders.limits.budget import NOWHERE, Place, Purse, Standing


@dataclass
class Terms:
    """The terms on which a storyboard's orders are sent."""

    purse: Purse = field(default_factory=Purse)
    standing: Standing | None = None
    retry: frozenset[str] = frozenset()
    deadline: float | None = None
    """On the clock of `OrderDesk`; after it nothing new is sent and running orders are left."""
    poll_scale: float = 1.0
    """Stretches or shortens the polls of orders nothing is known of yet."""
    outputs: GuardedFolder | None = None
    """Where a clip, or the name of an order, is rescued to that cannot be kept."""
    in_flight: int | None = None
    """Orders on their way at once, all processes of this cache together; else the engine's wish."""
    place: Place = NOWHERE
    """The storyboard whose orders they are, and its folder."""
    departure: Departure = field(default_factory=Departure)

    @property
    def limited(self) -> bool:
        """Whether there is a budget, so that every price must be known."""
        return self.purse.limit is not None or self.standing is not None
