"""The kinds of arrays the engine works with, and a few ways to handle them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Int32s: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Whole: TypeAlias = NDArray[Any]  # of whole numbers, however wide


def spread_of(starts: Whole, counts: Whole) -> Ints:
    """Return start, start + 1, ... for each start, as many as its count, one after the other."""
    counts = np.asarray(counts, dtype=np.int64)
    total = int(counts.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(counts)
    shifts = np.repeat(np.asarray(starts, dtype=np.int64) - (ends - counts), counts)
    spread: Ints = np.arange(total, dtype=np.int64) + shifts
    return spread


def runs_of(keys: Whole) -> tuple[Ints, Ints]:
    """Return where each run of equal neighbours starts and how long it is."""
    size = len(keys)
    if not size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, np.diff(np.append(starts, size))


def pointers(owners: Whole, count: int) -> Ints:
    """Return for owners in order where the entries of each one start, and the end of the last."""
    heads = np.bincount(owners, minlength=count)
    return np.concatenate(([0], np.cumsum(heads))).astype(np.int64)


def mixed(numbers: Whole) -> NDArray[np.uint64]:
    """Return numbers scattered evenly over 64 bits, so that sums of them tell sets apart."""
    scattered = np.asarray(numbers).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        scattered = (scattered ^ (scattered >> np.uint64(shift))) * np.uint64(factor)
    mixed_up: NDArray[np.uint64] = scattered ^ (scattered >> np.uint64(31))
    return mixed_up
