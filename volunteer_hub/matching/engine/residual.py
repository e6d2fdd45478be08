"""From a plan in fractions to one in whole people: keep what is whole, decide the rest exactly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from volunteer_hub.matching.engine.arrays import Ints
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.highs import NoAnswerError
from volunteer_hub.matching.engine.model import model_of
from volunteer_hub.matching.engine.sifting import Sifted

_WHOLE = 1 - 1e-6
_NOTHING = 1e-6
CLOSE = 30.0
LARGEST = 800
WIDEST = 1_500
HALF = 0.5


def rounded(desk: Desk, edges: Edges, found: Sifted, *, nodes: int) -> None:
    """Put people into posts as an answer in fractions says, and decide what it leaves open.

    Args:
        desk: What is taken as given; the people are added to it.
        edges: All possible assignments.
        found: The answer.
        nodes: How far the search goes in each part that hangs together.
    """
    chosen, values = found.model.edges, found.values
    for edge in chosen[values > _WHOLE].tolist():
        place(desk, edges, edge)
    is_torn = (values > _NOTHING) & (values <= _WHOLE)
    owner = edges.posts(chosen)
    is_near = found.answer.margins[: len(chosen)] > -CLOSE
    is_open = np.isin(owner, owner[is_torn]) & (is_torn | is_near) & (values <= _WHOLE)
    open_ones = still_possible(desk, edges, chosen[is_open])
    for part in _parts(desk, edges, open_ones):
        decide(desk, edges, part, nodes=nodes)


def place(desk: Desk, edges: Edges, edge: int) -> bool:
    """Make one assignment if it may be made, and return whether it was."""
    who, post = int(edges.who[edge]), int(edges.posts(np.array([edge]))[0])
    if desk.heads[post] >= desk.made.room[post] or not desk.is_free(who, post):
        return False
    desk.add(who, post)
    return True


def decide(desk: Desk, edges: Edges, part: Ints, *, nodes: int) -> None:
    """Choose the best of some edges next to what is given, and put those people in place."""
    part = still_possible(desk, edges, part)
    if not len(part):
        return
    model = model_of(desk, edges, part, np.unique(edges.posts(part)))
    try:
        answer = model.solved(nodes=nodes)
    except NoAnswerError:
        return  # what stays open is filled one seat after another
    for edge in part[answer.values[: len(part)] > HALF].tolist():
        place(desk, edges, edge)


def reconsider(desk: Desk, edges: Edges, posts: Ints, among: Ints, *, nodes: int) -> bool:
    """Decide some posts anew next to all others, and return whether that was any better.

    Args:
        desk: What is planned; it changes only for the better.
        edges: All possible assignments.
        posts: The posts to decide anew.
        among: The edges to choose from, besides those made already.
        nodes: How far the search goes.
    """
    made_before = _made_in(desk, edges, posts)
    pairs = _pairs(edges, made_before)
    for who, post in pairs:
        desk.remove(who, post)
    part = still_possible(desk, edges, np.union1d(among, made_before))
    better = _better(desk, edges, (posts, part, made_before), nodes=nodes)
    for who, post in pairs if better is None else _pairs(edges, better):
        desk.add(who, post)
    return better is not None


def _better(
    desk: Desk, edges: Edges, question: tuple[Ints, Ints, Ints], *, nodes: int
) -> Ints | None:
    posts, part, made_before = question
    if not len(part):
        return None
    model = model_of(desk, edges, part, posts)
    before = model.worth_of(desk, edges, np.isin(part, made_before).astype(np.float64))
    try:
        answer = model.solved(nodes=nodes)
    except NoAnswerError:
        return None
    taken = answer.values[: len(part)] > HALF
    after = model.worth_of(desk, edges, taken.astype(np.float64))
    return part[taken] if after > before + HALF else None


def _made_in(desk: Desk, edges: Edges, posts: Ints) -> Ints:
    """Return the edges that are made in some posts, accepted ones left out."""
    wanted = set(posts.tolist())
    pairs = [pair for pair in desk.placed if pair[1] in wanted and pair not in desk.pinned]
    return edges.at(pairs)


def _pairs(edges: Edges, part: Ints) -> list[tuple[int, int]]:
    return list(zip(edges.who[part].tolist(), edges.posts(part).tolist(), strict=True))


def refill(desk: Desk, edges: Edges, found: Sifted, *, nodes: int) -> None:
    """Look once more at seats that are open although the answer in fractions filled them."""
    model, made = found.model, desk.made
    first = len(model.edges)
    open_at_best = found.answer.values[first : first + len(model.posts)]
    missing = made.least[model.posts] - desk.heads[model.posts]
    lost = model.posts[missing > open_at_best + _NOTHING]
    for post in lost[np.argsort(-made.urgency[lost], kind="stable")].tolist():
        if desk.heads[post] < made.least[post]:
            posts, among = _around(desk, edges, found.worth_trying(), post)
            reconsider(desk, edges, posts, among, nodes=nodes)


def _around(desk: Desk, edges: Edges, chosen: Ints, post: int) -> tuple[Ints, Ints]:
    """Return the posts from which people could come to a post, or to those in turn."""
    owner = edges.posts(chosen)
    places: dict[int, list[int]] = {}
    for who, place in desk.placed:
        places.setdefault(who, []).append(place)
    posts = np.array([post], dtype=np.int64)
    among = chosen[owner == post]
    while True:
        people = np.unique(edges.who[among]).tolist()
        wider = np.union1d(posts, [each for who in people for each in places.get(who, ())])
        inside = chosen[np.isin(owner, wider)]
        if len(wider) == len(posts) or len(inside) > WIDEST:
            return posts, among
        posts, among = wider.astype(np.int64), inside


def still_possible(desk: Desk, edges: Edges, part: Ints) -> Ints:
    """Return the edges that time, hours and room still allow next to what is given."""
    posts = edges.posts(part)
    keep = desk.heads[posts] < desk.made.room[posts]
    shifts = desk.made.shift_of[posts]
    for shift in np.unique(shifts).tolist():
        here = np.flatnonzero(shifts == shift)
        keep[here] &= desk.free(shift, edges.who[part[here]])
    return part[keep]


def _parts(desk: Desk, edges: Edges, open_ones: Ints) -> Iterator[Ints]:
    """Yield the parts that have nothing to do with one another; large ones cut by week or day."""
    for part in _components(desk, edges, open_ones):
        if len(part) <= LARGEST:
            yield part
            continue
        for week in _split(desk.made.week[desk.made.shift_of[edges.posts(part)]], part):
            if len(week) <= LARGEST:
                yield week
            else:
                yield from _split(desk.made.day[desk.made.shift_of[edges.posts(week)]], week)


def _split(keys: Ints, part: Ints) -> list[Ints]:
    return [part[keys == key] for key in np.unique(keys)]


def _components(desk: Desk, edges: Edges, part: Ints) -> list[Ints]:
    """Return edges that share a person, a post, or a shift that lacks experience, together."""
    made, posts = desk.made, edges.posts(part)
    shifts = made.shift_of[posts]
    lacking = desk.seniors[shifts] < made.need[shifts]
    pair = edges.mates.pair(made, edges.who[part], shifts)
    links = (
        edges.who[part].astype(np.int64),
        posts,
        np.where(lacking, shifts, -1),
        pair,
    )
    label = np.arange(len(part))
    while True:
        before = label
        for link in links:
            label = _lowest(label, link)
        if np.array_equal(before, label):
            break
    return _split(label, part)


def _lowest(label: Ints, link: Ints) -> Ints:
    """Return for each edge the lowest label among those it is linked with."""
    tied = np.flatnonzero(link >= 0)
    if not len(tied):
        return label
    names, place = np.unique(link[tied], return_inverse=True)
    lowest = np.full(len(names), len(label), dtype=np.int64)
    np.minimum.at(lowest, place, label[tied])
    after = label.copy()
    after[tied] = lowest[place]
    return after
