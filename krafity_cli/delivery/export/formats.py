"""The formats of an export, and what each needs; importing this needs none of them."""

from __future__ import annotations

from importlib.util import find_spec

from krafity_cli.errors import Refused

FORMATS = {
    "otio": ("opentimelineio",),
    "otioz": ("opentimelineio",),
    "edl": ("opentimelineio", "otio_cmx3600_adapter"),
    "fcpxml": ("opentimelineio", "otio_fcpx_xml_adapter"),
}
"""Each format by its file ending, with the modules that write it."""


def check_format(to: str) -> None:
    """Raises `Refused` for a format that is none, or that cannot be written here."""
    if to not in FORMATS:
        raise Refused(
            f"unknown format `{to}`",
            "",
            f"choose one of {', '.join(FORMATS)}",
            code="unknown-format",
        )
    missing = [module for module in FORMATS[to] if not _is_there(module)]
    if missing:
        raise Refused(
            f"--to {to} cannot be written",
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed",
            'pip install "krafity[export]"',
            code="missing-extra",
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # a module that is blocked has no spec
        return False
