"""What is in the answer of a `generateContent`: a refusal, a text, a picture."""

from __future__ import annotations

from google.genai import types

from krafity_cli.engines.google.errors.safety import BLOCKING, code_in, said_by
from krafity_cli.engines.google.pricing import Usage
from krafity_cli.engines.protocol import Filtered

_IMAGE = types.MediaModality.IMAGE


def refusal_in(reply: types.GenerateContentResponse) -> Filtered | None:
    """The filter that blocked the question or the answer, if one did.

    A blocked question has no candidates; a blocked answer a reason to finish, and no content.
    """
    if not reply.candidates:
        feedback = reply.prompt_feedback
        if feedback is None or feedback.block_reason is None:
            return None
        return _filtered(feedback.block_reason.value, feedback.block_reason_message)
    candidate = reply.candidates[0]
    reason = candidate.finish_reason.value if candidate.finish_reason else ""
    return _filtered(reason, candidate.finish_message) if reason in BLOCKING else None


def text_in(reply: types.GenerateContentResponse) -> str:
    """All the text of the answer, without thoughts."""
    return "".join(part.text for part in _parts(reply) if part.text and not part.thought)


def picture_in(reply: types.GenerateContentResponse) -> bytes | None:
    """The last picture of the answer, wherever it stands; sketches made in thought do not count."""
    found = None
    for part in _parts(reply):
        blob = part.inline_data
        if blob and blob.data and not part.thought and (blob.mime_type or "").startswith("image/"):
            found = blob.data
    return found


def usage_in(reply: types.GenerateContentResponse) -> Usage:
    """The tokens the answer names; none where it names none.

    Without details, what came with a picture counts as picture: nearly all of it is.
    """
    named = reply.usage_metadata
    if named is None:
        return Usage()
    made = named.candidates_token_count or 0
    details = named.candidates_tokens_details or []
    image = sum(each.token_count or 0 for each in details if each.modality == _IMAGE)
    if not details and picture_in(reply) is not None:
        image = made
    return Usage(
        into=(named.prompt_token_count or 0) + (named.tool_use_prompt_token_count or 0),
        out=made - image + (named.thoughts_token_count or 0),
        image=image,
    )


def _parts(reply: types.GenerateContentResponse) -> list[types.Part]:
    content = reply.candidates[0].content if reply.candidates else None
    return (content.parts or []) if content else []


def _filtered(reason: str, message: str | None) -> Filtered:
    said = said_by(message)
    words = said or f"the service blocked it ({reason.lower().replace('_', ' ')})"
    return Filtered(words, code_in(said) or reason)
