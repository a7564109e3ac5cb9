"""A shot that goes on from another is told the camera words that one was made with."""

from __future__ import annotations

from tests.render.stage import Stage

BOARD = """
    shots:
      root: {image: a.png, prompt: root goes, camera: push in}
      child: {after: root, prompt: child goes}
      grandchild: {after: child, prompt: grandchild goes}
      told: {after: root, prompt: told goes, camera: pan left}
      after: {after: told, prompt: after goes}
      cut: {after: root, image: b.png, prompt: cut goes}
      next: {after: cut, prompt: next goes}
"""


def before(stage: Stage) -> dict[str, str]:
    """What each clip's request says, by the first word of its prompt."""
    bodies = [request.body for request in stage.engine.requests if request.kind == "video"]
    return {body["prompt"].split()[0]: body["before"] for body in bodies}


def test_the_words_nearest_up_the_chain_are_told(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.picture("b.png", 2)
    stage.write(BOARD)
    stage.render()
    assert before(stage) == {
        "root": "",
        "child": "push in",
        "grandchild": "push in",
        "told": "push in",
        "after": "pan left",
        "cut": "",
        "next": "",
    }
