"""A real browser that looks at a page and tells everything it asked for and complained about.

Playwright keeps an event loop running in its thread, and the tests start loops of their own; so the
browser lives in a thread of its own, and only plain values come out of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)

T = TypeVar("T")
Run = Callable[[Callable[[], T]], T]

BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
)


@dataclass
class Look:
    """A page that is open, what it asked for, and what it complained about."""

    page: Any
    run: Run[Any]
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, script: str, about: object = None) -> Any:
        """What a piece of JavaScript answers in the page."""
        return self.run(lambda: self.page.evaluate(script, about))

    def until(self, script: str) -> None:
        """Wait until a JavaScript expression is true."""
        self.run(lambda: self.page.wait_for_function(f"() => {script}"))

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.run(lambda key=key: self.page.keyboard.press(key))

    def pdf(self) -> bytes:
        """The page as it is printed."""
        pdf: bytes = self.run(lambda: self.page.pdf(prefer_css_page_size=True))
        return pdf

    @property
    def outside(self) -> list[str]:
        """Requests to anything but files of this machine and what the page holds."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


class Browser:
    """Chromium without a window."""

    def __init__(self, browser: Any, run: Run[Any]) -> None:
        self._browser = browser
        self._run = run

    @contextmanager
    def looking(self, path: Path, media: str = "screen", **options: Any) -> Iterator[Look]:
        """A page open in a window of 1280 x 900 pixels, everything in it loaded."""
        context = self._run(
            lambda: self._browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        )
        look = self._run(lambda: self._open(context.new_page(), path, media))
        yield look
        self._run(context.close)

    def _open(self, page: Any, path: Path, media: str) -> Look:
        look = Look(page, self._run)
        page.on("request", lambda request: look.requests.append(request.url))
        page.on("console", lambda message: look.complaints.append(message.text))
        page.on("pageerror", lambda error: look.complaints.append(str(error)))
        page.emulate_media(media=media)
        page.goto(path.as_uri())
        return look


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; the test is skipped where there is none."""
    binary = next(filter(None, map(shutil.which, BINARIES)), None)
    if binary is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with ThreadPoolExecutor(max_workers=1) as thread:

        def run(work: Callable[[], T]) -> T:
            return thread.submit(work).result()

        playwright = run(lambda: sync_api.sync_playwright().start())
        launched = run(
            lambda: playwright.chromium.launch(executable_path=binary, args=list(ARGUMENTS))
        )
        yield Browser(launched, run)
        run(launched.close)
        run(playwright.stop)
