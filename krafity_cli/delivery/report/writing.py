"""Writing the report, unless just that report stands there already."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.report.takes import Take, takes
from krafity_cli.masking import masked

REPORT = "report.html"


async def write_report(source: Source, *, alone: bool = False, anew: bool = False) -> str:
    """Write `report.html` into the output folder; its path there.

    `alone` puts the clips and films into the page itself, `anew` writes it in any case. Raises
    `KrafityError` where the folder cannot be written.
    """
    digest = source.digest()
    if anew or not source.outputs.holds(REPORT, digest):
        performed = {shot.id: takes(source, shot) for shot in source.report.shots}
        page = await asyncio.to_thread(_html, source, performed, alone)
        source.outputs.text(REPORT, page)
        source.outputs.note(REPORT, digest)
    return REPORT


def _html(source: Source, performed: Mapping[str, tuple[Take, ...]], alone: bool) -> str:
    # Jinja2 and Pillow take longer to load than a run takes that has nothing to do.
    from krafity_cli.delivery.report.gathering import gather
    from krafity_cli.delivery.report.page import beside, html, inside

    link = inside(source.outputs.folder) if alone else beside
    return masked(html(gather(source, performed), source.board, link))
