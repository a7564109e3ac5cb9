"""What is said of clips that a decision names and that are found nowhere any more."""

from __future__ import annotations

from krafity_cli.amounts import dollars
from krafity_cli.engines.protocol import Failed
from krafity_cli.render.decisions.lock import Keep

_WHERE = "not in the cache, the outputs or the remote cache"


def gone(keep: Keep) -> Failed:
    """A kept clip that is nowhere: it is never bought again unasked."""
    price = f" (it cost {dollars(keep.usd)})" if keep.usd else ""
    return Failed(
        f"its kept clip {keep.clip[:12]} is nowhere any more{price}",
        _WHERE,
        "bring it back, or let go of it with krafity keep --undo, and it is made anew",
        code="kept-clip-gone",
    )


def base_gone(clip: str) -> Failed:
    """A frozen clip that is nowhere, though something below it has to be made."""
    return Failed(
        f"the clip {clip[:12]} that it goes on from is nowhere any more",
        _WHERE,
        "bring it back, or keep the shot before it once more without --freeze",
        code="frozen-clip-gone",
    )


def outdated() -> Failed:
    """A patch that is on its way for words that the author has changed since."""
    return Failed(
        "a patch for earlier words is on its way",
        "the words or the start of the shot changed since it was ordered",
        "krafity keep --undo lets go of it; or bring the words back and render",
        code="patch-outdated",
    )
