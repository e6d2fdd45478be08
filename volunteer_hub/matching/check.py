"""The hard rules once more, over a whole plan, sharing nothing with what made the plan."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from volunteer_hub.matching.plan import Plan, Rule, Violation
from volunteer_hub.matching.problem import Post, Problem, Shift, Taken, Volunteer
from volunteer_hub.matching.weights import Travel

Held = list[tuple[Post, Shift]]


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Return every hard rule the plan breaks, in order; an empty list means it may be used."""
    return sorted(_Inspection(problem, plan).violations(), key=_order)


def _order(violation: Violation) -> tuple[str, int, int, tuple[int, ...], int]:
    return (
        violation.rule.value,
        -1 if violation.volunteer_id is None else violation.volunteer_id,
        -1 if violation.post_id is None else violation.post_id,
        violation.shift_ids,
        -1 if violation.week is None else violation.week,
    )


class _Inspection:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.volunteers = {person.id: person for person in problem.volunteers}
        self.shifts = {shift.id: shift for shift in problem.shifts}
        self.posts = {post.id: post for post in problem.posts}
        self.elsewhere: dict[int, list[Taken]] = defaultdict(list)
        for stretch in problem.taken:
            self.elsewhere[stretch.volunteer_id].append(stretch)
        self.strange: list[Violation] = []
        self.seen: set[tuple[int, int]] = set()
        for volunteer_id, post_id in plan.assignments:
            self._enter(volunteer_id, post_id)

    def _enter(self, volunteer_id: int, post_id: int) -> None:
        if volunteer_id not in self.volunteers or post_id not in self.posts:
            self.strange.append(Violation(Rule.UNKNOWN, volunteer_id, post_id))
        elif (volunteer_id, post_id) in self.seen:
            self.strange.append(Violation(Rule.DUPLICATE, volunteer_id, post_id))
        else:
            self.seen.add((volunteer_id, post_id))

    def violations(self) -> Iterator[Violation]:
        yield from self.strange
        pins = {tuple(pin) for pin in self.problem.pins}
        for volunteer_id, post_id in pins - self.seen:
            yield Violation(Rule.PIN_LOST, volunteer_id, post_id)
        declined = {tuple(each) for each in self.problem.declined}
        held: dict[int, Held] = defaultdict(list)
        heads: dict[int, int] = defaultdict(int)
        for volunteer_id, post_id in self.seen:
            person, post = self.volunteers[volunteer_id], self.posts[post_id]
            shift = self.shifts[post.shift_id]
            held[volunteer_id].append((post, shift))
            heads[post_id] += 1
            if (volunteer_id, post_id) not in pins:
                for rule in _personal(person, shift, post, (person.id, shift.id) in declined):
                    yield Violation(rule, volunteer_id, post_id)
        for post_id, count in heads.items():
            if count > self.posts[post_id].max_people:
                yield Violation(Rule.TOO_MANY, post_id=post_id)
        for volunteer_id, posts in held.items():
            yield from self._timetable(self.volunteers[volunteer_id], posts)

    def _timetable(self, person: Volunteer, held: Held) -> Iterator[Violation]:
        shifts = sorted((shift for _, shift in held), key=lambda s: (s.start, s.end, s.id))
        elsewhere = self.elsewhere[person.id]
        for first, second in combinations(shifts, 2):
            if first.id == second.id:
                yield Violation(Rule.SAME_SHIFT, person.id, shift_ids=(first.id,))
            elif _collide(self.problem.travel, first, second):
                yield Violation(Rule.OVERLAP, person.id, shift_ids=(first.id, second.id))
        for shift in shifts:
            if any(_collide(self.problem.travel, *_by_start(shift, each)) for each in elsewhere):
                yield Violation(Rule.OVERLAP, person.id, shift_ids=(shift.id,))
        for week in sorted({shift.start // 10080 for shift in shifts}):
            if _minutes(shifts, week) + _minutes(elsewhere, week) > person.max_minutes_week:
                yield Violation(Rule.WEEK_MINUTES, person.id, week=week)


def _personal(person: Volunteer, shift: Shift, post: Post, is_declined: bool) -> Iterator[Rule]:
    if any(person.skills.get(code, 0) < level for code, level in post.skills.items()):
        yield Rule.SKILL
    if post.credential and person.credentials.get(post.credential, -math.inf) < shift.end:
        yield Rule.CREDENTIAL
    if post.language and post.language not in person.languages:
        yield Rule.LANGUAGE
    if person.total_minutes < post.min_experience_minutes:
        yield Rule.EXPERIENCE
    yield from _standing(person, shift, post)
    if _is_too_far(person, shift):
        yield Rule.REACH
    yield from _calendar(person, shift)
    if is_declined:
        yield Rule.DECLINED
    yield from _own_word(person, shift)


def _standing(person: Volunteer, shift: Shift, post: Post) -> Iterator[Rule]:
    if person.adult_from is not None and shift.start < person.adult_from:
        if post.is_for_adults or post.is_for_reserve:
            yield Rule.AGE
        if person.needs_consent:
            yield Rule.CONSENT
    if post.is_for_reserve and not person.is_in_reserve:
        yield Rule.RESERVE
    if post.needs_transport and not person.has_transport:
        yield Rule.TRANSPORT


def _own_word(person: Volunteer, shift: Shift) -> Iterator[Rule]:
    asked_for = {shift.audience, *shift.also_for} & person.wishes
    is_wished = bool(asked_for) or shift.campaign in person.wished_campaigns
    if person.wants_only_wishes and not is_wished:
        yield Rule.WISH
    if not person.wants_suggestions:
        yield Rule.SUGGESTIONS


def _is_too_far(person: Volunteer, shift: Shift) -> bool:
    away = _kilometres(person, shift)
    return away is not None and away > person.radius_km


def _calendar(person: Volunteer, shift: Shift) -> Iterator[Rule]:
    day, start = divmod(shift.start, 1440)
    end = shift.end - day * 1440
    free = [tuple(window)[1:] for window in person.windows or () if window[0] == day % 7]
    free += person.extra_hours.get(day, ())
    if person.windows is not None and not any(
        opens <= start and end <= closes for opens, closes in free
    ):
        yield Rule.WINDOW
    if person.rests_until is not None and shift.start < person.rests_until:
        yield Rule.REST
    if day in person.blackout_days:
        yield Rule.BLACKOUT


def _minutes(stretches: Sequence[Shift | Taken], week: int) -> int:
    return sum(each.end - each.start for each in stretches if each.start // 10080 == week)


def _by_start(one: Shift | Taken, other: Shift | Taken) -> tuple[Shift | Taken, Shift | Taken]:
    return (one, other) if (one.start, one.end) <= (other.start, other.end) else (other, one)


def _collide(travel: Travel, first: Shift | Taken, second: Shift | Taken) -> bool:
    is_other_day = first.start // 1440 != second.start // 1440
    if is_other_day and second.start < first.end + travel.night_rest_minutes:
        return True
    if first.venue_id is not None and first.venue_id == second.venue_id:
        return second.start < first.end
    away = _kilometres(first, second)
    if away is None:
        road = travel.unknown_minutes
    else:
        road = math.ceil(60 * travel.detour * away / travel.speed_kmh - 1e-9)
    return second.start < first.end + road + travel.buffer_minutes


def _kilometres(one: Volunteer | Shift | Taken, other: Shift | Taken) -> float | None:
    if one.lat is None or one.lng is None or other.lat is None or other.lng is None:
        return None
    lat_one, lat_other = math.radians(one.lat), math.radians(other.lat)
    north = math.sin((lat_other - lat_one) / 2) ** 2
    east = math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    arc = math.asin(math.sqrt(north + math.cos(lat_one) * math.cos(lat_other) * east))
    return 2 * 6371.0088 * arc
