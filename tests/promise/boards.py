"""The storyboards of the promise's tests.

Their films show only `here`, a clip that exists, so that none needs a stand-in.
"""

from __future__ import annotations

ALONE = """
    defaults: {duration: 4, annotated: false}
    shots:
      quay: {image: frame.png, prompt: quay}
      here: {clip: here.mp4}
    cuts: {main: [here]}
    """
"""One clip, $0.40."""

CHAIN = """
    defaults: {duration: 4, annotated: false}
    shots:
      quay: {image: frame.png, prompt: quay}
      drift: {after: quay, prompt: drift}
      here: {clip: here.mp4}
    cuts: {main: [here]}
    """
"""Two clips and one reading of the context, $0.802."""

BRANCHES = """
    defaults: {duration: 4}
    shots:
      quay: {image: frame.png, prompt: quay}
      drift: {after: quay, prompt: drift}
      calm: {after: drift, prompt: calm}
      storm: {after: drift, prompt: storm}
      home: {after: [calm, storm], prompt: home}
      here: {clip: here.mp4}
    cuts: {main: [here]}
    """
"""A root with an analysis, a fork and a join."""


def side_by_side(number: int) -> str:
    """So many shots that do not know each other, $0.40 each."""
    shots = "".join(
        f"      shot{n:02}: {{image: frame.png, prompt: shot{n:02}}}\n" for n in range(number)
    )
    return (
        "\n    defaults: {duration: 4, annotated: false}\n    shots:\n"
        f"{shots}      here: {{clip: here.mp4}}\n    cuts: {{main: [here]}}\n"
    )
