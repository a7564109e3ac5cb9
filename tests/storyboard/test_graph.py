"""Who waits for whom: by actions, not by shots."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Storyboard

from .boats import PAPER_BOAT
from .conftest import STEADY

Read = Callable[[str], Storyboard]


def graph(after: dict[str, str], until: dict[str, str] | None = None, own: str = "") -> Graph:
    """A graph in words: `after` maps a shot to its parents, `own` lists those with a picture."""
    parents = {shot: tuple(names.split()) for shot, names in after.items()}
    roots = {shot for shot, names in parents.items() if not names}
    return Graph(tuple(after), parents, until or {}, frozenset(own.split()) | roots)


def test_the_paper_boat_as_a_graph(read: Read) -> None:
    boat = Graph.of(read(PAPER_BOAT))

    assert boat.ids == ("quay", "drift", "storm", "calm", "home")
    assert boat.own == {"quay", "home"}
    assert boat.parents("home") == ("calm", "storm")
    assert boat.children("drift") == ("storm", "calm")
    assert boat.leaves == ("home",)
    assert boat.line("home") == ("quay", "drift", "calm", "home")
    assert boat.order == ("quay", "drift", "storm", "calm", "home")
    assert list(boat.loops()) == []


def test_a_clip_needs_the_clips_of_all_its_parents() -> None:
    assert graph({"a": "", "b": "", "c": "a b"}).needs("c") == ("a", "b")


def test_a_bridge_needs_nothing_of_a_shot_with_its_own_picture() -> None:
    bridged = graph({"a": "", "bridge": "a", "b": "bridge"}, {"bridge": "b"}, own="b")

    assert bridged.needs("bridge") == ("a",)
    assert bridged.order == ("a", "bridge", "b")
    assert list(bridged.loops()) == []


def test_a_bridge_needs_what_its_targets_start_frame_comes_from() -> None:
    bridged = graph({"a": "", "bridge": "a", "x": "", "b": "x a"}, {"bridge": "b"})

    assert bridged.needs("bridge") == ("a", "x")
    assert bridged.feeds("x") == ("bridge", "b")
    assert bridged.children("x") == ("b",)


def test_a_bridge_back_to_its_parent_needs_it_once() -> None:
    assert graph({"a": "", "b": "a", "back": "b a"}, {"back": "b"}).needs("back") == ("b", "a")


def test_file_order_breaks_ties() -> None:
    assert graph({"d": "a", "c": "", "a": "", "b": "a"}).order == ("c", "a", "d", "b")


def test_a_shot_stands_behind_what_its_bridge_waits_for() -> None:
    bridged = graph({"a": "", "bridge": "a", "x": "", "b": "x"}, {"bridge": "b"})

    assert bridged.order == ("a", "x", "bridge", "b")


def test_a_loop_begins_with_its_first_shot_in_the_file() -> None:
    looped = graph({"c": "b", "a": "c", "b": "a", "d": "c"})

    assert list(looped.loops()) == [("c", "a", "b", "c")]
    assert looped.order == ()


def test_a_bridge_into_its_own_descent_is_a_loop_with_its_target() -> None:
    bridged = graph({"a": "", "bridge": "a", "x": "bridge", "b": "x"}, {"bridge": "b"})

    assert list(bridged.loops()) == [("bridge", "x", "b", "bridge")]


def test_two_bridges_to_each_other_need_no_loop() -> None:
    bridged = graph({"a": "", "b": "", "c": "a", "d": "b"}, {"c": "b", "d": "a"})

    assert list(bridged.loops()) == []


def test_each_shot_is_in_one_loop_at_the_most() -> None:
    looped = graph({"a": "b", "b": "a c", "c": "b d", "d": "c"})

    assert list(looped.loops()) == [("a", "b", "a"), ("c", "d", "c")]


def test_a_chain_of_thousands_is_ordered() -> None:
    chain = graph({f"s{n}": f"s{n - 1}" if n else "" for n in range(5000)})

    assert chain.order == chain.ids
    assert chain.line("s4999") == chain.ids


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = [f"s{n}" for n in range(draw(st.integers(1, 7)))]
    some = st.lists(st.sampled_from(ids), max_size=2, unique=True)
    after = {shot: " ".join(name for name in draw(some) if name != shot) for shot in ids}
    until = {shot: draw(st.sampled_from(ids)) for shot in ids if draw(st.booleans())}
    until = {shot: other for shot, other in until.items() if shot != other}
    return graph(after, until, own=" ".join(draw(some)))


@STEADY
@given(graphs())
def test_either_everything_has_its_turn_or_a_loop_is_named(made: Graph) -> None:
    loops = list(made.loops())

    assert (len(made.order) == len(made.ids)) is not bool(loops)
    for index, shot in enumerate(made.order):
        assert set(made.needs(shot)) <= set(made.order[:index])
    for loop in loops:
        assert loop[0] == loop[-1]
        for before, shot in pairwise(loop):
            assert before in made.parents(shot) or made.until.get(shot) == before
