from __future__ import annotations

import re

import pytest

from tests import factories
from tests.assignments.pages import words
from tests.client import counted_queries
from tests.factories import NOON
from tests.planning.making import DAY, SATURDAY, fresh, invited, make_all, pairs
from volunteer_hub.assignments.models import Source, State
from volunteer_hub.core.database import db
from volunteer_hub.organisations.queries import organisation_by_id, scope_of
from volunteer_hub.planning import queries
from volunteer_hub.planning.rules import (
    Change,
    Comparison,
    PlanState,
    Row,
    Second,
    Share,
    Why,
    compare,
    gini,
    spread_of,
)


@pytest.fixture
def who(app, client, at):
    """Return an organiser who is signed in, with a post that lacks somebody."""
    at(NOON)
    of = factories.organisation()
    organiser = factories.organiser(of)
    event = factories.event(title="观鸟", of=of, by=organiser, starts_at=SATURDAY)
    factories.post(factories.shift(event), title="讲鸟的人", max_people=1)
    client.sign_in(organiser)
    return organiser


def asked(client, **data):
    """Ask for a plan on the desk's page; return its address and id."""
    page = client.get("/organise/plans")
    key = re.search(r'name="request_key"[^>]*value="(\w+)"', page.text)[1]
    answer = client.post("/organise/plans", data={"reach": "all", "request_key": key, **data})
    assert answer.status_code == 302, answer.text
    return answer.location, int(answer.location.rsplit("/", 1)[1])


def test_from_the_desk_to_the_invitation(client, who):
    factories.volunteer(name="何观鸟")
    assert "还缺 1 人" in client.get("/organise/plans?on=2026-09-12").text
    assert "没有缺人的岗位" in client.get("/organise/plans").text
    address, run_id = asked(client)

    waiting = client.get(address)
    assert waiting.headers["Refresh"] == "3"
    assert "等着排" in waiting.text
    make_all()

    done = client.get(address)
    assert "Refresh" not in done.headers
    assert "何观鸟" in done.text
    assert "已经证明：没有比它更好的排法" in done.text
    [row] = queries.rows_of(run_id)
    assert client.post(f"{address}/confirm", data={}).status_code == 422
    answer = client.post(f"{address}/confirm", data={"picked": [row.id]}, follow_redirects=True)
    assert "已向 1 人发出邀请" in answer.text
    assert "已邀请，等答复" in answer.text
    assert invited() == pairs(fresh(run_id))


def test_asking_twice_is_asking_once_and_odd_questions_come_back(client, who):
    page = client.get("/organise/plans")
    key = re.search(r'name="request_key"[^>]*value="(\w+)"', page.text)[1]
    form = {"reach": "all", "request_key": key}
    assert (
        client.post("/organise/plans", data=form).location
        == client.post("/organise/plans", data=form).location
    )
    for data, said in (
        ({"reach": "campaign"}, "请选择专项行动"),
        ({"reach": "event"}, "请从活动的“找志愿者”页"),
        ({"reach": "campaign", "campaign": "silver"}, "没有还要找人的岗位"),
    ):
        answer = client.post("/organise/plans", data=data)
        assert answer.status_code == 422
        assert said in answer.text


def test_everybody_at_once_and_what_is_in_the_way(client, who):
    [volunteer] = [factories.volunteer(name="何观鸟")]
    address, run_id = asked(client)
    make_all()
    [row] = queries.rows_of(run_id)
    factories.assignment(row.post, volunteer, state=State.DECLINED)
    assert "排的时候婉拒了" in client.get(address).text

    answer = client.post(f"{address}/confirm", data={"everything": "1"}, follow_redirects=True)
    assert "有 1 人没有发" in answer.text
    assert "没有发：婉拒或退出过这个班次" in answer.text


def test_another_plan_side_by_side(client, who):
    first, second = factories.volunteer(name="何观鸟"), factories.volunteer(name="白看鸟")
    address, run_id = asked(client)
    make_all()
    [row] = queries.rows_of(run_id)
    out = row.volunteer_id
    assert client.post(f"{address}/again", data={"fit": "9999"}).status_code == 422

    answer = client.post(f"{address}/again", data={"left_out": [out], "fit": "301"})
    make_all()
    page = client.get(answer.location)
    assert "技能对口：301 分" in page.text
    other = int(answer.location.rsplit("/", 1)[1])
    side_by_side = words(client.get(f"{address}/compare?to={other}").text)
    assert "您选了这次不排" in side_by_side
    assert "新排上：观鸟 · 讲鸟的人" in side_by_side
    assert client.get(f"{address}/compare?to=99999").status_code == 404
    assert {first.id, second.id} > {who for _, who in pairs(fresh(other))}


def test_why_nobody_else_and_what_would_open_a_post(client, who):
    factories.volunteer(name="何远方", home="210681002", radius_km=20)
    factories.volunteer(name="白没空", windows=[(0, 0, 60)])
    address, run_id = asked(client)
    make_all()
    assert "再放宽" in client.get(address).text
    [stands] = fresh(run_id).posts

    page = client.get(f"{address}/posts/{stands['id']}")
    assert "路远了一些" in page.text
    assert "没填这段时间有空" in page.text
    assert page.text.index("何远方") < page.text.index("白没空"), "who is nearest to coming first"
    assert client.get(f"{address}/posts/999").status_code == 404

    fresh(run_id).frame = None
    db.session.commit()
    assert "已经不再保存" in client.get(f"{address}/posts/{stands['id']}").text


def test_a_plan_is_ended_from_its_page(client, who):
    address, run_id = asked(client)
    answer = client.post(f"{address}/stop", follow_redirects=True)
    assert "已停止" in answer.text
    assert fresh(run_id).state is PlanState.CANCELLED


def test_a_long_plan_costs_no_more_queries(client, who):
    costs = []
    [own] = scope_of(who.id).organisation_ids
    for number in range(2):
        for _ in range(1 + number):
            event = factories.event(of=organisation_by_id(own), starts_at=SATURDAY)
            factories.post(factories.shift(event), max_people=1)
            factories.volunteer()
        address, _run_id = asked(client)
        make_all()
        db.session.remove()
        with counted_queries() as statements:
            client.get(address)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12


def test_how_it_counts_is_said_in_words(client, who):
    page = client.get("/organise/plans/weights").text
    assert "技能对口" in page
    assert "300 分" in page
    assert "/office/numbers/match.fit" not in page
    client.sign_in(factories.office())
    assert "/office/numbers/of/places" in client.get("/organise/plans/weights").text
    assert "/office/numbers/match.fit" in client.get("/organise/plans/weights").text
    assert "离得近" in client.get("/office/numbers/of/match").text


def test_fairness_counts_and_names_nobody(client, who):
    people = [factories.volunteer(name="何观鸟") for _ in range(6)]
    for one in people[:2]:
        factories.assignment(to=one, source=Source.MATCHER, state=State.EXPIRED)
    past = factories.post(factories.shift(factories.event(starts_at=NOON - 3 * DAY)))
    factories.assignment(past, people[0])

    page = client.get("/organise/fairness").text

    assert "何观鸟" not in page
    assert re.search(r"4\s*</dd>|<dd>\s*4", page), "four were never asked"
    assert "凤城" in page
    assert "集中在少数人身上" in page


def test_gini_and_small_groups():
    assert gini([]) == gini([0, 0]) == gini([3, 3, 3]) == 0
    assert gini([0, 0, 0, 4]) == 0.75
    few = spread_of([Share("a", 9, 9)] * 4)
    assert (few.people, few.never_asked, few.asking_gini) == (4, None, None)
    some = spread_of([Share("a", number, 60 * number) for number in range(10)])
    assert (some.never_asked, some.asked, some.busiest_tenth) == (1, 45, 20)


def test_what_moved_and_why():
    was = [Row(who, who, {"fit": 10, "distance": 5}) for who in range(1, 7)]
    now = [Row(1, 1), Row(2, 9), Row(8, 3, {"fit": 10, "distance": 9, "rotation": 8})]
    about = Second(left_out={4}, settled={(5, 5)}, posts={1, 2, 3, 4, 5})

    found = compare(was, now, about)

    assert found.same == 1
    assert {each.volunteer_id: each.why for each in found.changes} == {
        2: Why.MOVED, 3: Why.OTHERS, 4: Why.LEFT_OUT, 5: Why.ANSWERED, 6: Why.POST_GONE, 8: None,
    }  # fmt: skip
    assert next(each for each in found.changes if each.volunteer_id == 3).better == (
        "rotation", "distance",
    )  # fmt: skip
    assert compare(was[:1], [], about).changes == (Change(1, (1,), (), Why.NOT_ABLE),)
    assert compare([], [], about) == Comparison(0, ())
