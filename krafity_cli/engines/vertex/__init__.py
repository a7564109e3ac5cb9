"""The vertex engine: Google's models on Vertex AI, through the google-genai SDK.

Importing this package is cheap. The SDK takes 0.7 s to import, so the modules that need it
(`service` and what is built on it) are imported when the first call is made.
"""

from __future__ import annotations

from krafity_cli.engines.google.catalog import Catalog
from krafity_cli.engines.setup import Setup
from krafity_cli.engines.vertex.account import account_of, available
from krafity_cli.engines.vertex.engine import Vertex

__all__ = ["Vertex", "available", "engine"]


def engine(setup: Setup) -> Vertex:
    """The engine as the environment and the user's settings set it up.

    Raises `Refused` where the project is missing or a setting cannot be meant. Credentials are
    looked for when the first call is made: planning needs none.
    """
    return Vertex(account_of(setup), Catalog.of(setup))
