"""What ffmpeg says when it fails, in words for a person."""

from __future__ import annotations

import re

from krafity_cli.errors import harmless

_NOISE = re.compile(
    r"Conversion failed!|Last message repeated|Nothing was written|Error opening input|"
    r"Error opening output file|Failed to set value|To ignore this|Error parsing options|"
    r"Terminating thread|Task finished with error|Error submitting|Error muxing|Error writing|"
    r"Error closing|Error sending frames|Could not open encoder|Cannot determine format|"
    r"Error while opening (de|en)coder|Error initializing a simple filtergraph"
)
_PLAINER = (
    (re.compile(r"Codec \((\w+)\) not on whitelist.*"), r"the codec \1 is not supported"),
    (re.compile(r"Picture size (\w+) exceeds.*"), r"a picture of \1 pixels is too large"),
    (re.compile(r"Stream map .* matches no streams.*"), "it has no picture track"),
)
_ORIGIN = re.compile(r"\[[^\[\]]* @ 0x[0-9a-f]+\] ")


def last_words(notes: str) -> str:
    """The last line that says what went wrong, without addresses and fit for a terminal."""
    lines = [_ORIGIN.sub("", line).strip() for line in notes.splitlines()]
    lines = [line for line in lines if line]
    useful = [line for line in lines if not _NOISE.match(line)]
    words = harmless((useful or lines or [""])[-1])
    for pattern, plain in _PLAINER:
        words = pattern.sub(plain, words)
    return words[:200]
