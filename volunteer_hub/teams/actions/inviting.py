"""Links into a team: made, shown as a code, used, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.organisations import actions as organisations
from volunteer_hub.organisations import queries as units
from volunteer_hub.organisations.rules import Function
from volunteer_hub.teams import queries
from volunteer_hub.teams.actions.belonging import settle_waiting
from volunteer_hub.teams.errors import InviteOverError, TeamDissolvedError
from volunteer_hub.teams.models import TeamInvite
from volunteer_hub.teams.rules import invite_ends, is_invite_good

INVITE: Final = "team"


def invite(team_id: int, *, days: int, most_uses: int, by: int, now: datetime) -> TeamInvite:
    """Make a link into a team.

    Args:
        team_id: Of the team.
        days: How long it is good.
        most_uses: How many people may join by it.
        by: Who makes it.
        now: When.

    Raises:
        NotFoundError: There is no such team, or it is not the business of whoever makes it.
        TeamDissolvedError: There is no such team any more.
    """
    units.lock_organisation(team_id)
    team = queries.team_for_staff(team_id, units.hold_rights(by))
    if team.dissolved_at is not None:
        raise TeamDissolvedError
    made = TeamInvite(
        organisation_id=team_id,
        made_by_id=by,
        made_at=now,
        expires_at=invite_ends(days, now=now),
        most_uses=most_uses,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("team.invite", made, by=by, now=now, details={"most_uses": most_uses})
    return made


def accept(invite_id: int, *, by: int, now: datetime) -> int:
    """Join a team by a link to it; who belongs to it already uses nothing up.

    Returns:
        The id of the team.

    Raises:
        NotFoundError: There is no such link.
        InviteOverError: It is good no more, or the team is dissolved.
    """
    team = units.lock_organisation(queries.invite_by_id(invite_id).organisation_id)
    link = queries.lock_invite(invite_id)
    organisations.take_turns_about(by, team.id)
    if units.find_membership(by, team.id) is not None:
        return team.id
    if team.dissolved_at is not None or not is_good(link, now=now):
        raise InviteOverError
    link.uses += 1
    organisations.add_member(by, team.id, Function.MEMBER, by=by, now=now)
    settle_waiting(by, team.id, by=by, now=now)
    audit.record("team.use_invite", link, by=by, now=now)
    return team.id


def is_good(link: TeamInvite, *, now: datetime) -> bool:
    """Tell whether a link may be used once more."""
    return is_invite_good(
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
        uses=link.uses,
        most=link.most_uses,
        now=now,
    )


def revoke(invite_id: int, *, by: int, now: datetime) -> TeamInvite:
    """Take a link back; twice changes nothing.

    Raises:
        NotFoundError: There is none, or it is not the business of whoever takes it back.
    """
    units.lock_organisation(queries.invite_by_id(invite_id).organisation_id)
    link = queries.lock_invite(invite_id)
    queries.invite_for_staff(invite_id, units.hold_rights(by))
    if link.revoked_at is None:
        link.revoked_at = now
        audit.record("team.revoke_invite", link, by=by, now=now)
    return link
