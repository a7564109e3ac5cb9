"""What is asked of Gemini Omni for a clip.

The model learns from tags in the text what each picture is for; pictures are numbered in the order
in which they are sent: start frame, end frame, references. It makes several shots unless it is told
otherwise. There is no parameter for sound, for what is not to be seen, or for people.
"""

from __future__ import annotations

from krafity_cli.engines.google import prompts
from krafity_cli.engines.google.requests import Body
from krafity_cli.engines.protocol import Video

CONTINUOUS = "This is a single continuous shot, without cuts."


def clip(action: Video) -> Body:
    """The words and parameters of a clip, its pictures by digest.

    `audio` is not sent: it says whether the sound that is always made is kept.
    """
    return {
        "prompt": prompt(action),
        "start": action.start,
        "end": action.end,
        "references": list(action.references),
        "duration": action.duration,
        "aspect_ratio": action.aspect_ratio,
        "resolution": action.resolution,
        "seed": action.seed,
        "audio": action.audio,
        "fit": action.fit,
    }


def prompt(action: Video) -> str:
    """The pictures' tags, the author's words and the rest of the shot's, and one shot only."""
    parts = [f"{_tags(action)} {prompts.video(action)}", CONTINUOUS]
    if action.references:
        names = " ".join(f"<IMAGE_REF_{n}>" for n in range(len(action.references)))
        parts.append(f"People, things or places in it look as in {names}.")
    return "\n\n".join(parts)


def _tags(action: Video) -> str:
    """`<FIRST_FRAME>`, with `<LAST_FRAME>` if it has one; each bound to its picture by number
    where references could be taken for it.
    """
    frames = ["<FIRST_FRAME>", *(["<LAST_FRAME>"] if action.end else [])]
    if not action.references:
        return " ".join(frames)
    sources = [f"{tag}@Image{n}" for n, tag in enumerate(frames, 1)]
    references = [
        f"<IMAGE_REF_{n}>@Image{len(frames) + n + 1}" for n in range(len(action.references))
    ]
    return f"[# Sources {' '.join(sources)}] [# References {' '.join(references)}]"
