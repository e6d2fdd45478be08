"""What the pages of one event show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.formats import bracketed, listed
from volunteer_hub.core.text import N_
from volunteer_hub.events.models import Asks, Event, Post
from volunteer_hub.events.rules import Check, Severity
from volunteer_hub.regions import queries as regions

LEVEL_WORDS = {1: N_("会一点"), 2: N_("熟练"), 3: N_("能带队")}


@dataclass(frozen=True, slots=True)
class PostView:
    """One post with how it stands."""

    id: int
    title: str
    skills_text: str
    accepted: int
    invited: int
    min_people: int
    max_people: int

    @property
    def left(self) -> int:
        """Return places that are still free."""
        return max(0, self.max_people - self.accepted)

    @property
    def missing(self) -> int:
        """Return how many people the minimum still lacks."""
        return max(0, self.min_people - self.accepted)

    @property
    def is_short(self) -> bool:
        """Tell whether the minimum is not reached."""
        return self.missing > 0


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One shift with its posts."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    posts: list[PostView]


def shifts(event: Event, counts: Mapping[int, PostCount], language: str) -> list[ShiftView]:
    """Return the event's shifts and posts with their counts."""
    return [
        ShiftView(
            id=shift.id,
            title=shift.title,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            posts=[_post(post, counts.get(post.id), language) for post in shift.posts],
        )
        for shift in event.shifts
    ]


def _post(post: Post, count: PostCount | None, language: str) -> PostView:
    needed = [
        bracketed(
            catalogue.name_of("skill", skill.skill_code, language), _(LEVEL_WORDS[skill.level])
        )
        for skill in post.skills
    ]
    return PostView(
        id=post.id,
        title=post.title,
        skills_text=listed(needed) or _("不限技能"),
        accepted=count.accepted if count else 0,
        invited=count.invited if count else 0,
        min_people=post.min_people,
        max_people=post.max_people,
    )


def place_in_words(event: Event) -> str:
    """Return the venue with its full region path, or the region alone."""
    if event.venue is not None:
        return regions.venue_in_words(event.venue)
    return regions.path_of(event.region_id)


def directions(event: Event) -> str:
    """Return address and directions of the venue."""
    if event.venue is None:
        return ""
    return " ".join(part for part in (event.venue.address, event.venue.directions) if part)


def map_address(event: Event) -> str:
    """Return a link that opens the venue's name in a map application; empty without a venue."""
    if event.venue is None:
        return ""
    return f"https://uri.amap.com/search?keyword={event.venue.name}&city=210600"


def audiences(event: Event, language: str) -> str:
    """Return whom the event is for."""
    return listed(catalogue.name_of("audience", code, language) for code in event.audience_codes)


def languages(event: Event, language: str) -> str:
    """Return in which languages the event is held; nothing when Mandarin goes without saying."""
    return listed(catalogue.name_of("skill", code, language) for code in event.language_codes)


def registration_in_words(event: Event) -> str:
    """Return how attendees register, in one line."""
    if not event.is_registration_open:
        return str(_("不用报名，直接来"))
    parts = [
        _("名额 %(number)s 人", number=event.capacity) if event.capacity else _("名额不限"),
        _("要姓名") if event.asks_name is Asks.REQUIRED else "",
        _("要电话") if event.asks_phone is Asks.REQUIRED else "",
        _("每人可带 %(number)s 位陪同", number=event.max_companions)
        if event.max_companions
        else "",
    ]
    return listed(parts)


def tasks(checks: list[Check], event: Event) -> list[tuple[str, str, bool, str, bool]]:
    """Return the check list as (title, address, is done, note, is optional), what blocks first."""
    ordered = sorted(checks, key=lambda check: (check.is_done, check.severity is not Severity.MUST))
    return [
        (
            _(check.title),
            "" if check.is_done else check_address(check, event),
            check.is_done,
            "" if check.is_done else str(_(check.note, **check.values)),
            check.severity is not Severity.MUST,
        )
        for check in ordered
    ]


def check_address(check: Check, event: Event) -> str:
    """Return the page on which this line of the check list is settled."""
    if check.place == "venue":
        return url_for("regions.edit_venue", venue_id=check.subject_id or event.venue_id)
    if check.place == "shift" and check.subject_id:
        return url_for("events.new_post", shift_id=check.subject_id)
    if check.place == "resources":
        return url_for("events.event_resources", event_id=event.id)
    if check.place == "shifts":
        return url_for("events.new_shift", event_id=event.id)
    return url_for("events.edit_event", event_id=event.id, _anchor=check.field or None)
