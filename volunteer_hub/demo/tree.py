"""A tree of volunteer teams: a 支队 of two 大队 and a 分队, who leads them, what waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from volunteer_hub.core.database import db
from volunteer_hub.demo.cast import Cast
from volunteer_hub.demo.shipped import shipped
from volunteer_hub.organisations.models import Membership, Organisation
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.regions import queries as regions
from volunteer_hub.teams.models import TeamFounding, TeamRequest
from volunteer_hub.teams.rules import RequestKind, RequestState


def make_tree(cast: Cast, *, now: datetime) -> None:
    """Add the teams below the county's association, with their people and two requests."""
    for row in shipped("teams"):
        team = _team(row, cast, now)
        people = [(row["leader"], Function.TEAM_LEADER), (row["deputy"], Function.DEPUTY)]
        people += [(number, Function.MEMBER) for number in row["members"]]
        db.session.add_all(
            Membership(
                person_id=cast.volunteers[number].person_id,
                organisation_id=team.id,
                function=function,
                joined_at=max(cast.volunteers[number].joined_at, now - timedelta(days=300)),
                shows_phone=function is not Function.MEMBER,
            )
            for number, function in people
            if number is not None
        )
    _ask(cast, now)
    db.session.flush()


def _team(row: dict[str, Any], cast: Cast, now: datetime) -> Organisation:
    parent = cast.organisations[row["parent"]]
    team = Organisation(
        name=row["name"],
        name_en=row["name_en"],
        kind_code=parent.kind_code,
        region_id=regions.region_by_code(row["region_code"]).id,
        parent_id=parent.id,
        rank=Rank(row["rank"]),
        purpose=row["purpose"],
        how_to_join=row["how_to_join"],
        contact_phone="0415-0000000",
        is_open=False,
        created_at=now - timedelta(days=320),
        is_demo=True,
    )
    db.session.add(team)
    db.session.flush()
    cast.organisations[row["key"]] = team
    return team


def _ask(cast: Cast, now: datetime) -> None:
    """Let somebody wait to be let in, and somebody to found a team."""
    detachment = cast.organisations["detachment"]
    asked = {"state": RequestState.WAITING, "asked_at": now - timedelta(days=2)}
    db.session.add_all(
        [
            TeamRequest(
                person_id=cast.volunteers[124].person_id,
                organisation_id=detachment.id,
                kind=RequestKind.JOIN,
                reason="退休了，周末有空，会修电器。",
                **asked,
            ),
            TeamFounding(
                person_id=cast.volunteers[136].person_id,
                parent_id=detachment.id,
                region_id=detachment.region_id,
                rank=Rank.COMPANY,
                name="银龄科普大队（示例）",
                purpose="给老年大学讲手机和防诈骗。",
                reason="已经有十二位退休老师愿意来。",
                **asked,
            ),
        ]
    )
