"""The report in a real browser: it shows, plays, can be walked by keyboard, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from krafity_cli.engines.protocol import Filtered
from tests.delivery.browser import Browser, Look, chromium
from tests.delivery.pages import write
from tests.delivery.test_report_page import hostile
from tests.render.stage import Stage

__all__ = ["hostile"]

PICTURES = """async () => {
  const pictures = [...document.querySelectorAll("img")];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.all(pictures.map((picture) => picture.decode()));
  const drawn = [...document.querySelectorAll("svg image")].map((image) => {
    const picture = new Image();
    picture.src = image.getAttribute("href");
    return picture.decode().then(() => picture);
  });
  return [...pictures, ...await Promise.all(drawn)].map((picture) => picture.naturalWidth);
}"""

PLAYED = """async (selector) => {
  const video = document.querySelector(selector);
  video.muted = true;
  await video.play();
  await new Promise((done) => video.addEventListener("ended", done, { once: true }));
  return [video.videoWidth, video.videoHeight, video.currentTime, video.error];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def look(browser: Browser, boat: Stage) -> Iterator[Look]:
    """The report of a storyboard of four shots."""
    boat.deliver()
    with browser.looking(boat.folder / "out/report.html") as found:
        yield found


def test_every_picture_decodes(look: Look) -> None:
    widths = look.ask(PICTURES)
    assert len(widths) == 6 + 4 + 4 * 2 + 1
    assert set(widths) == {64}
    assert look.complaints == []


def test_a_clip_and_a_film_play_to_their_end(look: Look) -> None:
    look.ask('() => document.querySelectorAll("video").forEach((v) => { v.playbackRate = 16; })')
    assert look.ask(PLAYED, "#shot-drift .clip video") == [64, 36, 6, None]
    width, height, seconds, error = look.ask(PLAYED, ".film video")
    assert (width, height, error) == (64, 36, None)
    assert seconds == pytest.approx((144 * 3 - 2) / 24, abs=0.001)
    assert look.complaints == []


def test_a_shot_that_is_stood_in_for_plays_its_stand_in(browser: Browser, boat: Stage) -> None:
    boat.edit("calm lifts", "calm falls")
    boat.engine.answer("video calm", Filtered("no"))
    boat.deliver()
    with browser.looking(boat.folder / "out/report.html") as look:
        look.ask(
            '() => document.querySelectorAll("video").forEach((v) => { v.playbackRate = 16; })'
        )
        assert look.ask(PLAYED, "#shot-calm .clip video") == [1280, 720, 6, None]
        assert look.ask("() => document.querySelectorAll('.strip .standin i').length") == 1
        assert look.complaints == []


def test_nothing_is_asked_of_anybody(look: Look) -> None:
    look.ask(PICTURES)
    look.ask("() => window.scrollTo(0, document.body.scrollHeight)")
    look.until("document.querySelectorAll('video[poster]').length === 6")
    assert look.outside == []
    assert look.complaints == []


def test_clips_are_fetched_only_when_they_are_played(look: Look) -> None:
    assert [url for url in look.requests if url.endswith(".mp4")] == []


def test_hostile_words_do_nothing(browser: Browser, hostile: Stage) -> None:
    hostile.deliver()
    with browser.looking(hostile.folder / "out/report.html") as look:
        assert look.ask("() => document.title") == "<script>document.title = 'owned'</script>"
        look.ask(PICTURES)
        assert look.ask('() => document.querySelectorAll("[onerror], [onload]").length') == 0
        assert look.ask('() => document.querySelectorAll("script").length') == 1
        assert (look.outside, look.complaints) == ([], [])


def test_a_script_that_slipped_in_is_not_run(look: Look) -> None:
    look.ask("""() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
      const picture = document.createElement("img");
      picture.setAttribute("onerror", "document.title = 'owned'");
      picture.src = "data:image/png;base64,no";
      document.body.append(picture);
    }""")
    look.until("document.querySelector('img:last-child').complete")
    assert look.ask("() => document.title") == "board"
    refused = [text for text in look.complaints if "Content Security Policy" in text]
    assert len(refused) == 2


def test_j_and_k_walk_from_shot_to_shot_and_space_plays(look: Look) -> None:
    where = "() => document.activeElement.id"
    look.press("j")
    assert look.ask(where) == "shot-quay"
    look.press("j", "j")
    assert look.ask(where) == "shot-storm"
    look.press("k")
    assert look.ask(where) == "shot-drift"
    look.press(" ")
    look.until("!document.querySelector('#shot-drift .clip video').paused")
    look.press("j", "j", "j", "j", "j")
    assert look.ask(where) == "shot-calm"


def test_tab_reaches_everything_in_the_order_of_the_page(look: Look) -> None:
    reached = []
    for _ in range(24):
        look.press("Tab")
        reached.append(
            look.ask("""() => {
              const found = document.activeElement;
              return found.getAttribute("href") || found.className || found.tagName;
            }""")
        )
    assert reached[:5] == ["#shots", "#films", "#graph", "#shots", "VIDEO"]
    strip = [name for name in reached if name in ("#shot-quay", "#shot-drift", "seek")]
    assert strip[:4] == ["#shot-quay", "seek", "#shot-drift", "seek"]


def test_the_strip_leads_into_the_film(look: Look) -> None:
    look.ask('() => document.querySelectorAll(".film .seek")[2].click()')
    look.until("document.querySelectorAll('.film')[0].querySelector('[aria-current]')")
    at = look.ask('() => document.querySelector(".film video").currentTime')
    assert at >= (144 * 2 - 2) / 24
    current = look.ask('() => document.querySelector("[aria-current] .label").textContent')
    assert current.strip() == "storm"


def test_one_clip_plays_at_a_time(look: Look) -> None:
    playing = "() => [...document.querySelectorAll('video')].filter((v) => !v.paused).length"
    for selector in ("#shot-quay .clip video", "#shot-storm .clip video"):
        look.ask("(selector) => document.querySelector(selector).play()", selector)
    look.until(f"({playing})() === 1")


def test_takes_can_be_played_together(browser: Browser, boat: Stage) -> None:
    boat.deliver()
    boat.edit("prompt: drift between hulls", "prompt: drift between hulls, take: 2")
    boat.deliver()
    with browser.looking(boat.folder / "out/report.html") as look:
        look.ask('() => document.querySelector(".together").click()')
        look.until("[...document.querySelectorAll('.takes video')].every((v) => !v.paused)")
        assert look.ask('() => document.querySelectorAll(".takes video").length') == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_both_readable(browser: Browser, boat: Stage, scheme: str) -> None:
    """Contrast by WCAG 2.2, 1.4.3: at least 4.5 to 1 for every colour of words."""
    boat.deliver()
    with browser.looking(boat.folder / "out/report.html", color_scheme=scheme) as look:
        ratios = look.ask("""() => {
          const channel = (value) => value <= 0.04045 ? value / 12.92
            : ((value + 0.055) / 1.055) ** 2.4;
          const light = (colour) => {
            const [red, green, blue] = colour.match(/[0-9.]+/g).map((v) => channel(v / 255));
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const paper = light(getComputedStyle(document.body).backgroundColor);
          const ratio = (selector) => {
            const ink = light(getComputedStyle(document.querySelector(selector)).color);
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
          };
          return ["h1", ".prompt", ".facts", "figcaption", "summary", ".state"].map(ratio);
        }""")
    assert min(ratios) >= 4.5


def test_printed_it_is_a_storyboard_sheet(browser: Browser, boat: Stage, tmp_path: Path) -> None:
    boat.deliver()
    with browser.looking(boat.folder / "out/report.html", media="print") as look:
        seen = look.ask("""() => [...document.querySelectorAll("#shots *")]
          .filter((found) => found.getClientRects().length && !found.children.length)
          .map((found) => found.textContent.trim() || found.tagName)""")
        assert seen.count("IMG") == 4
        assert "quay slips off" in seen
        assert "Record" not in seen
        sheet = look.pdf()
    assert sheet.startswith(b"%PDF-")
    assert sheet.count(b"/MediaBox [0 0 841") == 1


def test_without_scripts_everything_is_still_there(browser: Browser, boat: Stage) -> None:
    boat.deliver()
    report = boat.folder / "out/report.html"
    with browser.looking(report, java_script_enabled=False) as look:
        words = look.run(lambda: look.page.locator(".shot .prompt").all_inner_texts())
        assert words == ["quay slips off", "drift between hulls", "storm closes in", "calm lifts"]
        assert look.run(lambda: look.page.locator(".seek:visible").count()) == 0


def test_a_self_contained_page_plays_on_its_own(
    browser: Browser, boat: Stage, tmp_path: Path
) -> None:
    boat.deliver()
    page = tmp_path / "alone" / "report.html"
    page.parent.mkdir()
    page.write_bytes(write(boat, alone=True).read_bytes())
    with browser.looking(page) as look:
        look.ask(
            '() => document.querySelectorAll("video").forEach((v) => { v.playbackRate = 16; })'
        )
        assert look.ask(PLAYED, "#shot-quay .clip video") == [64, 36, 6, None]
        assert [url for url in look.requests if not url.startswith("data:")] == [page.as_uri()]
        assert look.complaints == []
