"""What is asked of Veo for a clip."""

from __future__ import annotations

from krafity_cli.engines.google import prompts
from krafity_cli.engines.google.requests import Body
from krafity_cli.engines.protocol import Video
from krafity_cli.storyboard.text import normal

_PEOPLE = {"allow": "allow_adult", "none": "dont_allow"}


def clip(action: Video) -> Body:
    """The words and parameters of a clip, its pictures by digest."""
    return {
        "prompt": prompts.video(action),
        "start": action.start,
        "end": action.end,
        "duration": action.duration,
        "aspect_ratio": action.aspect_ratio,
        "resolution": action.resolution,
        "seed": action.seed,
        "negative_prompt": normal(action.negative_prompt),
        "audio": action.audio,
        "people": _PEOPLE.get(action.people or ""),
        "fit": action.fit,
    }
