"""The page itself: one HTML file that asks nobody for anything.

Every text is escaped by Jinja2; the one style sheet and the one script are named in the content
security policy by their digests, so nothing that slips into the page can style it or run. Pictures
stand in the page; clips and films are linked beside it, or stand in the page too.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from krafity_cli.amounts import dollars
from krafity_cli.delivery.report import speech
from krafity_cli.delivery.report.graph import drawing
from krafity_cli.delivery.report.view import SIGNS, Page
from krafity_cli.errors import KrafityError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.storyboard.model import Storyboard

Link = Callable[[str], str]
"""From a path in the output folder to what stands in the page for it."""

_MOST_VIDEO = 1 << 30
"""Bytes of a video that is put into the page; no browser opens a page of several."""

_VIDEOS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "quicktime",
    ".webm": "webm",
    ".mkv": "x-matroska",
}


def beside(path: str) -> str:
    """The link to a file beside the page."""
    return quote(path)


def inside(folder: GuardedFolder) -> Link:
    """Videos as `data:` URIs, so that the page can be sent alone.

    The link raises `KrafityError` for a video that cannot be read.
    """

    def link(path: str) -> str:
        kind = _VIDEOS.get(Path(path).suffix.lower())
        if kind is None:
            return beside(path)
        try:
            data = base64.b64encode(folder.read(path, _MOST_VIDEO)).decode()
        except OSError as error:
            raise KrafityError(
                f"{folder.path / path} cannot be read",
                error.strerror or str(error),
                "render again to deliver it",
                code="unreadable",
            ) from error
        return Markup(f"data:video/{kind};base64,{data}")

    return link


def html(page: Page, board: Storyboard, link: Link = beside) -> str:
    """The report as HTML."""
    style, script = _asset("style.css"), _asset("script.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            graph=drawing(board, upright=bool(page.shots and page.shots[0].portrait)),
            signs=SIGNS,
            shots={shot.id: shot for shot in page.shots},
            link=link,
            alone=link is not beside,
            # Our own files, without a word of the storyboard in them.
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
    )


def _policy(style: str, script: str) -> str:
    """Nothing is loaded but what the page holds, and clips from where it lies."""
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            "media-src 'self' data:",
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str) -> str:
    """How a policy names what stands in the page (CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return files("krafity_cli.delivery.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("krafity_cli.delivery.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["action"] = speech.action
    environment.filters["short"] = speech.short
    environment.filters["money"] = dollars
    environment.filters["took"] = speech.took
    environment.filters["uri"] = Markup
    return environment
