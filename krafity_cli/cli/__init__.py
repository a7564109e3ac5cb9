"""The shell: settings, then a call, then what is shown, then the exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `krafity`. Every error of ours becomes text and an exit code here, and only here."""
    from krafity_cli.cli.app import app
    from krafity_cli.cli.ending import told

    with told():
        app()
    sys.exit(0)
