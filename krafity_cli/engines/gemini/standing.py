"""How an interaction stands: whether it still runs, and what it brought.

The set of statuses is open: one that is not known is asked after for a while, as is one in which
the service waits for somebody, so that nothing that was paid for is given up for a new word. A
refusal has several shapes: completed with words instead of a clip, failed with errors, a step with
an error. It is one only where no video is named among the tokens that are billed. An answer that is
completed and has neither a clip, nor words, nor tokens says nothing: the clip may well exist.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from krafity_cli.engines.google.errors.polls import MAY_BE_BILLED, ORDER_AGAIN, made_nothing
from krafity_cli.engines.google.errors.safety import code_in, is_blocking, is_refusal, said_by
from krafity_cli.engines.google.pricing import Usage
from krafity_cli.engines.protocol import Done, Failed, Filtered, Gone, Running, Stalled

AGAIN_IN = 30.0
"""Seconds to the next poll of an order in which nothing comes by itself."""

_RUNS = frozenset({"queued", "in_progress"})
_ENDED = frozenset({"completed", "failed", "cancelled", "incomplete", "budget_exceeded"})
_SAFETY = re.compile(r"safety|prohibited|blocked|policy", re.IGNORECASE)
_FILE = re.compile(r"files/([A-Za-z0-9_-]+)")


def standing(interaction: Any) -> Running | Done | Filtered | Failed | Gone:
    """What an answer of the Gemini API says of an interaction."""
    status = said_by(interaction.status)
    if status in _RUNS:
        return Running()
    if status not in _ENDED:
        return Stalled(
            AGAIN_IN, f"the Gemini API says no more of it than `{status}`", answered=True
        )
    video = interaction.output_video
    if video is not None and (video.data or video.uri):
        return Done(_decoded(video.data), video.uri or "")
    if tokens := usage_in(interaction).video:
        made = f"the Gemini API made the clip ({tokens} tokens of video), but did not send it"
        return Gone(f"{made}; it is billed")
    faults = [(code, said) for code, said in _faults(interaction) if code or said]
    words = said_by(" ".join(said for _, said in faults))
    codes = ", ".join(dict.fromkeys(code for code, _ in faults if code))
    blocked = any(is_blocking(code) for code, _ in faults)
    if blocked or is_refusal(words) or _SAFETY.search(codes):
        return Filtered(words or f"the service blocked it ({codes})", code_in(words) or codes)
    if faults or status != "completed":
        return _failed(status, codes, words)
    said = said_by(interaction.output_text)
    if not said and usage_in(interaction) == Usage():
        why = "the Gemini API says `completed`, and sends neither a clip nor a reason"
        return Stalled(AGAIN_IN, why, answered=True)
    return Filtered(said or "the model returned no clip and gave no reason", code_in(said))


def file_of(uri: str) -> str | None:
    """`files/ID`, where the URI is that of a file of the Gemini API."""
    found = _FILE.search(uri)
    return f"files/{found[1]}" if found else None


def _failed(status: str, codes: str, words: str) -> Failed:
    if status == "cancelled":
        return Failed("the order was cancelled", words, ORDER_AGAIN, code="cancelled")
    named = f"{status}, {codes}" if codes else status
    what = f"the Gemini API could not make the clip ({named})"
    if MAY_BE_BILLED.intersection(codes.lower().split(", ")):
        return made_nothing(what, codes, words)
    return Failed(what, words or "it gave no reason", ORDER_AGAIN)


def usage_in(interaction: Any) -> Usage:
    """The tokens an answer of Interactions names; none where it names none.

    Without details, what came with a clip counts as video: nearly all of it is.
    """
    usage = getattr(interaction, "usage", None)
    made = _count(usage, "total_output_tokens")
    details = getattr(usage, "output_tokens_by_modality", None) or []
    video = sum(each.tokens or 0 for each in details if str(each.modality).lower() == "video")
    clip = interaction.output_video
    if not details and clip is not None and (clip.data or clip.uri):
        video = made
    return Usage(
        into=_count(usage, "total_input_tokens") + _count(usage, "total_tool_use_tokens"),
        out=max(0, made - video) + _count(usage, "total_thought_tokens"),
        video=video,
    )


def _count(usage: Any, name: str) -> int:
    return int(getattr(usage, name, None) or 0)


def _faults(interaction: Any) -> Iterator[tuple[str, str]]:
    """Code and words of each error: the interaction's own, then those of its steps."""
    errors = [*(getattr(interaction, "errors", None) or [])]
    errors += [getattr(step, "error", None) for step in interaction.steps or []]
    for error in errors:
        if error is not None:
            code = said_by(getattr(error, "code", None))
            yield code.rpartition("/")[2], said_by(getattr(error, "message", None))


def _decoded(text: Any) -> bytes | None:
    """Bytes out of either alphabet of base64; `None` for what is neither."""
    if not text:
        return None
    try:
        plain = str(text).translate(str.maketrans("-_", "+/"))
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
