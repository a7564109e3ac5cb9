"""The seams of films: measured once, told in manifest and report, and checked if asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.attempts import Attempts
from krafity_cli.delivery.films.credits import Credits
from krafity_cli.delivery.films.film import FilmCutter
from krafity_cli.delivery.films.film_format import FilmFormat
from krafity_cli.delivery.films.finish import PLAIN, Finish, Limits, finish
from krafity_cli.delivery.films.pieces import Piece
from krafity_cli.delivery.films.seams import Seams, jumps, over
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.engines.protocol import Filtered
from krafity_cli.errors import Problem
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.encode import encode
from krafity_cli.media.probe import probe
from krafity_cli.render.report.reports import Film, Seam
from krafity_cli.storyboard.model import Cut, Picture, Shot
from tests.cli.conftest import krafity, site, work
from tests.cli.shell import Krafity
from tests.delivery.pages import page, shots
from tests.media import clips
from tests.render.clips import clip
from tests.render.stage import Stage

__all__ = ["krafity", "site", "work"]

CHAIN = """
    shots:
      a: {image: a.png, duration: 4, prompt: a}
      b: {after: a, duration: 4, prompt: b}
      c: {after: b, image: c.png, duration: 4, prompt: c}
    cuts: {main: [a, b, c], hard: [a, c]}
"""


@pytest.fixture
def chain(stage: Stage) -> Stage:
    stage.picture("a.png", 1)
    stage.picture("c.png", 2)
    stage.write(CHAIN)
    return stage


def pieces(room: Path, count: int) -> dict[str, Piece]:
    """A chain of clips in which every frame carries its number."""
    found = {}
    for number in range(count):
        path = clips.make(room / f"{number}.mp4", 12, *clips.B_FRAMES, clip=number)
        after = (f"s{number - 1}",) if number else ()
        image = None if number else Picture(room / "frame.png", "0" * 64)
        shot = Shot(f"s{number}", "go on", image=image, after=after)
        found[shot.id] = Piece(shot, path, f"{number:064x}")
    return found


def film_of(
    outputs: OutputFolder,
    cache: Cache,
    cut: Cut,
    chain: dict[str, Piece],
    how: Finish = PLAIN,
    aim: FilmFormat | None = None,
) -> Film:
    """A cut, rendered."""
    credits = Credits("Boat", "board.yaml", "main", False)
    if aim is None:
        found = asyncio.run(probe(chain[cut.shots[0]].path))
        aim = FilmFormat(found.width, found.height, found.fps)
    cutter = FilmCutter(outputs, Seams(cache), credits, lambda _: aim, how, Attempts())
    return asyncio.run(cutter.film(cut, chain))


def test_over_a_chain_of_twenty_no_frame_is_doubled_and_none_is_missing(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 20)
    with Cache.open(tmp_path / "cache") as cache:
        outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), cache.memo)
        cut = Cut("main", tuple(chain))
        film = film_of(outputs, cache, cut, chain)
    kept = [(number, frame) for number in range(20) for frame in range(11 + (number == 19))]
    assert clips.shown(tmp_path / "out/films/main.mp4") == kept
    assert film.frames == 20 * 11 + 1
    assert film.starts == tuple(range(0, 220, 11))
    assert [(seam.before, seam.after) for seam in film.seams] == [
        (f"s{number}", f"s{number + 1}") for number in range(19)
    ]


def test_only_where_two_clips_share_a_frame_there_is_a_seam(chain: Stage) -> None:
    main, hard = chain.deliver().report.films
    (seam,) = main.seams
    assert (seam.before, seam.after, seam.loudness) == ("a", "b", None)
    assert hard.seams == ()


def test_a_bridge_has_a_seam_where_it_lands(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.picture("goal.png", 2)
    stage.write("""
        shots:
          a: {image: a.png, duration: 4, prompt: a}
          bridge: {after: a, until: goal, duration: 4, prompt: bridge}
          goal: {image: goal.png, duration: 4, prompt: goal}
        cuts: {main: [a, bridge, goal]}
    """)
    (film,) = stage.deliver().report.films
    assert [(seam.before, seam.after) for seam in film.seams] == [
        ("a", "bridge"),
        ("bridge", "goal"),
    ]


def test_a_stand_in_has_no_seam(chain: Stage) -> None:
    chain.engine.answer("video b", Filtered("no"))
    assert chain.deliver().report.films[0].seams == ()


def test_a_seam_is_measured_once(chain: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = chain.deliver().report.films[0].seams
    monkeypatch.setenv("PATH", "")
    assert chain.deliver().report.films[0].seams == before
    (chain.folder / "out/films/main.mp4").unlink()
    with Cache.open(chain.cache_folder) as cache:
        seams = Seams(cache)
        found = {shot.id: shot.clip_digest for shot in chain.deliver().report.shots}
        board = chain.production(cache).board
        one, two = (
            Piece(board.shot(shot), Path("nowhere.mp4"), found[shot] or "") for shot in "ab"
        )
        (again,) = asyncio.run(seams.of([one, two]))
    assert again == before[0]


def test_a_last_frame_that_is_damaged_is_decoded_again(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 2)
    one, two = chain.values()
    with Cache.open(tmp_path / "cache") as cache:
        known = asyncio.run(Seams(cache).of([one, two]))
    with Cache.open(tmp_path / "other") as cache:
        lost = replace(one, last="0" * 64)
        assert asyncio.run(Seams(cache).of([lost, two])) == known


def test_what_is_over_a_limit_is_said_in_words() -> None:
    seam = Seam("drift", "storm", 9.31, 5.2, -12.04)
    assert over(seam, Limits()) == [
        "picture difference 9.3 % is over 8 %",
        "colour shift 5.2 ΔE is over 5 ΔE",
        "loudness step 12.0 LU is over 10 LU",
    ]
    assert over(seam, Limits(10, 6, 13)) == []
    assert jumps([seam, Seam("a", "b", 1, 1, None)], Limits(colour=6, loudness=20)) == [
        Problem("seam-over-limit", "drift → storm: picture difference 9.3 % is over 8 %")
    ]


def test_who_gives_a_limit_wants_seams_checked() -> None:
    assert finish(False, None, False, False) == PLAIN
    assert finish(True, None, False, False) == Finish(check_seams=True)
    limited = Finish(check_seams=True, limits=Limits(difference=2.5))
    assert finish(False, 2.5, False, False) == limited


def test_a_seam_over_its_limit_fails_the_run(chain: Stage, krafity: Krafity) -> None:
    render = ("render", "board.yaml", "--engine", "scripted", "--out", "out")
    assert krafity(*render).code == 0
    done = krafity(*render, "--check-seams", "--json")
    assert (done.code, done.document["status"]) == (1, "incomplete")
    told = done.document["films"][0]["seams"][0]
    seam = Seam("a", "b", told["difference"], told["colour"], None)
    assert f"films/main.mp4: a → b: {', '.join(over(seam, Limits()))}\n" in done.err
    assert (chain.folder / "out/films/main.mp4").is_file()


def test_the_report_tells_the_seams(chain: Stage) -> None:
    chain.deliver()
    (seam,) = page(chain).films[0].seams
    assert (seam.before, seam.after, seam.loudness) == ("a", "b", "")
    assert seam.difference.endswith(" %")
    found = shots(chain)
    assert found["b"].seams == (seam,)
    assert found["a"].seams == ()


def drifting(room: Path, count: int) -> dict[str, Piece]:
    """A chain of clips, each as its parent ends, but a little darker."""
    import numpy as np

    rows, columns = np.mgrid[0:48, 0:64]
    picture = (110 + 60 * np.sin(rows / 7) * np.cos(columns / 9))[..., None] * [1, 0.9, 0.8]
    found = {}
    for number in range(count):
        frame = np.clip(picture * 0.98**number, 0, 255).astype(np.uint8)
        path = room / f"drift{number}.mp4"
        encode(iter([frame] * 6), (64, 48), 24, path)
        after = (f"s{number - 1}",) if number else ()
        image = None if number else Picture(room / "frame.png", "0" * 64)
        found[f"s{number}"] = Piece(
            Shot(f"s{number}", "on", image=image, after=after), path, f"{number + 1:064x}"
        )
    return found


def means(film: Path, size: tuple[int, int]) -> list[float]:
    """How light each frame of a film is."""
    return [float(frame.mean()) for frame in clips.decoded(film, size=size)]


def test_a_drifting_chain_is_evened_in_the_film_alone(tmp_path: Path) -> None:
    chain = drifting(tmp_path, 5)
    before = {piece.path: piece.path.read_bytes() for piece in chain.values()}
    cut = Cut("main", tuple(chain))
    films = {}
    with Cache.open(tmp_path / "cache") as cache:
        for name, how in (("plain", PLAIN), ("even", Finish(match_color=True))):
            outputs = OutputFolder(GuardedFolder.named(tmp_path / name), cache.memo)
            films[name] = film_of(outputs, cache, cut, chain, how)
    plain, even = (means(tmp_path / name / "films/main.mp4", (64, 48)) for name in films)
    assert plain[0] - plain[-1] > 6
    assert abs(even[0] - even[-1]) < 1
    assert even[0] == plain[0]
    assert films["even"].frames == films["plain"].frames == 5 * 5 + 1
    evened, drifted = ([seam.colour for seam in films[name].seams] for name in ("even", "plain"))
    assert max(evened) < min(drifted)
    assert {path: path.read_bytes() for path in before} == before


def test_a_hard_cut_ends_what_is_evened(tmp_path: Path) -> None:
    chain = drifting(tmp_path, 4)
    alone = chain["s2"]
    shot = replace(alone.shot, image=Picture(tmp_path / "frame.png", "1" * 64))
    chain["s2"] = replace(alone, shot=shot)
    with Cache.open(tmp_path / "cache") as cache:
        outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), cache.memo)
        cut = Cut("main", tuple(chain))
        film_of(outputs, cache, cut, chain, Finish(match_color=True))
    light = means(tmp_path / "out/films/main.mp4", (64, 48))
    assert abs(light[0] - light[10]) < 1
    assert light[10] - light[11] > 3
    assert abs(light[11] - light[-1]) < 1


def test_an_evened_clip_is_made_once(tmp_path: Path) -> None:
    chain = drifting(tmp_path, 2)
    cut, how = Cut("main", tuple(chain)), Finish(match_color=True)
    with Cache.open(tmp_path / "cache") as cache:
        for name in ("one", "two"):
            outputs = OutputFolder(GuardedFolder.named(tmp_path / name), cache.memo)
            film_of(outputs, cache, cut, chain, how)
        records = [path.read_bytes() for path in (cache.path / "records").rglob("*.json")]
    assert sum(b'"kind":"graded"' in record for record in records) == 1
    one, two = (tmp_path / name / "films/main.mp4" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_chain_that_does_not_drift_is_copied_as_it_is(chain: Stage) -> None:
    chain.put("found.mp4", clip(4, 40, "footage"))
    chain.write("shots:\n  found: {clip: found.mp4}\n")
    chain.deliver()
    with Cache.open(chain.cache_folder) as cache:
        outputs = OutputFolder(GuardedFolder.named(chain.folder / "even"), cache.memo)
        board = chain.production(cache).board
        shot = board.shot("found")
        assert shot.clip is not None
        only = {"found": Piece(shot, shot.clip.path, shot.clip.digest)}
        film_of(outputs, cache, board.cuts[0], only, Finish(match_color=True))
    even = chain.folder / "even/films/found.mp4"
    assert clips.pictures(even) == clips.pictures(chain.folder / "found.mp4")


def test_words_are_burnt_into_films_alone(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 3)
    chain["s1"] = replace(chain["s1"], shot=replace(chain["s1"].shot, dialogue="Hello."))
    before = {piece.path: piece.path.read_bytes() for piece in chain.values()}
    cut, films = Cut("main", tuple(chain)), {}
    with Cache.open(tmp_path / "cache") as cache:
        for name, how in (("plain", PLAIN), ("burnt", Finish(burn_in=True))):
            outputs = OutputFolder(GuardedFolder.named(tmp_path / name), cache.memo)
            films[name] = film_of(outputs, cache, cut, chain, how)
    plain, burnt = (tmp_path / name / "films/main.mp4" for name in films)
    assert films["plain"] == films["burnt"]
    assert clips.pictures(plain) != clips.pictures(burnt)
    moments = [[base * tick for tick in ticks] for base, ticks in map(clips.times, (plain, burnt))]
    assert moments[0] == moments[1]
    assert {path: path.read_bytes() for path in before} == before


def test_a_film_is_cut_anew_with_burn_in_and_without(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 2)
    cut, seen = Cut("main", tuple(chain)), []
    with Cache.open(tmp_path / "cache") as cache:
        outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), cache.memo)
        for how in (PLAIN, Finish(burn_in=True), Finish(burn_in=True), PLAIN):
            film_of(outputs, cache, cut, chain, how)
            seen.append(clips.pictures(tmp_path / "out/films/main.mp4"))
    assert seen[0] == seen[3]
    assert seen[1] == seen[2]
    assert seen[0] != seen[1]


def test_a_burnt_film_is_burnt_once_for_all_folders(tmp_path: Path) -> None:
    """Without its clips a film can only come from the cache."""
    chain = pieces(tmp_path, 2)
    cut, films = Cut("main", tuple(chain)), []
    with Cache.open(tmp_path / "cache") as cache:
        aim = FilmFormat(*clips.SIZE, Fraction(24))
        for name in ("one", "two"):
            outputs = OutputFolder(GuardedFolder.named(tmp_path / name), cache.memo)
            films.append(film_of(outputs, cache, cut, chain, Finish(burn_in=True), aim))
            for piece in chain.values():
                piece.path.unlink(missing_ok=True)
    assert films[0] == films[1]
    one, two = (tmp_path / name / "films/main.mp4" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_other_words_are_burnt_again(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 2)
    cut, seen = Cut("main", tuple(chain)), []
    with Cache.open(tmp_path / "cache") as cache:
        outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), cache.memo)
        for words in ("Hello.", "Goodbye."):
            chain["s1"] = replace(chain["s1"], shot=replace(chain["s1"].shot, dialogue=words))
            film_of(outputs, cache, cut, chain, Finish(burn_in=True))
            seen.append(clips.pictures(tmp_path / "out/films/main.mp4"))
    assert seen[0] != seen[1]


def test_a_poster_has_no_words_burnt_in(tmp_path: Path) -> None:
    chain = pieces(tmp_path, 2)
    cut, posters = Cut("main", tuple(chain)), []
    with Cache.open(tmp_path / "cache") as cache:
        for burn_in in (False, True):
            outputs = OutputFolder(GuardedFolder.named(tmp_path / str(burn_in)), cache.memo)
            how = Finish(poster=True, burn_in=burn_in)
            posters.append(film_of(outputs, cache, cut, chain, how).poster)
    one, two = (tmp_path / str(burn) / "films/main-poster.jpg" for burn in (False, True))
    assert posters == ["films/main-poster.jpg"] * 2
    assert one.read_bytes() == two.read_bytes()


def test_burn_in_is_asked_for_with_render(chain: Stage, krafity: Krafity) -> None:
    render, film = ("render", "board.yaml", "--engine", "scripted", "--out", "out"), "main.mp4"
    seen, clip_bytes = [], []
    for more in ((), ("--burn-in",), ()):
        assert krafity(*render, *more).code == 0
        seen.append(clips.pictures(chain.folder / "out/films" / film))
        clip_bytes.append((chain.folder / "out/shots/a.mp4").read_bytes())
    assert seen[0] == seen[2] != seen[1]
    assert clip_bytes[0] == clip_bytes[1] == clip_bytes[2]
