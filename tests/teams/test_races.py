"""A leader removed while approving, and the last place of a link: one of the two, never both."""

from __future__ import annotations

from collections import Counter
from threading import Event, Thread

import pytest
from sqlalchemy import select

from tests import factories
from tests.concurrency.races import PATIENCE_S, all_together, without_locks
from tests.factories import NOON
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.actions import FoundingDraft
from volunteer_hub.teams.errors import InviteOverError

MOMENT_S = 0.2  # in which whoever is not held back would long be done


@pytest.fixture
def tree(app):
    """Return ids: a team, its leader, who may take that away, and what waits to be decided."""
    unit = factories.organisation()
    team = factories.team(unit)
    leader = factories.organiser(team, function=Function.TEAM_LEADER).id
    above, applicant = factories.organiser(unit).id, factories.person().id
    draft = FoundingDraft(parent_id=team.id, rank=Rank.COMPANY, name="新大队",
                          region_code="210682", purpose="讲课", reason="人多")  # fmt: skip
    with transaction():
        joins = actions.ask_to_join(applicant, team.id, "", now=NOON).id
        founds = actions.ask_to_found(draft, by=applicant, now=NOON).id
    return {"team": team.id, "leader": leader, "above": above, "join": joins, "found": founds}


def remove(tree):
    actions.name_function(tree["team"], tree["leader"], Function.MEMBER, by=tree["above"], now=NOON)


def approve(tree, what):
    answer = actions.answer_request if what == "join" else actions.answer_founding
    answer(tree[what], "", accepts=True, by=tree["leader"], now=NOON)


def removed_while_deciding(app, tree, what, monkeypatch):
    """Let the leader be removed after their right was looked up; return whether that got through.

    Whoever approves waits until the removal is kept, or the moment is over in which it would be.
    """
    has_read, is_removed, hold = Event(), Event(), organisations.hold_rights
    was_in_time = []

    def slow(person_id):
        scope = hold(person_id)
        if person_id == tree["leader"]:
            has_read.set()
            was_in_time.append(is_removed.wait(MOMENT_S))
        return scope

    def removing():
        with app.app_context():
            has_read.wait(PATIENCE_S)
            with transaction():
                remove(tree)
            is_removed.set()
            db.session.remove()

    monkeypatch.setattr(organisations, "hold_rights", slow)
    thread = Thread(target=removing)
    thread.start()
    try:
        with transaction():
            approve(tree, what)
    finally:
        thread.join(PATIENCE_S)
    return was_in_time[0]


@pytest.mark.parametrize("what", ["join", "found"])
def test_a_leader_who_approves_is_removed_afterwards(app, tree, what, monkeypatch):
    assert removed_while_deciding(app, tree, what, monkeypatch) is False
    assert organisations.scope_of(tree["leader"]).organisation_ids == frozenset()


def test_without_locks_a_removed_leader_would_approve(app, tree, monkeypatch):
    with without_locks(monkeypatch):
        assert removed_while_deciding(app, tree, "join", monkeypatch) is True


@pytest.mark.parametrize("what", ["join", "found"])
def test_a_leader_who_was_removed_approves_nothing(app, tree, what):
    with transaction():
        remove(tree)
    with pytest.raises(NotFoundError), transaction():
        approve(tree, what)


@pytest.mark.parametrize("what", ["join", "found"])
def test_whatever_comes_first_the_other_sees_it(app, tree, what):
    results = all_together(app, [lambda: approve(tree, what), lambda: remove(tree)])

    assert results[1] is None
    noted = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    answers = [note for note in noted if note.startswith("team.answer")]
    if isinstance(results[0], NotFoundError):
        assert answers == []
    else:
        assert results[0] is None
        assert noted.index(answers[0]) < len(noted) - 1 - noted[::-1].index("organisation.member")


def test_a_link_lets_in_no_more_than_it_may(app, tree):
    with transaction():
        link = actions.invite(tree["team"], days=7, most_uses=2, by=tree["leader"], now=NOON).id
    people = [factories.person().id for _ in range(5)]

    results = all_together(
        app, [lambda who=who: actions.accept(link, by=who, now=NOON) for who in people]
    )

    assert Counter(map(type, results)) == {int: 2, InviteOverError: 3}
    assert queries.invite_by_id(link).uses == 2


def test_one_wish_asked_for_many_times_at_once_waits_once(app, tree):
    who = factories.person().id
    results = all_together(
        app, [lambda: actions.ask_to_join(who, tree["team"], "", now=NOON).id for _ in range(4)]
    )
    assert sum(isinstance(each, int) for each in results) == 1
    assert len(queries.requests_of(who)) == 1
