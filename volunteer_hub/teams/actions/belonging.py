"""Joining, asking to join, being let in, going to another team, leaving."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.organisations import actions as organisations
from volunteer_hub.organisations import queries as units
from volunteer_hub.organisations.models import Membership, Organisation
from volunteer_hub.organisations.rules import Function
from volunteer_hub.teams import queries
from volunteer_hub.teams.actions.telling import tell_applicant, tell_changed, tell_responsible
from volunteer_hub.teams.errors import (
    DecidedError,
    KeepsFunctionError,
    OwnRequestError,
    TeamDissolvedError,
    WaitsAlreadyError,
)
from volunteer_hub.teams.models import PastMembership, TeamRequest
from volunteer_hub.teams.rules import Ending, RequestKind, RequestState


def join_team(person_id: int, organisation_id: int, *, now: datetime) -> None:
    """Make a person a member by their own wish; who belongs to it already stays what they are.

    Raises:
        NotFoundError: There is no such organisation.
        TeamDissolvedError: There is no such team any more.
    """
    team = _open_team(organisation_id)
    _let_in(person_id, team, by=person_id, now=now)


def ask_to_join(
    person_id: int, team_id: int, reason: str, *, now: datetime, leaving: int | None = None
) -> TeamRequest | None:
    """Ask a team to be let in, perhaps instead of another; an open one lets in at once.

    Args:
        person_id: Who asks.
        team_id: Which team.
        reason: What they say about it.
        now: When.
        leaving: The team they would leave for it.

    Returns:
        What waits to be decided, or None when they belong to it now.

    Raises:
        NotFoundError: There is no such team, or they do not belong to the one they leave.
        TeamDissolvedError: There is no such team any more.
        WaitsAlreadyError: They asked before.
        KeepsFunctionError: They run the one they leave.
    """
    team = _open_team(team_id)
    if leaving is not None:
        _plain_membership(person_id, leaving)
    organisations.take_turns_about(person_id, team_id)
    is_in = units.find_membership(person_id, team_id) is not None
    if is_in or (team.is_open and leaving is None):
        _let_in(person_id, team, by=person_id, now=now)
        settle_waiting(person_id, team_id, by=person_id, now=now)
        return None
    if queries.waits(person_id, team_id) is not None:
        raise WaitsAlreadyError
    kind = RequestKind.JOIN if leaving is None else RequestKind.TRANSFER
    made = TeamRequest(
        person_id=person_id,
        organisation_id=team_id,
        from_organisation_id=leaving,
        kind=kind,
        reason=reason,
        state=RequestState.WAITING,
        asked_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("team.ask", made, by=person_id, now=now, details={"kind": str(kind)})
    path = f"/organise/teams/requests/{made.id}"
    tell_responsible(team, about=str(kind), path=path, by=person_id, now=now)
    return made


def withdraw_request(request_id: int, *, by: int, now: datetime) -> None:
    """Take back what one asked for; twice changes nothing.

    Raises:
        NotFoundError: They asked for no such thing.
        DecidedError: It was decided meanwhile.
    """
    asked = queries.own_request(queries.lock_request(request_id), by)
    if asked.state is RequestState.WITHDRAWN:
        return
    if asked.state is not RequestState.WAITING:
        raise DecidedError
    _decide(asked, RequestState.WITHDRAWN, "", by=by, now=now)


def answer_request(
    request_id: int, answer: str, *, accepts: bool, by: int, now: datetime
) -> TeamRequest:
    """Let somebody into a team, or not.

    Args:
        request_id: What they asked for.
        answer: What is said to them; may be empty.
        accepts: Whether they are let in.
        by: Who decides: their right holds until it is done.
        now: When.

    Raises:
        NotFoundError: There is none, or whoever decides does not answer for the team (any more).
        OwnRequestError: They asked themselves.
        DecidedError: It was decided meanwhile.
        TeamDissolvedError: There is no such team any more.
        KeepsFunctionError: They run the team they would leave.
    """
    team = units.lock_organisation(queries.request_by_id(request_id).organisation_id)
    asked = queries.lock_request(request_id)
    queries.request_for_staff(request_id, units.hold_rights(by))
    if asked.person_id == by:
        raise OwnRequestError
    if asked.state is not RequestState.WAITING:
        raise DecidedError
    state = RequestState.ACCEPTED if accepts else RequestState.DECLINED
    if accepts:
        _require_there(team)
        _admit(asked, team, by=by, now=now)
    _decide(asked, state, answer, by=by, now=now)
    tell_applicant(
        asked.person_id, team.name, outcome=str(state), answer=answer, path="/me/teams", now=now
    )
    return asked


def _admit(asked: TeamRequest, team: Organisation, *, by: int, now: datetime) -> None:
    if asked.from_organisation_id is not None:
        left = units.lock_membership(asked.person_id, asked.from_organisation_id)
        if left is not None and left.function is not Function.MEMBER:
            raise KeepsFunctionError
        if left is not None:
            end_membership(left, Ending.TRANSFERRED, by=by, now=now)
    _let_in(asked.person_id, team, by=by, now=now)


def settle_waiting(person_id: int, team_id: int, *, by: int, now: datetime) -> None:
    """Close what somebody asks a team for, who came in another way."""
    waiting = queries.waits(person_id, team_id)
    if waiting is not None:
        _decide(waiting, RequestState.ACCEPTED, "", by=by, now=now)


def refuse_waiting(team: Organisation, answer: str, *, by: int, now: datetime) -> None:
    """Close what people ask a team for that is no more, and tell them."""
    for waiting in queries.requests_to(team.id):
        _decide(waiting, RequestState.DECLINED, answer, by=by, now=now)
        tell_applicant(
            waiting.person_id, team.name, outcome="declined", answer=answer, path="/me/teams",
            now=now,
        )  # fmt: skip


def _decide(
    asked: TeamRequest, state: RequestState, answer: str, *, by: int, now: datetime
) -> None:
    asked.state, asked.answer = state, answer
    asked.decided_by_id, asked.decided_at = by, now
    audit.record("team.answer", asked, by=by, now=now, details={"state": str(state)})


def leave_team(person_id: int, organisation_id: int, *, now: datetime) -> None:
    """Take a plain member out by their own wish; twice changes nothing.

    Raises:
        KeepsFunctionError: They run it, so that others must decide.
    """
    organisations.take_turns_about(person_id, organisation_id)
    membership = units.lock_membership(person_id, organisation_id)
    if membership is None:
        return
    if membership.function is not Function.MEMBER:
        raise KeepsFunctionError
    end_membership(membership, Ending.LEFT, by=person_id, now=now)


def remove_member(team_id: int, person_id: int, reason: str, *, by: int, now: datetime) -> None:
    """Take a plain member out of a team, and tell them why.

    Args:
        team_id: Of the team.
        person_id: Whom.
        reason: What they are told.
        by: Who decides.
        now: When.

    Raises:
        NotFoundError: They do not belong to it, or it is not the business of whoever decides.
        KeepsFunctionError: They run it: first the function is taken.
    """
    units.lock_organisation(team_id)
    team = queries.team_for_staff(team_id, units.hold_rights(by))
    membership = _plain_membership(person_id, team_id)
    end_membership(membership, Ending.REMOVED, by=by, now=now)
    tell_changed([person_id], team, change=str(Ending.REMOVED), why=reason, now=now)


def end_membership(membership: Membership, ending: Ending, *, by: int, now: datetime) -> None:
    """End a time in a team, and keep that there was one."""
    db.session.add(
        PastMembership(
            person_id=membership.person_id,
            organisation_id=membership.organisation_id,
            function=membership.function,
            joined_at=membership.joined_at,
            left_at=now,
            ending=ending,
        )
    )
    details = {"person": membership.person_id, "ending": str(ending)}
    audit.record("organisation.leave", membership, by=by, now=now, details=details)
    db.session.delete(membership)
    db.session.flush()


def show_phone(person_id: int, team_id: int, *, shows: bool, now: datetime) -> None:
    """Let the others of a team see one's phone number, or no longer.

    Raises:
        NotFoundError: They do not belong to it.
    """
    membership = queries.there(units.lock_membership(person_id, team_id))
    if membership.shows_phone != shows:
        membership.shows_phone = shows
        details = {"shows_phone": shows}
        audit.record("team.phone", membership, by=person_id, now=now, details=details)


def _plain_membership(person_id: int, team_id: int) -> Membership:
    organisations.take_turns_about(person_id, team_id)
    membership = queries.there(units.lock_membership(person_id, team_id))
    if membership.function is not Function.MEMBER:
        raise KeepsFunctionError
    return membership


def _let_in(person_id: int, team: Organisation, *, by: int, now: datetime) -> None:
    organisations.take_turns_about(person_id, team.id)
    if units.find_membership(person_id, team.id) is None:
        organisations.add_member(person_id, team.id, Function.MEMBER, by=by, now=now)


def _open_team(team_id: int) -> Organisation:
    """Return a team that is not dissolved, and is not until the transaction ends."""
    team = units.lock_organisation(team_id)
    _require_there(team)
    return team


def _require_there(team: Organisation) -> None:
    if team.dissolved_at is not None:
        raise TeamDissolvedError
