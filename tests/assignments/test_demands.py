"""Posts that ask more of people than skills: age, the reserve, a car."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.assignments.pages import words
from tests.factories import NOON
from volunteer_hub.assignments import actions
from volunteer_hub.assignments.actions import Outcome, Pick
from volunteer_hub.assignments.errors import CarNeededError, NotInReserveError, UnderAgeError
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.drafts import Risk


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def post(risk=Risk.NONE, needs_car=False, **more):
    made = factories.post(**more)
    made.risk, made.needs_car = risk, needs_car
    db.session.commit()
    return made


def fifteen():
    made = factories.volunteer("宋小溪")
    made.birth_year, made.birth_month = 2011, 3
    db.session.commit()
    return made


def sign_up(to, who):
    with transaction():
        return actions.sign_up(to.id, who.id, now=NOON).state


@pytest.mark.parametrize(
    ("asks", "error"),
    [
        ({"risk": Risk.EMERGENCY}, NotInReserveError),
        ({"needs_car": True}, CarNeededError),
    ],
)
def test_an_adult_needs_what_the_post_asks_for(app, asks, error):
    to, who = post(**asks), factories.volunteer()

    with pytest.raises(error):
        sign_up(to, who)
    who.is_in_reserve = who.has_car = True
    db.session.commit()

    assert sign_up(to, who) is State.ACCEPTED


@pytest.mark.parametrize("risk", [Risk.DANGER, Risk.EMERGENCY])
def test_nobody_under_age_gets_into_danger_whoever_wishes_it(app, risk):
    to, who = post(risk), fifteen()
    by = to.shift.event.created_by_id

    with pytest.raises(UnderAgeError):
        sign_up(to, who)
    with transaction():
        asked = actions.invite(
            to.shift.event_id, [Pick(to.id, who.id, Source.ORGANISER)], by=by, now=NOON
        )
    assert asked == Outcome(invited=0, skipped=1)
    with pytest.raises(UnderAgeError), transaction():
        actions.confirm_by_phone(to.id, who.id, by=by, now=NOON)
    assert db.session.scalar(select(func.count(Assignment.id))) == 0


def test_a_post_that_became_dangerous_cannot_be_accepted_any_more(app, client):
    to, who = post(), fifteen()
    row = factories.assignment(to, who, state=State.INVITED)
    to.risk = Risk.DANGER
    db.session.commit()
    address = f"/i/{link_token(actions.INVITATION, row.id)}"

    assert "我能参加" not in client.get(address).text
    answer = client.post(f"{address}/accept")

    assert answer.status_code == 409
    assert "只安排年满 18 周岁" in answer.text


def test_the_page_says_what_a_post_asks_and_what_to_do(client):
    first = post(Risk.EMERGENCY, title="应急讲解")
    post(needs_car=True, title="送物资", in_shift=first.shift)
    post(Risk.DANGER, title="搭舞台", in_shift=first.shift)
    client.sign_in(fifteen().person)
    address = f"/e/{first.shift.event_id}/volunteer"

    minor = words(client.get(address).text)
    client.sign_in(factories.volunteer().person)
    adult = words(client.get(address).text)

    assert minor.count("这个岗位有风险，只安排年满 18 周岁的志愿者") == 2
    assert "这是应急任务，由应急预备队的志愿者参加" in adult
    assert "这个岗位要自己开车来" in adult
    assert "有风险，只安排年满 18 周岁的人" in adult
    assert adult.count("报名这个岗位") == 1


def test_the_organiser_is_not_shown_those_who_may_not_be_asked(client):
    of = factories.organisation()
    who = factories.organiser(of)
    to = post(Risk.DANGER, in_shift=factories.shift(factories.event(of=of, by=who)), min_people=2)
    fifteen()
    factories.volunteer("赵麦芽")
    client.sign_in(who)

    page = words(client.get(f"/organise/events/{to.shift.event_id}/match").text)

    assert "赵麦芽" in page
    assert "宋小溪" not in page
    assert "成年的人不够" in page
