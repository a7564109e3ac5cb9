"""What the server bills, in USD: prices of its own, so that a ledger can be held against them.

They are those of Google's pages and public price tables, read in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VEO: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "veo-3.1-fast-generate-001": {"720p": (0.08, 0.10), "1080p": (0.10, 0.12), "4k": (0.25, 0.30)},
    "veo-3.1-generate-001": {"720p": (0.20, 0.40), "1080p": (0.20, 0.40), "4k": (0.40, 0.60)},
    "veo-3.1-lite-generate-001": {"720p": (0.03, 0.05), "1080p": (0.05, 0.08)},
}
"""By model and resolution: a second without and with sound."""

PICTURE = {
    "gemini-nano-banana-2.1": (1.50, 7.50, 30.0),
    "gemini-3.1-flash-image": (0.50, 3.00, 60.0),
    "gemini-3.1-flash-lite-image": (0.0, 0.0, 30.0),
    "gemini-2.5-flash-image": (0.30, 2.50, 30.0),
}
"""A million tokens in, of text and thinking, and of pictures."""

PICTURE_TOKENS = 1120
"""A picture of 1K, seen or made."""

VISION = {
    "gemini-3.5-flash-lite": (0.30, 2.50),
    "gemini-3.1-flash-lite": (0.25, 1.50),
    "gemini-2.0-flash": (0.15, 0.60),
}
"""A million tokens in and out."""

OMNI_IN, OMNI_VIDEO, OMNI_TEXT = 1.50, 12.0, 9.0
"""A million tokens in, of video, and of text and thinking."""

OMNI_TOKENS = {"360p": 1917, "720p": 5792, "1080p": 8750, "4k": 17500}
"""Tokens of a second of video."""


def veo(model: str, parameters: Mapping[str, Any]) -> float:
    """A clip of Veo."""
    prices = VEO[model][parameters.get("resolution", "720p")]
    return parameters.get("durationSeconds", 8) * prices[parameters.get("generateAudio", True)]


def answer(model: str, usage: Mapping[str, Any]) -> float:
    """An answer of a vision or an image model, by its tokens."""
    into, out, image = PICTURE.get(model) or (*VISION.get(model, (0.0, 0.0)), 0.0)
    pictures = sum(
        each["tokenCount"]
        for each in usage.get("candidatesTokensDetails", ())
        if each["modality"] == "IMAGE"
    )
    words = usage["candidatesTokenCount"] - pictures + usage.get("thoughtsTokenCount", 0)
    return (usage["promptTokenCount"] * into + words * out + pictures * image) / 1e6


def omni(usage: Mapping[str, Any]) -> float:
    """A clip of Omni, by the tokens its answer names."""
    video = sum(each["tokens"] for each in usage.get("output_tokens_by_modality", ()))
    return (
        usage["total_input_tokens"] * OMNI_IN
        + video * OMNI_VIDEO
        + usage["total_thought_tokens"] * OMNI_TEXT
    ) / 1e6
