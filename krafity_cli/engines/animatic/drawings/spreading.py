"""Values known here and there, carried smoothly to where there are none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


def spread(values: Reals, trust: Reals) -> Reals:
    """Values, each trusted so far (0 to 1), carried smoothly to where they are trusted less.

    A pyramid of averages: whole where all is known, a mean of what is near where little is.
    """
    if max(trust.shape) <= 2:
        mean = (values * trust[..., None]).sum((0, 1)) / max(float(trust.sum()), 1e-9)
        return np.broadcast_to(mean, values.shape)
    height, width = (side + side % 2 for side in trust.shape)
    pad = ((0, height - trust.shape[0]), (0, width - trust.shape[1]))
    v = _quartered(np.pad(values * trust[..., None], (*pad, (0, 0))))
    w = _quartered(np.pad(trust, pad))
    coarse = spread(v / np.maximum(w, 1e-9)[..., None], np.minimum(w, 1.0))
    fine = _doubled(coarse)[: trust.shape[0], : trust.shape[1]]
    share = trust[..., None]
    return share * values + (1 - share) * fine


def _quartered(values: Reals) -> Reals:
    return values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]


def _doubled(values: Reals) -> Reals:
    """Twice the size, linearly."""
    for axis in (0, 1):
        edge = [(0, 0)] * values.ndim
        edge[axis] = (1, 1)
        padded = np.pad(values, edge, mode="edge")
        size = values.shape[axis]
        before = padded.take(range(size), axis)
        after = padded.take(range(2, size + 2), axis)
        pair = np.stack([0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after], axis + 1)
        shape = list(values.shape)
        shape[axis] *= 2
        values = pair.reshape(shape)
    return values
