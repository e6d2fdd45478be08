"""Going over a plan once more, place by place: each is decided anew in whole people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from volunteer_hub.matching.engine.arrays import Ints
from volunteer_hub.matching.engine.compiled import Compiled
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.residual import reconsider
from volunteer_hub.matching.engine.sifting import Sifted

AT_ONCE: Final = 3_000  # edges


def polished(desk: Desk, edges: Edges, found: Sifted, *, nodes: int) -> None:
    """Decide what is near one another anew, from the assignments that come into question."""
    near = found.worth_trying()
    owner = edges.posts(near)
    for posts in _pieces(desk.made, found.model.posts, owner):
        reconsider(desk, edges, posts, near[np.isin(owner, posts)], nodes=nodes)


def _pieces(made: Compiled, posts: Ints, owner: Ints) -> Iterator[Ints]:
    """Yield posts that are near one another, from south to north, so much as fits at once."""
    shifts = [made.shifts[shift] for shift in made.shift_of[posts].tolist()]
    lat = np.array([shift.lat or 0.0 for shift in shifts])
    size = np.bincount(owner, minlength=len(made.posts))[posts]
    order = np.lexsort((posts, lat))
    piece = np.cumsum(size[order]) // AT_ONCE
    for number in np.unique(piece):
        yield np.sort(posts[order[piece == number]])
