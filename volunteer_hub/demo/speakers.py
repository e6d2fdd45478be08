"""A lecture team with four invented speakers, what they talk about, and one who is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.database import db
from volunteer_hub.demo.cast import Cast
from volunteer_hub.demo.shipped import shipped
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.models import Membership
from volunteer_hub.organisations.rules import Function
from volunteer_hub.talks.models import Talk, TalkRequest
from volunteer_hub.talks.rules import TalkState

_TEAM: Final = "elders"


def make_speakers(cast: Cast, events: Sequence[Event], *, now: datetime) -> None:
    """Add the speakers to their team with their talks; ask one of them for an event to come."""
    team = cast.organisations[_TEAM]
    team.purpose = "退休的教师、医生和农艺师，把一辈子的本事讲给大家听。"
    team.how_to_join = "退休不褪色，愿意讲、讲得明白就行。"
    talks: list[Talk] = []
    for row in shipped("speakers"):
        volunteer = cast.volunteers[row["volunteer"]]
        db.session.add(
            Membership(
                person_id=volunteer.person_id,
                organisation_id=team.id,
                function=Function(row["function"]),
                joined_at=max(volunteer.joined_at, now - timedelta(days=200)),
            )
        )
        talks += [
            Talk(
                volunteer_id=volunteer.id,
                title=talk["title"],
                summary=talk["summary"],
                audience_codes=talk["audiences"],
                minutes=talk["minutes"],
                needs=talk["needs"],
                by_phone=row["by_phone"],
                created_at=now - timedelta(days=150),
            )
            for talk in row["talks"]
        ]
    db.session.add_all(talks)
    db.session.flush()
    _ask(cast, talks[-1], events, now)


def _ask(cast: Cast, talk: Talk, events: Sequence[Event], now: datetime) -> None:
    """Ask for a talk at the organiser's first event to come that has a post."""
    own = cast.organisations["county_210682"].id
    for event in events:
        coming = event.status is Status.PUBLISHED and event.starts_at > now
        posts = [post for shift in event.shifts for post in shift.posts]
        if coming and event.organisation_id == own and posts:
            db.session.add(
                TalkRequest(
                    talk_id=talk.id,
                    post_id=posts[0].id,
                    asked_by_id=cast.staff["organiser"].id,
                    asked_at=now - timedelta(hours=5),
                    note="听众大约四十人，有车接送。",
                    state=TalkState.ASKED,
                )
            )
            return
