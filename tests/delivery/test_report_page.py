"""The page itself: it asks nobody for anything, and nothing a storyboard says can act in it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from importlib.resources import files

import pytest

from tests.delivery.pages import Links, text, write
from tests.render.stage import Stage

HOSTILE = (
    "<script>document.title = 'owned'</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnp.exe \u2028 \u200b &amp; ]]>",
)


@pytest.fixture
def hostile(stage: Stage) -> Stage:
    """A storyboard in which every text tries to act."""
    stage.picture("a.png", 1, drawn=True)
    a, b, c, d, e, f = map(json.dumps, HOSTILE)
    stage.write(f"""
        title: {a}
        context: {{style: {b}, environment: {c}, entities: [{{id: boat, description: {d}}}]}}
        shots:
          a: {{image: a.png, prompt: {a}, camera: {b}, notes: {c}, dialogue: {d}, duration: 4}}
          b: {{after: a, prompt: {e}, notes: {f}, duration: 4}}
    """)
    return stage


def test_hostile_words_stand_in_the_page_as_words(hostile: Stage) -> None:
    hostile.deliver()
    html = text(hostile)
    assert "&lt;script&gt;document.title = &#39;owned&#39;&lt;/script&gt;" in html
    assert "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;" in html
    assert "&lt;/style&gt;&lt;svg onload=alert(1)&gt;" in html
    assert "{{ 7 * 7 }}{% raw %}" in html
    found = Links(html)
    assert (found.tags.count("script"), found.tags.count("style")) == (1, 1)
    assert not {name for name in found.attributes if name.startswith("on")}
    assert "style" not in found.attributes


def test_the_page_asks_nobody_for_anything(hostile: Stage) -> None:
    hostile.deliver()
    links = [link for link in Links(text(hostile)).links if not link.startswith(("#", "data:"))]
    out = hostile.folder / "out"
    assert set(links) == {
        *(f"shots/{shot}.mp4" for shot in "ab"),
        *(f"frames/{shot}.{which}.png" for shot in "ab" for which in ("first", "last")),
        "films/b.mp4",
    }
    assert all((out / link).is_file() for link in links)


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(boat: Stage) -> None:
    boat.deliver()
    html = text(boat)
    named = []
    for tag in ("style", "script"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        named.append(f"{tag}-src 'sha256-{digest}'")
    assert Links(html).policy.split("; ") == [
        "default-src 'none'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        *named,
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_a_self_contained_page_holds_its_clips_and_films(boat: Stage) -> None:
    boat.deliver()
    write(boat, alone=True)
    links = Links(text(boat)).links
    assert [link for link in links if link.endswith(".mp4")] == []
    videos = [link for link in links if link.startswith("data:video/mp4;base64,")]
    clip = (boat.folder / "out/shots/quay.mp4").read_bytes()
    assert videos.count(f"data:video/mp4;base64,{base64.b64encode(clip).decode()}") == 1
    assert len(videos) == 4 + 2


def test_every_picture_has_words_for_those_who_do_not_see_it(boat: Stage) -> None:
    boat.deliver()
    pictures = re.findall(r"<img [^>]*>", text(boat))
    words = {found[1] for found in (re.search(r'alt="([^"]*)"', img) for img in pictures) if found}
    assert "" not in words
    assert {"first frame of quay", "last frame of quay"} <= words
    assert "the picture of quay as its author drew on it" in words


def test_headings_go_down_one_step_at_a_time(boat: Stage) -> None:
    boat.deliver()
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text(boat))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_the_same_outputs_give_the_same_page(boat: Stage) -> None:
    boat.deliver()
    before = text(boat)
    write(boat)
    assert text(boat) == before


def test_no_asset_holds_what_would_end_its_element() -> None:
    folder = files("krafity_cli.delivery.report").joinpath("page")
    assert "</style" not in folder.joinpath("style.css").read_text(encoding="utf-8")
    assert "</script" not in folder.joinpath("script.js").read_text(encoding="utf-8")
