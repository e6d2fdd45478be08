"""Teams: joined and left by one's own wish, and what their leaders see of whom."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import NOON
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions, queries
from volunteer_hub.organisations.models import Function
from volunteer_hub.teams import actions as teams


@pytest.fixture
def team(app):
    return factories.organisation("银杏服务队")


@pytest.fixture
def leader(team):
    return factories.organiser(team, name="陈带队", function=Function.TEAM_LEADER)


def in_team(team, name):
    made = factories.volunteer(who=factories.person(name))
    with transaction():
        teams.join_team(made.person_id, team.id, now=NOON)
    return made


def test_a_volunteer_joins_a_team_sees_it_and_leaves_it(client, team):
    who = factories.volunteer().person
    client.sign_in(who)
    assert "还没有加入服务队" in client.get("/me/teams").text

    assert client.post("/me/teams", data={"organisation_id": team.id}).status_code == 302
    page = client.get("/me/teams").text
    assert "银杏服务队" in page
    assert f"/me/teams/{team.id}/leave" in page
    for _ in range(2):
        assert client.post(f"/me/teams/{team.id}/leave").status_code == 302
    assert queries.memberships_of(who.id) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请选择您的单位或服务队"),
        ("９９９", "请从列表里选择一项"),
        ("999999", "请从列表里选择一项"),
        ("😀" * 500, "请从列表里选择一项"),
        ("-1", "请从列表里选择一项"),
    ],
)
def test_what_is_no_team_is_refused(client, team, typed, said):
    client.sign_in(factories.person())
    answer = client.post("/me/teams", data={"organisation_id": typed})
    assert answer.status_code == 422
    assert said in answer.text


def test_joining_and_leaving_never_takes_a_function_away(client, team, leader):
    with transaction():
        teams.join_team(leader.id, team.id, now=NOON)
    client.sign_in(leader)
    assert client.post(f"/me/teams/{team.id}/leave").status_code == 409
    assert queries.scope_of(leader.id).team_ids == {team.id}


def test_a_stale_page_joins_nothing_and_a_stranger_is_asked_to_sign_in(client, team):
    assert client.get("/me/teams").location.startswith("/sign-in")
    who = factories.person()
    client.sign_in(who)
    answer = client.post("/me/teams", data={"organisation_id": team.id}, csrf=False)
    assert answer.status_code == 422
    assert "页面打开太久了" in answer.text
    assert queries.memberships_of(who.id) == []


def test_a_leader_sees_the_team_and_nobody_else(client, team, leader):
    mine, other = in_team(team, "林队员"), factories.volunteer(who=factories.person("赵外人"))
    client.sign_in(leader)

    page = client.get("/organise/volunteers").text
    assert "林队员" in page
    assert "赵外人" not in page
    assert "银杏服务队" in client.get(f"/organise/volunteers/{mine.id}").text
    assert client.get(f"/organise/volunteers/{other.id}").status_code == 404


def test_a_leader_who_is_an_organiser_elsewhere_sees_everybody(client, team, leader):
    factories.volunteer(who=factories.person("赵外人"))
    with transaction():
        elsewhere = factories.organisation().id
        actions.add_member(leader.id, elsewhere, Function.ORGANISER, by=None, now=NOON)
    client.sign_in(leader)
    assert "赵外人" in client.get("/organise/volunteers").text


def test_a_leader_finds_and_asks_only_the_team(client, at, team, leader):
    at(NOON)
    post = factories.post(factories.shift(factories.event(of=team)))
    event_id = post.shift.event_id
    mine, other = in_team(team, "林队员"), factories.volunteer(who=factories.person("林外人"))
    client.sign_in(leader)
    address = f"/organise/events/{event_id}"

    for page in (f"{address}/match", f"{address}/roster?q=林"):
        text = client.get(page).text
        assert "林队员" in text
        assert "林外人" not in text
    to_add = {"post_id": post.id, "how": "phone"}
    answers = [
        client.post(f"{address}/roster/add", data={**to_add, "volunteer_id": other.id}),
        client.post(f"{address}/roster/add", data={**to_add, "volunteer_id": mine.id}),
        client.post(f"{address}/invite", data={"proposed": f"{post.id}:{other.id}"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 302, 404]


def test_an_empty_team_says_how_people_get_into_it(client, team, leader):
    client.sign_in(leader)
    page = client.get("/organise/volunteers").text
    assert "我的服务队" in page
    assert "0 位队员" in client.get("/organise").text
