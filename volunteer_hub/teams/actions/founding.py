"""Founding teams, what is said of them, who runs them, dissolving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import actions as organisations
from volunteer_hub.organisations import queries as units
from volunteer_hub.organisations.actions import OrganisationDraft
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.regions import queries as regions
from volunteer_hub.teams import queries
from volunteer_hub.teams.actions.belonging import end_membership, refuse_waiting
from volunteer_hub.teams.actions.telling import tell_applicant, tell_changed, tell_responsible
from volunteer_hub.teams.errors import (
    DecidedError,
    NameTakenError,
    NotATeamError,
    OwnFunctionError,
    OwnRequestError,
    TeamDissolvedError,
    TeamsBelowError,
    TooYoungError,
    WaitsAlreadyError,
    WrongRankError,
)
from volunteer_hub.teams.models import TeamFounding
from volunteer_hub.teams.rules import Ending, RequestState, may_name, ranks_below
from volunteer_hub.volunteers import queries as volunteers


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingDraft:
    """What is known of a team that somebody wants to found.

    Attributes:
        region_code: Where it is at home: where its parent is, or within.
        reason: Why there should be one, for whoever decides.
    """

    parent_id: int
    rank: Rank
    name: str
    region_code: str
    purpose: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceDraft:
    """What everybody may read about a team."""

    purpose: str
    how_to_join: str
    contact_phone: str
    is_open: bool


def ask_to_found(draft: FoundingDraft, *, by: int, now: datetime) -> TeamFounding:
    """Ask whoever answers for a unit or team for a team below it.

    Raises:
        NotFoundError: There is no such parent, or the place is not within its region.
        TeamDissolvedError: The parent is dissolved.
        WrongRankError: The parent is too low in the tree for it.
        NameTakenError: Something else is called so.
        TooYoungError: Who asks would lead it and is under age.
        WaitsAlreadyError: The same person asked for it before.
    """
    parent = units.lock_organisation(draft.parent_id)
    _require_possible(parent, draft.rank, draft.name)
    _require_of_age(by, now)
    take_turns(f"found {by}")
    if queries.founding_waits(by, draft.name) is not None:
        raise WaitsAlreadyError
    region = regions.region_by_code(draft.region_code)
    if region.id not in regions.tree().ids_within(parent.region_id):
        raise NotFoundError
    made = TeamFounding(
        person_id=by,
        parent_id=parent.id,
        region_id=region.id,
        rank=draft.rank,
        name=draft.name,
        purpose=draft.purpose,
        reason=draft.reason,
        state=RequestState.WAITING,
        asked_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("team.ask_to_found", made, by=by, now=now, details={"parent": parent.id})
    path = f"/organise/teams/foundings/{made.id}"
    tell_responsible(parent, about="found", path=path, by=by, now=now)
    return made


def withdraw_founding(founding_id: int, *, by: int, now: datetime) -> None:
    """Take the wish back; twice changes nothing.

    Raises:
        NotFoundError: They had no such wish.
        DecidedError: It was decided meanwhile.
    """
    asked = queries.own_founding(queries.lock_founding(founding_id), by)
    if asked.state is RequestState.WITHDRAWN:
        return
    if asked.state is not RequestState.WAITING:
        raise DecidedError
    _decide(asked, RequestState.WITHDRAWN, "", by=by, now=now)


def answer_founding(
    founding_id: int, answer: str, *, accepts: bool, by: int, now: datetime
) -> TeamFounding:
    """Let a team be founded, led by who asked for it, or not.

    Args:
        founding_id: What they asked for.
        answer: What is said to them; may be empty.
        accepts: Whether there will be one.
        by: Who decides: their right holds until it is done.
        now: When.

    Raises:
        NotFoundError: There is none, or whoever decides does not answer for the parent (any more).
        OwnRequestError: They asked themselves.
        DecidedError: It was decided meanwhile.
        TeamDissolvedError: The parent is dissolved.
        WrongRankError: The parent is too low in the tree for it.
        NameTakenError: Something else is called so by now.
        TooYoungError: Who asked is under age.
    """
    parent = units.lock_organisation(queries.founding_by_id(founding_id).parent_id)
    asked = queries.lock_founding(founding_id)
    queries.founding_for_staff(founding_id, units.hold_rights(by))
    if asked.person_id == by:
        raise OwnRequestError
    if asked.state is not RequestState.WAITING:
        raise DecidedError
    if accepts:
        _found(asked, parent, by=by, now=now)
    state = RequestState.ACCEPTED if accepts else RequestState.DECLINED
    _decide(asked, state, answer, by=by, now=now)
    tell_applicant(
        asked.person_id,
        asked.name,
        outcome="founded" if accepts else "not_founded",
        answer=answer,
        path=f"/organise/teams/{asked.organisation_id}" if accepts else "/me/teams",
        now=now,
    )
    return asked


def _found(asked: TeamFounding, parent: Organisation, *, by: int, now: datetime) -> None:
    _require_possible(parent, asked.rank, asked.name)
    _require_of_age(asked.person_id, now)
    draft = OrganisationDraft(
        name=asked.name,
        kind_code=parent.kind_code,
        region_id=asked.region_id,
        parent_id=parent.id,
        rank=asked.rank,
        purpose=asked.purpose,
        is_open=False,
        is_demo=parent.is_demo,
    )
    team = organisations.found_organisation(draft, by=by, now=now)
    organisations.add_member(asked.person_id, team.id, Function.TEAM_LEADER, by=by, now=now)
    asked.organisation_id = team.id


def _decide(
    asked: TeamFounding, state: RequestState, answer: str, *, by: int, now: datetime
) -> None:
    asked.state, asked.answer = state, answer
    asked.decided_by_id, asked.decided_at = by, now
    audit.record("team.answer_founding", asked, by=by, now=now, details={"state": str(state)})


def _require_possible(parent: Organisation, rank: Rank, name: str) -> None:
    if parent.dissolved_at is not None:
        raise TeamDissolvedError
    if rank not in ranks_below(parent.rank):
        raise WrongRankError
    take_turns(f"team called {name}")
    if units.find_organisation(name) is not None:
        raise NameTakenError


def _require_of_age(person_id: int, now: datetime) -> None:
    volunteer = volunteers.find_volunteer_of(person_id)
    today = now.astimezone(LOCAL).date()
    if volunteer is not None and not volunteers.bearing_of(volunteer).is_adult_on(today):
        raise TooYoungError


def edit_face(team_id: int, draft: FaceDraft, *, by: int, now: datetime) -> None:
    """Change what everybody may read about a team, and whether it lets in unasked.

    Raises:
        NotFoundError: There is none, or it is not the business of whoever changes it.
    """
    units.lock_organisation(team_id)
    team = queries.team_for_staff(team_id, units.hold_rights(by))
    team.purpose, team.how_to_join = draft.purpose, draft.how_to_join
    team.contact_phone, team.is_open = draft.contact_phone, draft.is_open
    audit.record("organisation.change", team, by=by, now=now)


def name_function(
    team_id: int, person_id: int, function: Function, *, by: int, now: datetime
) -> None:
    """Give somebody of a team a function, or take theirs; whoever leads it names deputies.

    Args:
        team_id: Of the team.
        person_id: Who.
        function: What they are from now on.
        by: Who decides.
        now: When.

    Raises:
        NotFoundError: They do not belong to it, or it is not for this person to decide.
        OwnFunctionError: It is their own.
        TooYoungError: They are under age.
    """
    team = units.lock_organisation(team_id)
    scope = units.hold_rights(by)
    queries.team_for_staff(team_id, scope)
    membership = queries.there(units.lock_membership(person_id, team_id))
    if person_id == by:
        raise OwnFunctionError
    own = units.find_membership(by, team_id)
    is_leader = own is not None and own.function is Function.TEAM_LEADER
    above = queries.is_above(team, scope)
    if not may_name(function, is_above=above, is_leader=is_leader, was=membership.function):
        raise NotFoundError
    if membership.function is function:
        return
    if function is not Function.MEMBER:
        _require_of_age(person_id, now)
    organisations.add_member(person_id, team_id, function, by=by, now=now)
    tell_changed([person_id], team, change=str(function), why="", now=now)


def dissolve(team_id: int, reason: str, *, by: int, now: datetime) -> Organisation:
    """Dissolve a team; its members are told, its events and everybody's hours stay.

    Args:
        team_id: Of the team.
        reason: What the members are told.
        by: Who decides: whoever answers for what stands above it.
        now: When.

    Raises:
        NotFoundError: There is none, or it is not for this person to decide.
        NotATeamError: It is a unit.
        TeamsBelowError: Others stand below it.
    """
    team = units.lock_organisation(team_id)
    scope = units.hold_rights(by)
    if not queries.is_above(team, scope):
        raise NotFoundError
    if team.rank is None:
        raise NotATeamError
    if team.dissolved_at is not None:
        return team
    if queries.teams_below(team_id):
        raise TeamsBelowError
    _let_everybody_go(team, by=by, now=now, reason=reason)
    team.dissolved_at = now
    audit.record("team.dissolve", team, by=by, now=now)
    return team


def _let_everybody_go(team: Organisation, *, by: int, now: datetime, reason: str) -> None:
    told = []
    for membership in queries.lock_memberships(team.id):
        told.append(membership.person_id)
        end_membership(membership, Ending.DISSOLVED, by=by, now=now)
    refuse_waiting(team, reason, by=by, now=now)
    for asked in queries.foundings_below(team.id):
        _decide(asked, RequestState.DECLINED, reason, by=by, now=now)
        tell_applicant(
            asked.person_id, asked.name, outcome="not_founded", answer=reason, path="/me/teams",
            now=now,
        )  # fmt: skip
    tell_changed(told, team, change=str(Ending.DISSOLVED), why=reason, now=now)
