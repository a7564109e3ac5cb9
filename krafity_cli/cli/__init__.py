"""The shell: settings, then a call, then what is shown, then the exit code."""

from __future__ import annotations

import gc
import os
import sys

ALLOCATIONS = 100_000
"""How many objects are made before garbage is looked for."""


def main() -> None:
    """Run `krafity`. Every error of ours becomes text and an exit code here, and only here."""
    from krafity_cli.cli.standard_streams import reopen

    reopen()
    # What prints looks at the streams, which are open now.
    from krafity_cli.cli.output.errors import told
    from krafity_cli.cli.output.terminal import settle
    from krafity_cli.masking import remember_environment

    # Nearly all that is made stays: looking for garbage less often saves a tenth of a short run.
    gc.set_threshold(ALLOCATIONS)
    remember_environment(os.environ)
    words = settle(sys.argv[1:], os.environ)
    with told():
        # What Typer loads looks at the environment, which is settled now.
        from krafity_cli.cli.app import app

        sys.exit(app(words, prog_name="krafity", standalone_mode=False))
