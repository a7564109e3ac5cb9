"""A report as a program sees it: what it shows, what it links to, and what its policy allows."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.delivery.manifest import read_manifest
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.report.gathering import gather
from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.report.takes import takes
from krafity_cli.delivery.report.timeline import Bar, recall
from krafity_cli.delivery.report.view import Page, ShotView
from krafity_cli.delivery.report.writing import write_report
from krafity_cli.guarded_folder import GuardedFolder
from tests.render.stage import Stage


class Links(HTMLParser):
    """Everything a page asks for or leads to, and the texts of one kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.policy = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = {name: value or "" for name, value in attrs}
        self.attributes |= set(found)
        self.links += [found[name] for name in ("src", "href", "poster", "data") if name in found]
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]


def source(stage: Stage, cache: Cache, bars: tuple[Bar, ...] | None = None) -> Source:
    """What the report in `out` is made from."""
    made = stage.production(cache)
    outputs = OutputFolder(GuardedFolder.named(stage.folder / "out"), cache.memo)
    noted = recall(cache.memo, outputs.where)
    report = read_manifest(outputs.folder)
    return Source(made.board, report, outputs, cache, made.shelf, "", bars or noted)


def page(stage: Stage) -> Page:
    """What the report of the last delivery shows."""
    with Cache.open(stage.cache_folder) as cache:
        found = source(stage, cache)
        return gather(found, {shot.id: takes(found, shot) for shot in found.report.shots})


def shots(stage: Stage) -> dict[str, ShotView]:
    """The shots the report shows."""
    return {shot.id: shot for shot in page(stage).shots}


def write(stage: Stage, alone: bool = False) -> Path:
    """Write the report anew from what was delivered last."""
    with Cache.open(stage.cache_folder) as cache:
        found = source(stage, cache)
        return stage.folder / "out" / asyncio.run(write_report(found, alone=alone, anew=True))


def text(stage: Stage) -> str:
    """The report as it stands in the output folder."""
    return (stage.folder / "out" / "report.html").read_text(encoding="utf-8")
