"""How models, and the locations that serve them, may be named.

Both become part of a URL. A file that came with a storyboard may name a model of Google's by its
bare name and a location of Google's; a resource (a tuned endpoint, another project) is named by the
user alone: in the user's own settings.
"""

from __future__ import annotations

import re

MODEL = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}"
"""A bare model name."""

LOCATION = r"(?:[a-z]+-[a-z]+[0-9]+|global|us|eu)"
"""A region, a multi-region, or everywhere."""

_PROJECT = r"(?:[a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{0,62}"
_RESOURCE = re.compile(
    rf"projects/{_PROJECT}/locations/(?P<location>[a-z][a-z0-9-]{{0,39}})/"
    rf"(?:publishers/[a-z0-9-]+/models/{MODEL}|endpoints/[A-Za-z0-9-]+)"
    rf"|tunedModels/{MODEL}"
)


def is_model(text: str) -> bool:
    """Whether it is a bare model name."""
    return re.fullmatch(MODEL, text) is not None


def is_location(text: str) -> bool:
    """Whether it is a location of Google Cloud."""
    return re.fullmatch(LOCATION, text) is not None


def is_label(text: str) -> bool:
    """Whether it can be a location at all: one label of a host's name, and nothing else."""
    return re.fullmatch(r"[a-z][a-z0-9-]{0,39}", text) is not None


def is_resource(text: str) -> bool:
    """Whether it names a tuned model or endpoint, or a model in a project, in full."""
    return _RESOURCE.fullmatch(text) is not None


def location_in(resource: str) -> str | None:
    """The location in the full name of a resource, if it has one."""
    found = _RESOURCE.fullmatch(resource)
    return found["location"] if found else None
