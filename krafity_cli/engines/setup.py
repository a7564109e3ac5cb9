"""What an engine is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from krafity_cli.settings import Values


@dataclass(frozen=True)
class Setup:
    """The environment and the user's settings, as a factory is given them."""

    environment: Mapping[str, str] = field(default_factory=dict)
    settings: Values = field(default_factory=Values)
