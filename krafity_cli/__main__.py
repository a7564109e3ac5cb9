"""`python -m krafity_cli` is `krafity`."""

from krafity_cli.cli import main

main()
