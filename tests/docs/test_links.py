"""Links between the project's pages lead somewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.markdown import PAGES, ROOT, Page

ALL = sorted({*PAGES, *ROOT.glob("docs/reference/*.md")})


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    lost = []
    for link in Page(path).links():
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        is_there = target.exists() and (not anchor or anchor in Page(target).anchors())
        if not is_there:
            lost.append(link)
    assert lost == []


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        path = ahead.pop().resolve()
        if path in seen:
            continue
        seen.add(path)
        if path.is_dir():
            ahead += path.glob("README.md")
        elif path.suffix == ".md":
            ahead += [path.parent / link.partition("#")[0] for link in Page(path).links()]
    assert {path.relative_to(ROOT) for path in ROOT.glob("docs/**/*.md")} <= {
        path.relative_to(ROOT) for path in seen if path.is_relative_to(ROOT)
    }
