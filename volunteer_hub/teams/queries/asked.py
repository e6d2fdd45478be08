from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.teams.models import TeamFounding, TeamInvite, TeamRequest
from volunteer_hub.teams.rules import RequestState

Row = TypeVar("Row")


def _requests() -> Select[TeamRequest]:
    return (
        select(TeamRequest)
        .join(Organisation, Organisation.id == TeamRequest.organisation_id)
        .options(
            joinedload(TeamRequest.person),
            joinedload(TeamRequest.organisation),
            joinedload(TeamRequest.from_organisation),
        )
    )


def _foundings() -> Select[TeamFounding]:
    return (
        select(TeamFounding)
        .join(Organisation, Organisation.id == TeamFounding.parent_id)
        .options(joinedload(TeamFounding.person), joinedload(TeamFounding.parent))
    )


def waiting_requests(scope: Scope) -> list[TeamRequest]:
    """Return who waits to be let into a team of this member of staff, the longest wait first."""
    statement = _requests().where(
        TeamRequest.state == RequestState.WAITING, organisations.in_scope(scope)
    )
    return list(db.session.scalars(statement.order_by(TeamRequest.id)))


def waiting_foundings(scope: Scope) -> list[TeamFounding]:
    """Return the teams that wait to be founded below what this member of staff answers for."""
    statement = _foundings().where(
        TeamFounding.state == RequestState.WAITING, organisations.in_scope(scope)
    )
    return list(db.session.scalars(statement.order_by(TeamFounding.id)))


def request_by_id(request_id: int) -> TeamRequest:
    """Return what somebody asks a team for.

    Raises:
        NotFoundError: There is none.
    """
    return there(db.session.get(TeamRequest, request_id))


def founding_by_id(founding_id: int) -> TeamFounding:
    """Return the wish to found a team.

    Raises:
        NotFoundError: There is none.
    """
    return there(db.session.get(TeamFounding, founding_id))


def own_request(asked: TeamRequest, person_id: int) -> TeamRequest:
    """Return what somebody asks a team for, if it is this person.

    Raises:
        NotFoundError: It is somebody else.
    """
    return there(asked if asked.person_id == person_id else None)


def own_founding(asked: TeamFounding, person_id: int) -> TeamFounding:
    """Return the wish to found a team, if it is this person's.

    Raises:
        NotFoundError: It is somebody else's.
    """
    return there(asked if asked.person_id == person_id else None)


def there(found: Row | None) -> Row:
    """Return what was looked for.

    Raises:
        NotFoundError: There is none.
    """
    if found is None:
        raise NotFoundError
    return found


def request_for_staff(request_id: int, scope: Scope) -> TeamRequest:
    """Return what somebody asks a team for, for whoever answers for the team.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    statement = _requests().where(TeamRequest.id == request_id, organisations.in_scope(scope))
    return there(db.session.scalar(statement))


def founding_for_staff(founding_id: int, scope: Scope) -> TeamFounding:
    """Return the wish to found a team, for whoever answers for what it would stand below.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    statement = _foundings().where(TeamFounding.id == founding_id, organisations.in_scope(scope))
    return there(db.session.scalar(statement))


def lock_request(request_id: int) -> TeamRequest:
    """Return it, held until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    return _held(select(TeamRequest).where(TeamRequest.id == request_id), TeamRequest)


def lock_founding(founding_id: int) -> TeamFounding:
    """Return it, held until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    return _held(select(TeamFounding).where(TeamFounding.id == founding_id), TeamFounding)


def lock_invite(invite_id: int) -> TeamInvite:
    """Return it, held until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    return _held(select(TeamInvite).where(TeamInvite.id == invite_id), TeamInvite)


def _held(statement: Select[Row], of: type[Row]) -> Row:
    held = statement.with_for_update(of=of).execution_options(populate_existing=True)
    return there(db.session.scalar(held))


def waits(person_id: int, team_id: int) -> TeamRequest | None:
    """Return what somebody asked this team for and waits on, or None."""
    statement = select(TeamRequest).where(
        TeamRequest.person_id == person_id,
        TeamRequest.organisation_id == team_id,
        TeamRequest.state == RequestState.WAITING,
    )
    return db.session.scalar(statement)


def requests_to(team_id: int) -> list[TeamRequest]:
    """Return what people ask a team for and wait on, held until the transaction ends."""
    statement = select(TeamRequest).where(
        TeamRequest.organisation_id == team_id, TeamRequest.state == RequestState.WAITING
    )
    return list(db.session.scalars(statement.order_by(TeamRequest.id).with_for_update()))


def foundings_below(parent_id: int) -> list[TeamFounding]:
    """Return the teams that people want to found below one, held until the transaction ends."""
    statement = select(TeamFounding).where(
        TeamFounding.parent_id == parent_id, TeamFounding.state == RequestState.WAITING
    )
    return list(db.session.scalars(statement.order_by(TeamFounding.id).with_for_update()))


def requests_of(person_id: int) -> list[TeamRequest]:
    """Return what somebody asks teams for and was not answered yet."""
    statement = _requests().where(
        TeamRequest.person_id == person_id, TeamRequest.state == RequestState.WAITING
    )
    return list(db.session.scalars(statement.order_by(TeamRequest.id)))


def foundings_of(person_id: int) -> list[TeamFounding]:
    """Return the teams somebody wants to found and was not answered about yet."""
    statement = _foundings().where(
        TeamFounding.person_id == person_id, TeamFounding.state == RequestState.WAITING
    )
    return list(db.session.scalars(statement.order_by(TeamFounding.id)))


def founding_waits(person_id: int, name: str) -> TeamFounding | None:
    """Return the same wish of the same person, if it still waits."""
    statement = select(TeamFounding).where(
        TeamFounding.person_id == person_id,
        TeamFounding.name == name,
        TeamFounding.state == RequestState.WAITING,
    )
    return db.session.scalar(statement)


def invite_by_id(invite_id: int) -> TeamInvite:
    """Return a link into a team.

    Raises:
        NotFoundError: There is none.
    """
    statement = (
        select(TeamInvite)
        .where(TeamInvite.id == invite_id)
        .options(joinedload(TeamInvite.organisation))
    )
    return there(db.session.scalar(statement))


def invite_for_staff(invite_id: int, scope: Scope) -> TeamInvite:
    """Return a link into a team, for whoever answers for the team.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    statement = (
        select(TeamInvite)
        .join(TeamInvite.organisation)
        .where(TeamInvite.id == invite_id, organisations.in_scope(scope))
        .options(joinedload(TeamInvite.organisation))
    )
    return there(db.session.scalar(statement))


def invites_of(team_id: int) -> list[TeamInvite]:
    """Return the links into a team that were not taken back, the newest first."""
    statement = (
        select(TeamInvite)
        .where(TeamInvite.organisation_id == team_id, TeamInvite.revoked_at.is_(None))
        .order_by(TeamInvite.id.desc())
    )
    return list(db.session.scalars(statement.limit(20)))
