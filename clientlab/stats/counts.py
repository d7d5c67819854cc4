"""Hits and bases as arrays, or the sentence that refuses them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def checked_counts(*, whole: bool = False, **counts: ArrayLike) -> list[np.ndarray]:
    """Hits and base as arrays of floats of one shape, refused if they cannot be that."""
    (hits_name, hits), (base_name, base) = counts.items()
    arrays = [np.asarray(part, dtype=float) for part in (hits, base)]
    for name, part in zip(counts, arrays, strict=True):
        bad = part[~(np.isfinite(part) & (part >= 0))]
        if bad.size:
            raise ValueError(
                f"{name} holds {bad.size} values that are no counts (the first is {bad[0]:g}); "
                "counts are finite and not negative."
            )
        broken = part[part != np.floor(part)]
        if whole and broken.size:
            raise ValueError(f"{name} holds {broken[0]:g}; an exact test needs whole numbers.")
    try:
        hits, base = np.broadcast_arrays(*arrays)
    except ValueError:
        raise ValueError(
            f"{hits_name} has the shape {arrays[0].shape} and {base_name} {arrays[1].shape}; give "
            "one base for all, or one for each."
        ) from None
    above = hits > base
    if above.any():
        raise ValueError(
            f"{int(above.sum())} of {hits.size} values of {hits_name} exceed their base "
            f"{base_name} (the first: {hits[above][0]:g} of {base[above][0]:g})."
        )
    return [hits, base]


def plain(values: Any) -> Any:
    """A float for a scalar, the array itself otherwise."""
    values = np.asarray(values)
    return float(values) if values.ndim == 0 else values
