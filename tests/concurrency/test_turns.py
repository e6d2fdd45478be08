"""What no row stands for yet, so that there is nothing to lock: whoever decides it takes a turn.

Each without the turns first: both look, both find nothing, and the second one's row is one too
many, which only the database says.
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.concurrency.races import all_together, meet_after, without_locks
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import queries as assignments
from volunteer_hub.assignments.actions import plan_reminders
from volunteer_hub.assignments.rules import Step
from volunteer_hub.organisations import actions as teams
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Function
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources import actions as things
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources.drafts import ResourceDraft
from volunteer_hub.resources.errors import UnsoundResourceError
from volunteer_hub.resources.rules import Kind
from volunteer_hub.teams import actions as joining_teams

MANY = 8


@pytest.fixture
def naming(app):
    """Return a work that adds a caravan of one name, where that looks, and what the others get."""
    of = factories.organisation()
    draft = ResourceDraft(organisation_id=of.id, kind=Kind.VEHICLE, name="大篷车")
    scope = scope_of(factories.organiser(of).id)

    def work():
        return things.add_resource(draft, scope=scope, now=NOON).id

    return work, (resources, "find_twin"), {int: 1, UnsoundResourceError: MANY - 1}


@pytest.fixture
def planning(app):
    """Return a work that sets the reminders of one campaign, and so on."""
    by = factories.office().id

    def work():
        plan_reminders("caravan", (Step(lead=HOUR, asks=True),), by=by, now=NOON)

    return work, (assignments, "find_plan"), {type(None): MANY}


@pytest.fixture
def joining(app):
    """Return a work that makes one person a member, and so on."""
    person_id, team_id = factories.volunteer().person_id, factories.organisation().id

    def work():
        teams.add_member(person_id, team_id, Function.MEMBER, by=None, now=NOON)

    return work, (organisations, "lock_membership"), {type(None): MANY}


@pytest.mark.parametrize("deciding", ["naming", "planning", "joining"])
class TestTurns:
    def test_without_them_one_gets_an_error_for_an_answer(
        self, app, request, monkeypatch, deciding
    ):
        work, looking, _good = request.getfixturevalue(deciding)
        with without_locks(monkeypatch):
            meet_after(monkeypatch, *looking)
            outcomes = Counter(map(type, all_together(app, [work] * 2)))

        assert outcomes[IntegrityError] == 1

    def test_with_them_everybody_gets_a_good_one(self, app, request, deciding):
        work, _looking, good = request.getfixturevalue(deciding)

        assert Counter(map(type, all_together(app, [work] * MANY))) == good


def test_who_runs_a_team_is_not_made_a_plain_member_by_joining_meanwhile(app):
    person_id, team_id = factories.volunteer().person_id, factories.organisation().id

    def join():
        joining_teams.join_team(person_id, team_id, now=NOON)

    def promote():
        teams.add_member(person_id, team_id, Function.TEAM_LEADER, by=None, now=NOON)

    results = all_together(app, [join, promote, join, promote])

    assert not [each for each in results if isinstance(each, Exception)]
    found = organisations.find_membership(person_id, team_id)
    assert found.function is Function.TEAM_LEADER
