"""What makes a plan sound, and what follows from changing it. Pure: values in, verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.events.drafts import EventDraft, PostDraft, ShiftDraft
from volunteer_hub.events.errors import FieldProblem
from volunteer_hub.programmes.rules import PostTemplate, ShiftTemplate

MAX_TITLE: Final = 120
MAX_SHIFT_TITLE: Final = 80
MAX_POST_TITLE: Final = 60
MAX_PEOPLE: Final = 200
MAX_CAPACITY: Final = 100_000
MAX_COMPANIONS: Final = 20
MAX_SHIFTS: Final = 20
MAX_POSTS: Final = 30
MAX_SKILLS: Final = 4
MAX_EVENT: Final = timedelta(days=31)
FURTHEST_AHEAD: Final = timedelta(days=2 * 366)
SHIFT_MARGIN: Final = timedelta(hours=12)
SHORTEST_SHIFT: Final = timedelta(minutes=15)
CHANGES_TOLD_TOGETHER: Final = timedelta(minutes=10)
A_WEEK: Final = timedelta(days=7)
IMMINENT: Final = timedelta(hours=24)
_TOO_EARLY: Final = N_(
    "班次“%(shift)s”会比活动先开始。请勾选“班次一起移动”，或先到活动页改这个班次的时间"
)
_TOO_LATE: Final = N_(
    "班次“%(shift)s”会比活动晚结束。请把活动的结束时间也往后改，或先到活动页改这个班次的时间"
)


def event_problems(
    draft: EventDraft, *, now: datetime, started_at: datetime | None = None
) -> list[FieldProblem]:
    """Return what is wrong with an event's time.

    Args:
        draft: The event as somebody wants it.
        now: The moment of saving.
        started_at: The start as it is saved so far; leaving it in the past is no problem.
    """
    if draft.ends_at <= draft.starts_at:
        return [FieldProblem("ends_at", N_("结束时间要晚于开始时间"))]
    if draft.starts_at < now and draft.starts_at != started_at:
        return [FieldProblem("starts_at", N_("这个开始时间已经过去了，请选将来的时间"))]
    if draft.starts_at > now + FURTHEST_AHEAD:
        return [FieldProblem("starts_at", N_("请选两年以内的时间"))]
    if draft.ends_at - draft.starts_at > MAX_EVENT:
        return [
            FieldProblem(
                "ends_at",
                N_("一个活动最长 %(days)s 天，更长的请分成几个活动"),
                {"days": MAX_EVENT.days},
            )
        ]
    return []


def shift_problems(
    draft: ShiftDraft, *, event_starts_at: datetime, event_ends_at: datetime
) -> list[FieldProblem]:
    """Return what is wrong with a shift's time: it lies within its event, give or take 12 hours."""
    if draft.ends_at <= draft.starts_at:
        return [FieldProblem("ends_at", N_("结束时间要晚于开始时间"))]
    hours = {"hours": SHIFT_MARGIN // timedelta(hours=1)}
    problems = []
    if draft.starts_at < event_starts_at - SHIFT_MARGIN:
        problems.append(
            FieldProblem("starts_at", N_("班次最早在活动开始前 %(hours)s 小时开始"), hours)
        )
    if draft.ends_at > event_ends_at + SHIFT_MARGIN:
        problems.append(
            FieldProblem("ends_at", N_("班次最晚在活动结束后 %(hours)s 小时结束"), hours)
        )
    return problems


def stray_shifts(
    shifts: Iterable[ShiftDraft], *, event_starts_at: datetime, event_ends_at: datetime
) -> list[str]:
    """Return the titles of shifts that would lie too far outside an event's new time."""
    return [
        shift.title
        for shift in shifts
        if shift_problems(shift, event_starts_at=event_starts_at, event_ends_at=event_ends_at)
    ]


def overhanging_shifts(
    shifts: Iterable[tuple[ShiftDraft, ShiftDraft]], *, before: EventDraft, after: EventDraft
) -> list[FieldProblem]:
    """Return which shifts would no longer lie within an event that gets another time.

    A shift that lay outside before, to set up or clear away, may go on doing so.

    Args:
        shifts: Each as it is, and as it would be.
        before: The event as it is.
        after: The event as somebody wants it.
    """
    problems = []
    for was, becomes in shifts:
        if was.starts_at < before.starts_at or was.ends_at > before.ends_at:
            continue
        name = {"shift": was.title}
        if becomes.starts_at < after.starts_at:
            problems.append(FieldProblem("starts_at", _TOO_EARLY, name))
        elif becomes.ends_at > after.ends_at:
            problems.append(FieldProblem("ends_at", _TOO_LATE, name))
    return problems


def post_problems(draft: PostDraft) -> list[FieldProblem]:
    """Return what is wrong with a post: how many people, which skills."""
    problems = []
    if draft.max_people > MAX_PEOPLE or draft.max_people < 1:
        problems.append(
            FieldProblem("max_people", N_("请填写 1 到 %(most)s 之间的数"), {"most": MAX_PEOPLE})
        )
    elif not 0 <= draft.min_people <= draft.max_people:
        problems.append(FieldProblem("min_people", N_("最少人数不能多于最多人数")))
    if not 0 <= draft.min_experienced <= max(draft.max_people, 0):
        problems.append(FieldProblem("min_experienced", N_("老手人数不能多于最多人数")))
    codes = [code for code, _level in draft.skills]
    if len(set(codes)) < len(codes):
        problems.append(FieldProblem("skills", N_("同一项技能选了两次，请去掉一个")))
    if any(level not in (1, 2, 3) for _code, level in draft.skills):
        problems.append(FieldProblem("skills", N_("请选择技能的熟练程度")))
    return problems


def end_that_goes_along(
    *,
    starts_at: datetime,
    ends_at: datetime,
    offered_start: datetime | None,
    offered_end: datetime | None,
) -> datetime:
    """Return when a new event ends: an end that nobody touched moves along with the start.

    Args:
        starts_at: The start that was filled in.
        ends_at: The end that was filled in.
        offered_start: The start the form came with.
        offered_end: The end the form came with.
    """
    if offered_start is None or offered_end is None or ends_at != offered_end:
        return ends_at
    return starts_at + (offered_end - offered_start)


def changes(before: EventDraft, after: EventDraft) -> list[str]:
    """Return what people who signed up must be told of: time, place, both or nothing."""
    found = []
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        found.append("time")
    if before.venue_id != after.venue_id:
        found.append("place")
    return found


def changes_to_tell(
    new: Sequence[str], *, earlier: Sequence[str], earlier_at: datetime | None, now: datetime
) -> list[str]:
    """Return the changes to tell; those of a few minutes ago may not have been told yet."""
    return sorted({*new, *earlier} if are_told_together(earlier_at, now=now) else new)


def are_told_together(earlier_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a change follows another so closely that people hear of both at once."""
    return earlier_at is not None and now - earlier_at <= CHANGES_TOLD_TOGETHER


def is_imminent(*starts: datetime | None, now: datetime) -> bool:
    """Tell whether one of these moments is so near that people must be told at any hour."""
    return any(now < start <= now + IMMINENT for start in starts if start is not None)


def next_occasion(starts_at: datetime, *, now: datetime) -> timedelta:
    """Return how far on a copy lies: whole weeks, at least one, until it is in the future."""
    weeks = 1
    if starts_at + A_WEEK <= now:
        weeks = (now - starts_at) // A_WEEK + 1
    return weeks * A_WEEK


def planned_shifts(
    shifts: Iterable[ShiftTemplate], *, starts_at: datetime, ends_at: datetime
) -> list[tuple[ShiftDraft, list[PostDraft]]]:
    """Return a template's shifts and posts for an event at this time.

    A shift is cut at the event's end; one that would be left with less than a quarter of an hour
    is dropped.
    """
    planned = []
    for shift in shifts:
        start = starts_at + timedelta(minutes=shift.offset_minutes)
        end = min(start + timedelta(minutes=shift.minutes), ends_at)
        whole = timedelta(minutes=shift.minutes)
        if end - start < min(SHORTEST_SHIFT, whole, ends_at - starts_at):
            continue
        draft = ShiftDraft(title=shift.title, starts_at=start, ends_at=end)
        planned.append((draft, [_post(post) for post in shift.posts]))
    return planned


def _post(template: PostTemplate) -> PostDraft:
    return PostDraft(
        title=template.title,
        min_people=template.min_people,
        max_people=template.max_people,
        duties=template.duties,
        skills=tuple((need.code, need.level) for need in template.skills),
    )
