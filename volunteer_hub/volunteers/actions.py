from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.models import Person, Purpose
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.volunteers import ages, queries, rules
from volunteer_hub.volunteers.errors import (
    AlreadyVolunteerError,
    NotForReserveError,
    TooYoungError,
)
from volunteer_hub.volunteers.models import (
    AvailabilityWindow,
    DayOff,
    ExtraHours,
    Volunteer,
    VolunteerSkill,
    VolunteerWish,
)
from volunteer_hub.volunteers.rules import Hours, VolunteerDraft, Window, WishKind

# What everybody agrees to who becomes a volunteer.
AT_JOINING: Final = (Purpose.PRIVACY_NOTICE, Purpose.VOLUNTEER_TERMS, Purpose.CODE_OF_CONDUCT)


def join(
    name: str, contact: str, draft: VolunteerDraft, *, now: datetime, shares: bool = False
) -> Volunteer:
    """Add a new person who is a volunteer.

    Args:
        name: What they are called.
        contact: Phone number or e-mail address, in its one spelling.
        draft: What they offer.
        now: When.
        shares: Whether they may share the phone of others, which they proved to have.

    Raises:
        ContactTakenError: Somebody has this contact already.
        SameNameError: Somebody of that name is behind this phone already.
        PhoneFullError: Too many are.
        TooYoungError: They are younger than the province allows.
    """
    require_age(draft, now)
    person = accounts.create_person(name, contact, now=now, shares=shares)
    return become_volunteer(person.id, draft, now=now)


def become_volunteer(
    person_id: int, draft: VolunteerDraft, *, now: datetime, channel: str = "web"
) -> Volunteer:
    """Make a person with an account a volunteer, who agreed to the notice and the terms.

    Args:
        person_id: Who.
        draft: What they offer.
        now: When.
        channel: Where they agreed: web, paper, phone.

    Raises:
        AlreadyVolunteerError: They are one.
        TooYoungError: They are younger than the province allows.
    """
    require_age(draft, now)
    if queries.find_volunteer_of(person_id) is not None:
        raise AlreadyVolunteerError
    volunteer = Volunteer(person_id=person_id, home_region_id=draft.home_region_id, joined_at=now)
    _fill(volunteer, draft)
    db.session.add(volunteer)
    db.session.flush()
    accounts.give_consent(person_id, AT_JOINING, channel=channel, now=now)
    audit.record("volunteer.join", volunteer, by=person_id, now=now)
    to = outbox.to_person(person_id)
    outbox.enqueue(
        "welcome", to=to, now=now, dedupe_key=f"welcome:{person_id}", params={"path": "/me"}
    )
    return volunteer


def change_profile(person_id: int, name: str, draft: VolunteerDraft, *, now: datetime) -> Volunteer:
    """Change what a volunteer offers, and their name.

    Raises:
        NotFoundError: The person is no volunteer.
        TooYoungError: The birth given is of someone younger than the province allows.
        NotForReserveError: They are not of age, and want to be in the reserve.
    """
    require_age(draft, now)
    volunteer = queries.lock_volunteer(queries.volunteer_of(person_id).id)
    accounts.rename_person(person_id, name)
    volunteer.home_region_id = draft.home_region_id
    _fill(volunteer, draft)
    db.session.flush()
    audit.record("volunteer.change", volunteer, by=person_id, now=now)
    return volunteer


def agree_to_conduct(person_id: int, *, now: datetime) -> None:
    """Note that a volunteer read the code of conduct as it is now and keeps to it.

    Whom an organisation entered agrees to everything that others agreed to when they joined.
    Agreeing twice changes nothing.

    Raises:
        NotFoundError: The person is no volunteer.
    """
    volunteer = queries.lock_volunteer(queries.volunteer_of(person_id).id)
    if people.has_agreed(person_id, Purpose.CODE_OF_CONDUCT):
        return
    entry = queries.find_entry(volunteer.id)
    agreed = AT_JOINING if entry is not None else (Purpose.CODE_OF_CONDUCT,)
    accounts.give_consent(person_id, agreed, channel="web", now=now)
    if entry is not None:
        entry.refused_at = None
    audit.record("volunteer.agree_to_conduct", volunteer, by=person_id, now=now)


def stop_being_asked(person_id: int, *, is_pausing: bool, now: datetime) -> None:
    """Leave a volunteer out of what the system suggests, because they took a consent back.

    Args:
        person_id: Who; nothing happens when they are no volunteer.
        is_pausing: Whether they take no more posts at all.
        now: When.
    """
    found = queries.find_volunteer_of(person_id)
    if found is None:
        return
    volunteer = queries.lock_volunteer(found.id)
    volunteer.accepts_suggestions = False
    if is_pausing:
        volunteer.is_paused, volunteer.paused_until = True, None
    audit.record("volunteer.change", volunteer, by=person_id, now=now)


def refuse_entry(person_id: int, *, now: datetime) -> None:
    """Leave somebody alone whom an organisation entered and who does not want to be a volunteer.

    Refusing twice changes nothing.

    Raises:
        NotFoundError: The person is no volunteer, or joined by their own wish.
    """
    volunteer = queries.lock_volunteer(queries.volunteer_of(person_id).id)
    entry = queries.find_entry(volunteer.id)
    if entry is None:
        raise NotFoundError
    if entry.refused_at is not None:
        return
    entry.refused_at = now
    volunteer.is_paused, volunteer.paused_until = True, None
    volunteer.accepts_suggestions = False
    audit.record("volunteer.refuse_entry", volunteer, by=person_id, now=now)


def note_minor_seen(volunteer_id: int, *, by: int, now: datetime) -> None:
    """Write down that a member of staff opened the page of somebody under age."""
    volunteer = queries.volunteer_with_person(volunteer_id)
    audit.record("volunteer.minor_seen", volunteer, by=by, now=now)


def show_contact(volunteer_id: int, *, by: int, now: datetime) -> Person:
    """Return the volunteer as a person, for staff to call; that they looked is written down.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    volunteer = queries.volunteer_with_person(volunteer_id)
    audit.record("volunteer.show_contact", volunteer, by=by, now=now)
    return volunteer.person


def require_age(draft: VolunteerDraft, now: datetime) -> None:
    """Let pass only who is old enough for what they offer.

    Raises:
        TooYoungError: They are younger than the province allows.
        NotForReserveError: They are not of age, and want to be in the reserve.
    """
    today = now.astimezone(LOCAL).date()
    if ages.is_below(ages.YOUNGEST, draft.birth_year, draft.birth_month, on=today):
        raise TooYoungError
    if draft.is_in_reserve and not rules.may_join_reserve(
        today, draft.birth_year, draft.birth_month
    ):
        raise NotForReserveError


def _fill(volunteer: Volunteer, draft: VolunteerDraft) -> None:
    volunteer.travel_radius_km = draft.travel_radius_km
    volunteer.birth_year, volunteer.birth_month = draft.birth_year, draft.birth_month
    volunteer.max_hours_week = draft.max_hours_week
    volunteer.is_paused, volunteer.paused_until = draft.is_paused, draft.paused_until
    volunteer.wants_only_wishes = draft.wants_only_wishes
    volunteer.has_car, volunteer.is_in_reserve = draft.has_car, draft.is_in_reserve
    volunteer.accepts_suggestions = draft.accepts_suggestions
    _set_skills(volunteer, draft)
    _set_windows(volunteer, draft)
    _set_days_off(volunteer, draft.days_off)
    _set_extra_hours(volunteer, draft.extra_hours)
    _set_wishes(volunteer, WishKind.AUDIENCE, draft.audiences)
    _set_wishes(volunteer, WishKind.CAMPAIGN, draft.campaigns)


def _set_skills(volunteer: Volunteer, draft: VolunteerDraft) -> None:
    """Change rows in place: new ones are written before old ones go, and a skill is there once."""
    kept = [skill for skill in volunteer.skills if skill.skill_code in draft.skills]
    for skill in kept:
        skill.level = draft.skills[skill.skill_code]
    known = {skill.skill_code for skill in kept}
    volunteer.skills = kept + [
        VolunteerSkill(skill_code=code, level=level)
        for code, level in draft.skills.items()
        if code not in known
    ]


def _set_windows(volunteer: Volunteer, draft: VolunteerDraft) -> None:
    old = [Window(each.weekday, each.starts_minute, each.ends_minute) for each in volunteer.windows]
    new = rules.new_windows(old, draft.cells)
    if new != tuple(old):
        volunteer.windows = [
            AvailabilityWindow(
                weekday=window.weekday,
                starts_minute=window.starts_minute,
                ends_minute=window.ends_minute,
            )
            for window in new
        ]


def _set_days_off(volunteer: Volunteer, days: Iterable[date]) -> None:
    wanted = set(days)
    kept = [day for day in volunteer.days_off if day.off_on in wanted]
    new = sorted(wanted - {day.off_on for day in kept})
    volunteer.days_off = kept + [DayOff(off_on=day) for day in new]


def _set_extra_hours(volunteer: Volunteer, wanted: Iterable[Hours]) -> None:
    """Change rows in place: a stretch that starts as before only gets its new end."""
    there = {(each.free_on, each.starts_minute): each for each in volunteer.extra_hours}
    rows = []
    for hours in wanted:
        row = there.get((hours.day, hours.starts_minute)) or ExtraHours(
            free_on=hours.day, starts_minute=hours.starts_minute
        )
        row.ends_minute = hours.ends_minute
        rows.append(row)
    volunteer.extra_hours = rows


def _set_wishes(volunteer: Volunteer, kind: WishKind, codes: Iterable[str]) -> None:
    wanted = dict.fromkeys(codes)
    others = [wish for wish in volunteer.wishes if wish.kind is not kind]
    kept = [wish for wish in volunteer.wishes if wish.kind is kind and wish.code in wanted]
    new = [code for code in wanted if code not in {wish.code for wish in kept}]
    volunteer.wishes = [*others, *kept, *(VolunteerWish(kind=kind, code=code) for code in new)]
