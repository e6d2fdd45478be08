"""Founding, joining, links, going over, leaving, dissolving: who may, and what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.recognition.models import HoursKind, ServiceRecord
from volunteer_hub.teams import actions, queries
from volunteer_hub.teams.actions import FoundingDraft
from volunteer_hub.teams.errors import (
    DecidedError,
    InviteOverError,
    KeepsFunctionError,
    NameTakenError,
    OwnFunctionError,
    OwnRequestError,
    TeamDissolvedError,
    TeamsBelowError,
    TooYoungError,
    WaitsAlreadyError,
    WrongRankError,
)
from volunteer_hub.teams.rules import Ending, RequestState
from volunteer_hub.volunteers.models import Volunteer


@pytest.fixture
def unit(app):
    return factories.organisation("银杏科协")


@pytest.fixture
def team(unit):
    return factories.team(unit, "银杏支队")


@pytest.fixture
def leader(team):
    return factories.organiser(team, name="陈带队", function=Function.TEAM_LEADER)


def act(action, *args, **kwargs):
    with transaction():
        return action(*args, now=NOON, **kwargs)


def draft(parent, rank=Rank.COMPANY, name="银杏大队", region_code="210682118"):
    return FoundingDraft(
        parent_id=parent.id, rank=rank, name=name, region_code=region_code, purpose="讲课",
        reason="有二十个人",
    )  # fmt: skip


def in_team(team, function=Function.MEMBER):
    who = factories.person()
    factories.member(factories.volunteer(who=who), team)
    membership = organisations.find_membership(who.id, team.id)
    membership.function = function
    db.session.commit()
    return who


def told(kind):
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))
    return [(row.recipient_id, row.params) for row in rows]


class TestFounding:
    def test_whoever_answers_for_the_parent_decides_and_the_applicant_leads(self, team, leader):
        applicant = factories.person("苏申请")
        asked = act(actions.ask_to_found, draft(team), by=applicant.id)
        assert [to for to, _ in told("team_asked")] == [leader.id]

        act(actions.answer_founding, asked.id, "好", accepts=True, by=leader.id)

        made = organisations.find_organisation("银杏大队")
        assert (made.rank, made.parent_id, made.is_open) == (Rank.COMPANY, team.id, False)
        assert organisations.find_membership(applicant.id, made.id).function == "team_leader"
        assert told("team_answered")[0][1]["outcome"] == "founded"
        assert made.id in organisations.scope_of(leader.id).team_ids

    def test_nobody_decides_their_own(self, team, leader):
        asked = act(actions.ask_to_found, draft(team), by=leader.id)
        with pytest.raises(OwnRequestError):
            act(actions.answer_founding, asked.id, "", accepts=True, by=leader.id)
        # With nobody else in the team and none at the unit, the office of the county is told.
        office = factories.office("210682")
        other = act(actions.ask_to_found, draft(team, name="另一队"), by=leader.id)
        assert told("team_asked")[-1][0] == office.id
        act(actions.answer_founding, other.id, "", accepts=True, by=office.id)
        assert organisations.find_organisation("另一队") is not None

    def test_it_is_decided_once_and_by_nobody_of_another_branch(self, unit, team, leader):
        stranger = factories.organiser(factories.team(unit), function=Function.TEAM_LEADER)
        asked = act(actions.ask_to_found, draft(team), by=factories.person().id)
        with pytest.raises(NotFoundError):
            act(actions.answer_founding, asked.id, "", accepts=True, by=stranger.id)
        act(actions.answer_founding, asked.id, "", accepts=False, by=leader.id)
        with pytest.raises(DecidedError):
            act(actions.answer_founding, asked.id, "", accepts=True, by=leader.id)
        assert organisations.find_organisation("银杏大队") is None

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"rank": Rank.DETACHMENT}, WrongRankError),
            ({"name": "银杏支队"}, NameTakenError),
            ({"region_code": "210681"}, NotFoundError),
        ],
    )
    def test_what_does_not_fit_is_refused(self, team, change, error):
        with pytest.raises(error):
            act(actions.ask_to_found, draft(team, **change), by=factories.person().id)

    def test_a_name_taken_meanwhile_is_refused_when_it_is_decided(self, team, leader):
        first, second = (
            act(actions.ask_to_found, draft(team), by=factories.person().id) for _ in range(2)
        )
        act(actions.answer_founding, first.id, "", accepts=True, by=leader.id)
        with pytest.raises(NameTakenError):
            act(actions.answer_founding, second.id, "", accepts=True, by=leader.id)

    def test_a_child_leads_nothing(self, team, leader):
        child = factories.volunteer()
        child.birth_year, child.birth_month = 2012, 1
        db.session.commit()
        with pytest.raises(TooYoungError):
            act(actions.ask_to_found, draft(team), by=child.person_id)
        factories.member(child, team)
        office = factories.office("210682")
        with pytest.raises(TooYoungError):
            act(actions.name_function, team.id, child.person_id, Function.DEPUTY, by=office.id)

    def test_asked_twice_it_waits_once_and_can_be_taken_back(self, team):
        by = factories.person().id
        asked = act(actions.ask_to_found, draft(team), by=by)
        with pytest.raises(WaitsAlreadyError):
            act(actions.ask_to_found, draft(team), by=by)
        with pytest.raises(NotFoundError):
            act(actions.withdraw_founding, asked.id, by=factories.person().id)
        for _ in range(2):
            act(actions.withdraw_founding, asked.id, by=by)
        assert queries.foundings_of(by) == []


class TestJoining:
    def test_a_team_lets_in_whom_its_leader_accepts(self, team, leader):
        who = factories.person()
        asked = act(actions.ask_to_join, who.id, team.id, "会讲课")
        assert organisations.find_membership(who.id, team.id) is None
        with pytest.raises(WaitsAlreadyError):
            act(actions.ask_to_join, who.id, team.id, "")

        act(actions.answer_request, asked.id, "欢迎", accepts=True, by=leader.id)

        assert organisations.find_membership(who.id, team.id).function is Function.MEMBER
        assert told("team_answered") == [
            (who.id, {"team": "银杏支队", "outcome": "accepted", "answer": "欢迎",
                      "path": "/me/teams"})
        ]  # fmt: skip

    def test_an_open_unit_needs_nobody(self, unit):
        assert act(actions.ask_to_join, factories.person().id, unit.id, "") is None

    def test_nobody_lets_themselves_in(self, unit, team):
        organiser = factories.organiser(unit)
        asked = act(actions.ask_to_join, organiser.id, team.id, "")
        with pytest.raises(OwnRequestError):
            act(actions.answer_request, asked.id, "", accepts=True, by=organiser.id)

    def test_a_deputy_decides_as_well_and_another_branch_does_not(self, unit, team):
        asked = act(actions.ask_to_join, factories.person().id, team.id, "")
        stranger = factories.organiser(factories.team(unit), function=Function.TEAM_LEADER)
        with pytest.raises(NotFoundError):
            act(actions.answer_request, asked.id, "", accepts=True, by=stranger.id)
        deputy = in_team(team, Function.DEPUTY)
        act(actions.answer_request, asked.id, "", accepts=False, by=deputy.id)
        assert db.session.get(type(asked), asked.id).state is RequestState.DECLINED

    def test_one_may_belong_to_several(self, unit, team):
        who = factories.person()
        for each in (unit, factories.organisation()):
            act(actions.join_team, who.id, each.id)
        assert len(organisations.memberships_of(who.id)) == 2


class TestLinks:
    def test_a_link_lets_in_and_is_counted(self, team, leader):
        link = act(actions.invite, team.id, days=7, most_uses=2, by=leader.id)
        people = [factories.person() for _ in range(3)]
        for who in (people[0], people[0], people[1]):
            act(actions.accept, link.id, by=who.id)
        with pytest.raises(InviteOverError):
            act(actions.accept, link.id, by=people[2].id)
        assert queries.invite_by_id(link.id).uses == 2

    def test_it_ends_and_is_taken_back(self, team, leader):
        link = act(actions.invite, team.id, days=1, most_uses=9, by=leader.id)
        with pytest.raises(InviteOverError), transaction():
            actions.accept(link.id, by=factories.person().id, now=NOON + timedelta(days=1))
        act(actions.revoke, link.id, by=leader.id)
        with pytest.raises(InviteOverError):
            act(actions.accept, link.id, by=factories.person().id)

    def test_only_whoever_answers_for_the_team_makes_and_takes_back(self, unit, team, leader):
        stranger = factories.organiser(factories.team(unit), function=Function.TEAM_LEADER)
        link = act(actions.invite, team.id, days=1, most_uses=9, by=leader.id)
        for action, args in ((actions.invite, (team.id,)), (actions.revoke, (link.id,))):
            more = {"days": 1, "most_uses": 1} if action is actions.invite else {}
            with pytest.raises(NotFoundError):
                act(action, *args, by=stranger.id, **more)

    def test_whoever_waits_and_comes_by_a_link_waits_no_more(self, team, leader):
        who = factories.person()
        act(actions.ask_to_join, who.id, team.id, "")
        link = act(actions.invite, team.id, days=1, most_uses=9, by=leader.id)
        act(actions.accept, link.id, by=who.id)
        assert queries.requests_of(who.id) == []


class TestGoing:
    def test_going_over_keeps_hours_and_history(self, unit, team, leader):
        there = factories.team(unit, "望江支队")
        head = factories.organiser(there, function=Function.TEAM_LEADER)
        who = in_team(team)
        record = _served(who, team)
        asked = act(actions.ask_to_join, who.id, there.id, "搬家了", leaving=team.id)
        assert organisations.find_membership(who.id, team.id) is not None

        act(actions.answer_request, asked.id, "", accepts=True, by=head.id)

        assert [each.organisation_id for each in organisations.memberships_of(who.id)] == [there.id]
        past = queries.past_of(who.id)
        assert [(each.organisation_id, each.ending) for each in past] == [
            (team.id, Ending.TRANSFERRED)
        ]
        kept = db.session.get(ServiceRecord, record)
        assert (kept.minutes, kept.organisation_name) == (90, "银杏支队")

    def test_whoever_leads_neither_leaves_nor_goes_over(self, unit, team, leader):
        there = factories.team(unit)
        with pytest.raises(KeepsFunctionError):
            act(actions.leave_team, leader.id, team.id)
        with pytest.raises(KeepsFunctionError):
            act(actions.ask_to_join, leader.id, there.id, "", leaving=team.id)
        with pytest.raises(NotFoundError):
            act(actions.ask_to_join, factories.person().id, there.id, "", leaving=team.id)

    def test_whoever_is_taken_out_is_told_why(self, team, leader):
        who = in_team(team)
        act(actions.remove_member, team.id, who.id, "半年没来", by=leader.id)
        assert told("team_changed")[0][1]["why"] == "半年没来"
        assert [each.ending for each in queries.past_of(who.id)] == [Ending.REMOVED]
        with pytest.raises(NotFoundError):
            act(actions.remove_member, team.id, who.id, "", by=leader.id)


def _served(who, team):
    event = factories.event(of=team, starts_at=NOON - timedelta(days=2))
    volunteer = db.session.scalars(select(Volunteer).where(Volunteer.person_id == who.id)).one()
    place = factories.assignment(factories.post(factories.shift(event)), volunteer)
    row = ServiceRecord(
        volunteer_id=volunteer.id, assignment_id=place.id, event_id=event.id,
        event_title=event.title, served_at=NOON, place="x", content="讲解", planned_minutes=90,
        organisation_name=team.name, responsible_name="x", minutes=90, kind=HoursKind.TIMED,
        confirmed_at=NOON, confirmed_by_id=who.id, working={},
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row.id


class TestFunctions:
    def test_a_leader_names_deputies_and_those_above_name_leaders(self, unit, team, leader):
        who, above = in_team(team), factories.organiser(unit)
        act(actions.name_function, team.id, who.id, Function.DEPUTY, by=leader.id)
        assert who.id in {mate.person_id for mate in queries.leaders(team.id, today=NOON.date())}
        with pytest.raises(NotFoundError):
            act(actions.name_function, team.id, who.id, Function.TEAM_LEADER, by=leader.id)
        act(actions.name_function, team.id, who.id, Function.TEAM_LEADER, by=above.id)
        act(actions.name_function, team.id, leader.id, Function.MEMBER, by=above.id)
        assert organisations.scope_of(leader.id).organisation_ids == frozenset()
        changes = [params["change"] for _, params in told("team_changed")]
        assert changes == ["deputy", "team_leader", "member"]

    def test_nobody_names_themselves_and_a_deputy_names_nobody(self, unit, team):
        above, deputy, who = (
            factories.organiser(unit),
            in_team(team, Function.DEPUTY),
            in_team(team),
        )
        factories.member(factories.volunteer(who=above), team)
        with pytest.raises(OwnFunctionError):
            act(actions.name_function, team.id, above.id, Function.TEAM_LEADER, by=above.id)
        with pytest.raises(NotFoundError):
            act(actions.name_function, team.id, who.id, Function.DEPUTY, by=deputy.id)


class TestDissolving:
    def test_members_are_told_and_nothing_else_goes(self, unit, team, leader):
        who, above = in_team(team), factories.organiser(unit)
        act(actions.ask_to_join, factories.person().id, team.id, "")
        below = act(actions.ask_to_found, draft(team), by=factories.person().id)
        event = factories.event(of=team, by=leader)

        act(actions.dissolve, team.id, "并入市级", by=above.id)

        assert {to for to, _ in told("team_changed")} == {who.id, leader.id}
        assert organisations.scope_of(leader.id).organisation_ids == frozenset()
        assert team.id in organisations.scope_of(above.id).organisation_ids
        assert db.session.get(type(event), event.id).organisation_id == team.id
        assert {params["outcome"] for _, params in told("team_answered")} == {
            "declined", "not_founded"
        }  # fmt: skip
        with pytest.raises(TeamDissolvedError):
            act(actions.ask_to_join, factories.person().id, team.id, "")
        with pytest.raises(DecidedError):
            act(actions.answer_founding, below.id, "", accepts=True, by=above.id)

    def test_not_by_its_own_leader_and_not_with_teams_below(self, unit, team, leader):
        with pytest.raises(NotFoundError):
            act(actions.dissolve, team.id, "", by=leader.id)
        factories.team(team, rank=Rank.COMPANY)
        with pytest.raises(TeamsBelowError):
            act(actions.dissolve, team.id, "", by=factories.organiser(unit).id)
