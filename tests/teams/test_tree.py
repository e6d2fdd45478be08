"""Rights follow the tree, and nothing of another branch is found."""

from __future__ import annotations

import pytest

from tests import factories
from volunteer_hub.core.access import Role
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.teams import queries
from volunteer_hub.teams.rules import Branch, in_tree_order, may_name, ranks_below


@pytest.fixture
def tree(app):
    unit = factories.organisation("科协")
    top = factories.team(unit, "支队")
    left, right = (factories.team(top, name, Rank.COMPANY) for name in ("左大队", "右大队"))
    return {
        "unit": unit, "top": top, "left": left, "right": right,
        "leaf": factories.team(left, "左分队", Rank.SQUAD),
        "other unit": factories.organisation("下属单位"),
    }  # fmt: skip


def named(tree, found):
    return {name for name, one in tree.items() if one.id in found}


@pytest.mark.parametrize(
    ("where", "function", "seen"),
    [
        ("unit", Function.ORGANISER, {"unit", "top", "left", "right", "leaf"}),
        ("top", Function.TEAM_LEADER, {"top", "left", "right", "leaf"}),
        ("left", Function.DEPUTY, {"left", "leaf"}),
        ("leaf", Function.TEAM_LEADER, {"leaf"}),
        ("left", Function.MEMBER, set()),
    ],
)
def test_a_function_holds_for_what_stands_below(tree, where, function, seen):
    who = factories.organiser(tree[where], function=function)

    scope = organisations.scope_of(who.id)

    assert named(tree, scope.organisation_ids) == seen
    assert named(tree, scope.team_ids) == (set() if function is Function.ORGANISER else seen)
    assert named(tree, scope.own_ids) == ({where} if seen else set())
    assert {twig.team.id for twig in queries.tree_for_staff(scope)} == scope.organisation_ids


def test_a_unit_below_a_unit_is_its_own(tree):
    below = tree["other unit"]
    below.parent_id = tree["unit"].id
    who = factories.organiser(tree["unit"])
    assert below.id not in organisations.scope_of(who.id).organisation_ids


def test_a_deputy_is_a_leader_to_every_page(tree):
    who = factories.organiser(tree["left"], function=Function.DEPUTY)
    assert organisations.roles_of(who.id) == {Role.TEAM_LEADER}


def test_an_organiser_of_what_is_above_is_no_mere_leader_below(tree):
    who = factories.organiser(tree["unit"])
    factories.member(factories.volunteer(who=who), tree["leaf"])
    organisations.find_membership(who.id, tree["leaf"].id).function = Function.TEAM_LEADER
    assert organisations.scope_of(who.id).team_ids == frozenset()


def test_a_leader_finds_the_people_and_events_of_lower_teams_and_of_no_other(client, tree):
    mine, theirs = factories.volunteer("林左边"), factories.volunteer("赵右边")
    factories.member(mine, tree["leaf"])
    factories.member(theirs, tree["right"])
    own, other = factories.event("左边讲课", of=tree["leaf"]), factories.event(of=tree["right"])
    client.sign_in(factories.organiser(tree["left"], function=Function.TEAM_LEADER))

    desk = client.get("/organise/volunteers").text
    assert "林左边" in desk
    assert "赵右边" not in desk
    answers = {
        path: client.get(path).status_code
        for path in (
            f"/organise/volunteers/{mine.id}",
            f"/organise/volunteers/{theirs.id}",
            f"/organise/events/{own.id}",
            f"/organise/events/{other.id}",
            f"/organise/teams/{tree['leaf'].id}",
            f"/organise/teams/{tree['right'].id}",
            f"/organise/teams/{tree['top'].id}",
        )
    }
    assert list(answers.values()) == [200, 404, 200, 404, 200, 404, 404]


def test_ranks_go_down():
    assert ranks_below(None) == ("detachment", "company", "squad")
    assert ranks_below("company") == ("squad",)
    assert ranks_below("squad") == ()


def test_what_is_below_stands_after_its_parent_and_a_circle_stands_alone():
    parents = {1: None, 2: 1, 3: 2, 4: 1, 5: 99, 6: 7, 7: 6}
    assert in_tree_order(parents, [4, 1, 2, 3, 5, 6, 7]) == [
        Branch(1, 0), Branch(4, 1), Branch(2, 1), Branch(3, 2), Branch(5, 0), Branch(6, 0),
        Branch(7, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "was", "is_above", "is_leader", "may"),
    [
        ("deputy", "member", False, True, True),
        ("member", "deputy", False, True, True),
        ("member", "team_leader", False, True, False),
        ("organiser", "member", False, True, False),
        ("deputy", "member", False, False, False),
        ("team_leader", "member", True, False, True),
    ],
)
def test_who_names_whom(function, was, is_above, is_leader, may):
    assert may_name(function, is_above=is_above, is_leader=is_leader, was=was) is may
