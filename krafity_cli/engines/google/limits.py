"""What a video model can do, and what of a clip it cannot, in words that say what it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.protocol import Capabilities, Refusal, Video

MOST_SEED = 2**32 - 1
"""Seeds are unsigned numbers of 32 bits."""


def capabilities(model: Model, at_google: bool = True) -> Capabilities:
    """What the model takes; a model that is not known takes anything.

    How often it may be asked is known of Google's own endpoint only.
    """
    return Capabilities(
        durations=model.durations,
        aspect_ratios=model.aspect_ratios,
        resolutions=model.resolutions,
        durations_at=model.durations_at,
        end_frame=model.end_frame,
        seconds_per_clip=model.seconds_per_clip,
        references=model.references,
        per_minute=model.requests_per_minute if at_google else None,
    )


def refusals(action: Video, model: Model, engine: str) -> Iterator[Refusal]:
    """Each field of the clip that the model, as this engine performs it, cannot do."""
    name = model.name
    if model.engines and engine not in model.engines:
        can = f"the engine {engine} does not support {name}"
        yield Refusal(
            "models.video", "unsupported-model", f"{can}; choose --engine {one_of(model.engines)}"
        )
    yield from _length(action, model)
    if action.aspect_ratio not in model.aspect_ratios:
        can = f"{name} makes clips of {one_of(model.aspect_ratios)}, not {action.aspect_ratio}"
        yield Refusal("aspect_ratio", "unsupported-aspect-ratio", can)
    if action.resolution not in model.resolutions:
        can = f"{name} makes clips in {one_of(model.resolutions)}, not {action.resolution}"
        yield Refusal("resolution", "unsupported-resolution", can)
    if action.end is not None and not model.end_frame:
        can = f"{name} takes no end frame; remove `end_image`, `end_still` and `until`"
        yield Refusal("end_image", "unsupported-end-frame", can)
    if action.audio and not model.audio:
        can = f"{name} makes no sound; remove `audio`"
        yield Refusal("audio", "unsupported-audio", can)
    if action.negative_prompt and not model.negative_prompt:
        can = f"{name} takes no negative prompt; describe in `prompt` what to show instead"
        yield Refusal("negative_prompt", "unsupported-negative-prompt", can)
    if action.people == "none" and not model.people:
        can = f"{name} has no option to exclude people; describe in `prompt` what to show"
        yield Refusal("people", "unsupported-people", can)
    if len(action.references) > model.references:
        can = f"{name} takes {model.references or 'no'} references beside a start frame"
        yield Refusal("references", "unsupported-references", can)
    if action.seed is not None and not 0 <= action.seed <= MOST_SEED:
        can = f"{name} takes seeds from 0 to {MOST_SEED}, not {action.seed}"
        yield Refusal("seed", "unsupported-seed", can)


def _length(action: Video, model: Model) -> Iterator[Refusal]:
    """A duration that the model does not take: ever, in this resolution, or with an end frame."""
    name, seconds, resolution = model.name, action.duration, action.resolution
    at_resolution = model.durations_at.get(resolution, model.durations)
    if seconds not in model.durations:
        can = f"{name} makes clips of {one_of(model.durations)} seconds, not {seconds}"
        yield Refusal("duration", "unsupported-duration", can)
    elif seconds not in at_resolution:
        can = f"{name} makes {resolution} clips of {one_of(at_resolution)} seconds, not {seconds}"
        others = [each for each in model.resolutions if each not in model.durations_at]
        way = f"; set `duration: {at_resolution[0]}`"
        way += f" or `resolution: {others[-1]}`" if others else ""
        yield Refusal("resolution", "unsupported-duration", can + way)
    elif action.end is not None and seconds not in (model.end_frame_durations or (seconds,)):
        can = one_of(model.end_frame_durations)
        can = f"{name} makes clips with an end frame of {can} seconds, not {seconds}"
        yield Refusal("duration", "unsupported-duration", can)


def one_of(values: Sequence[object]) -> str:
    """`4, 6 or 8`."""
    *others, last = (str(value) for value in values)
    return f"{', '.join(others)} or {last}" if others else last
