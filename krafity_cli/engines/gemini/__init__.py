"""The gemini engine: Google's models by an API key, without a cloud project.

Vision and image calls are those of `vertex`; clips are made by Gemini Omni, through Interactions.

Importing this package is cheap: the SDK is imported when the first call is made.
"""

from __future__ import annotations

from krafity_cli.engines.gemini.account import account_of, key_in
from krafity_cli.engines.gemini.engine import Gemini
from krafity_cli.engines.google.catalog import Catalog
from krafity_cli.engines.setup import Setup

__all__ = ["Gemini", "engine", "key_in"]


def engine(setup: Setup) -> Gemini:
    """The engine as the environment and the user's settings set it up.

    Raises `Refused` where there is no key or a setting cannot be meant.
    """
    return Gemini(account_of(setup), Catalog.of(setup))
