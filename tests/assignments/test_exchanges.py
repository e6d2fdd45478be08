"""Places that are swapped with somebody by name, and organisers who approve first."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments.test_standby import DAY, at_once, do
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.errors import (
    ExchangeGoneError,
    NotComingError,
    PartnerCannotError,
    PartnerNotFoundError,
    ShiftsOverlapError,
    SkillMissingError,
    StandInGoneError,
    TooLateToWithdrawError,
)
from volunteer_hub.assignments.models import Assignment, Exchange, ExchangeState, State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token
from volunteer_hub.organisations.queries import scope_of


class Two:
    """Two people with a place each at full posts of one organisation, a week apart."""

    def __init__(self):
        self.of = factories.organisation()
        self.by = factories.organiser(self.of)
        self.mine, self.theirs = (self.place(days) for days in (7, 14))

    def place(self, days, skills=("guide",), held=("guide", "host")):
        event = factories.event(of=self.of, by=self.by, starts_at=NOON + days * DAY)
        post = factories.post(
            factories.shift(event), max_people=1, skills=[(each, 1) for each in skills]
        )
        who = factories.volunteer(skills=[(each, 2) for each in held])
        return factories.assignment(post, who)

    def ask(self, place=None, now=NOON):
        place = place or self.theirs
        phone = place.volunteer.person.phone
        return do(actions.propose_swap, self.mine.id, place.post_id, phone, now=now)


@pytest.fixture
def two(app, at):
    at(NOON)
    return Two()


def holders():
    """Return who has a place at which post."""
    db.session.rollback()
    rows = db.session.scalars(select(Assignment).where(Assignment.state == State.ACCEPTED))
    return {row.post_id: row.volunteer_id for row in rows}


def told(kind):
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))
    return {row.recipient_id for row in rows}


def swapped(two):
    mine, theirs = two.mine, two.theirs
    return {mine.post_id: theirs.volunteer_id, theirs.post_id: mine.volunteer_id}


def unchanged(two):
    return {row.post_id: row.volunteer_id for row in (two.mine, two.theirs)}


def test_both_swap_once_the_other_one_agrees(two):
    expected, before = swapped(two), unchanged(two)
    asked = two.ask()
    assert told("swap_asked") == {two.theirs.volunteer.person_id}
    assert holders() == before, "nothing changes before they agree"

    for _ in range(2):
        assert do(actions.accept_swap, asked.id) is ExchangeState.DONE

    assert holders() == expected
    assert told("swap_ended") == {two.mine.volunteer.person_id, two.by.id}
    passes = db.session.scalars(select(Assignment.pass_hash).where(
        Assignment.state == State.ACCEPTED)).all()  # fmt: skip
    assert len(set(passes)) == 2


def test_they_can_swap_back(two):
    asked = two.ask()
    before = unchanged(two)
    do(actions.accept_swap, asked.id)
    mine = queries.find_assignment(two.theirs.post_id, two.mine.volunteer_id)
    phone = two.theirs.volunteer.person.phone
    again = do(actions.propose_swap, mine.id, two.mine.post_id, phone)
    do(actions.accept_swap, again.id)
    assert holders() == before


def test_only_somebody_who_has_a_place_there_is_found(two):
    number = two.theirs.volunteer.person.phone
    elsewhere = factories.assignment(
        factories.post(factories.shift(factories.event(starts_at=NOON + 9 * DAY)))
    )
    for post_id, phone in (
        (two.theirs.post_id, "13800000000"),
        (two.mine.post_id, number),
        (elsewhere.post_id, elsewhere.volunteer.person.phone),
        (two.theirs.post_id, two.mine.volunteer.person.phone),
    ):
        with pytest.raises(PartnerNotFoundError):
            do(actions.propose_swap, two.mine.id, post_id, phone)


def test_who_may_propose(two):
    with pytest.raises(TooLateToWithdrawError):
        two.ask(now=NOON + 7 * DAY)
    do(actions.withdraw, two.mine.id, "")
    with pytest.raises(NotComingError):
        two.ask()


def test_the_hard_rules_hold_for_both_at_the_moment_of_agreeing(two):
    cannot = two.place(9, skills=(), held=())
    asked = two.ask(cannot)
    with pytest.raises(SkillMissingError):
        do(actions.accept_swap, asked.id)

    other = two.place(10, skills=("astronomy",), held=("astronomy", "guide"))
    asked = two.ask(other)
    with pytest.raises(PartnerCannotError):
        do(actions.accept_swap, asked.id)

    asked = two.ask()
    factories.assignment(
        factories.post(factories.shift(factories.event(starts_at=NOON + 7 * DAY))),
        two.theirs.volunteer,
    )
    with pytest.raises(ShiftsOverlapError):
        do(actions.accept_swap, asked.id)
    assert {two.mine.post_id: two.mine.volunteer_id}.items() <= holders().items()


def test_two_posts_of_one_shift_are_swapped_too(two):
    beside = factories.assignment(
        factories.post(two.mine.post.shift, title="签到台", max_people=1),
        factories.volunteer(skills=[("guide", 2)]),
    )
    asked = two.ask(beside)
    assert do(actions.accept_swap, asked.id) is ExchangeState.DONE
    assert holders()[beside.post_id] == two.mine.volunteer_id


def test_it_ends_when_somebody_says_so(two):
    first = two.ask()
    second = two.ask()
    assert first.state is ExchangeState.WITHDRAWN, "one question at a time"
    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, first.id)
    do(actions.decline_swap, second.id)
    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, second.id)
    assert told("swap_ended") == {two.mine.volunteer.person_id}

    third = two.ask()
    do(actions.take_back_swap, two.mine.id)
    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, third.id)
    fourth = two.ask()
    do(actions.withdraw, two.theirs.id, "")
    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, fourth.id)
    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, two.ask(two.place(8)).id, now=NOON + 7 * DAY)


def approving(two):
    event_id = two.mine.post.shift.event_id
    do(actions.set_approval, event_id, is_on=True, scope=scope_of(two.by.id))


def test_the_organiser_may_want_to_approve(two):
    approving(two)
    expected, before = swapped(two), unchanged(two)
    asked = two.ask()
    assert do(actions.accept_swap, asked.id) is ExchangeState.WAITING
    assert (holders(), told("exchange_to_approve")) == (before, {two.by.id})
    with pytest.raises(NotFoundError):
        do(actions.decide_exchange, asked.id, approves=True,
           scope=scope_of(factories.organiser().id))  # fmt: skip

    do(actions.decide_exchange, asked.id, approves=True, scope=scope_of(two.by.id))
    assert holders() == expected
    assert told("swap_ended") == {two.mine.volunteer.person_id, two.theirs.volunteer.person_id}
    with pytest.raises(ExchangeGoneError):
        do(actions.decide_exchange, asked.id, approves=True, scope=scope_of(two.by.id))


def test_the_organiser_may_refuse(two):
    approving(two)
    before = unchanged(two)
    asked = two.ask()
    do(actions.accept_swap, asked.id)
    for _ in range(2):
        do(actions.decide_exchange, asked.id, approves=False, scope=scope_of(two.by.id))
    assert (holders(), asked.state) == (before, ExchangeState.REFUSED)


def test_a_stand_in_waits_for_the_organiser_too(two):
    approving(two)
    stand_in = factories.volunteer(skills=[("guide", 1)])
    do(actions.look_for_stand_in, two.mine.id)
    for _ in range(2):
        assert do(actions.take_over, two.mine.id, stand_in.id) is None
    [waits] = db.session.scalars(select(Exchange)).all()
    assert holders() == unchanged(two)

    scope = scope_of(two.by.id)
    do(actions.decide_stand_in, waits.id, approves=True, scope=scope)
    assert holders()[two.mine.post_id] == stand_in.id
    with pytest.raises(StandInGoneError):
        do(actions.decide_stand_in, waits.id, approves=False, scope=scope)


def test_all_at_once_everybody_has_one_place_or_the_other(app, two):
    asked_id, mine, theirs = two.ask().id, two.mine.id, two.theirs.id
    pairs = [unchanged(two), swapped(two)]
    db.session.remove()

    answers = at_once(
        app,
        *[partial(actions.accept_swap, asked_id, now=NOON)] * 6,
        partial(actions.take_back_swap, mine, now=NOON),
        partial(actions.withdraw, theirs, "", now=NOON),
    )

    assert set(answers) <= {"ok", "ExchangeGoneError"}, answers
    held = holders()
    assert len(set(held.values())) == len(held), "nobody has two places"
    assert any(held.items() <= pair.items() for pair in pairs), "never half a swap"


def test_from_page_to_page(client, two):
    mine, theirs = two.mine, two.theirs
    expected = swapped(two)
    client.sign_in(mine.volunteer.person)
    page = f"/assignments/{mine.id}/swap"
    assert (
        "想和认识的志愿者换班" in client.get(f"/i/{link_token(actions.INVITATION, mine.id)}").text
    )
    wrong = {"post_id": theirs.post_id, "phone": "13800000000"}
    assert client.post(page, data=wrong).status_code == 409
    assert client.post(page, data={"phone": "1"}).status_code == 422
    form = {"post_id": theirs.post_id, "phone": theirs.volunteer.person.phone}
    assert "已经问对方了" in client.post(page, data=form, follow_redirects=True).text
    client.post(page, data={"on": "0"})
    client.post(page, data=form)

    client.sign_in(theirs.volunteer.person)
    assert client.get(page).status_code == 404
    asked = db.session.scalars(select(Exchange.id).order_by(Exchange.id.desc())).first()
    address = f"/k/{link_token(actions.SWAP, asked)}"
    assert "换个班好吗" in client.get(address).text
    answer = client.post(f"{address}/answer", data={"answer": "yes"}, follow_redirects=True)
    assert "换好了" in answer.text
    assert holders() == expected
    assert client.get("/k/nothing").status_code == 404


def test_the_organisers_page(client, two):
    event_id = two.mine.post.shift.event_id
    client.sign_in(two.by)
    page = f"/organise/events/{event_id}/exchanges"
    assert "要您同意" in client.post(page, data={"on": "1"}, follow_redirects=True).text
    refused, wanted = two.ask(), swapped(two)
    do(actions.accept_swap, refused.id)
    assert "同意" in client.get(page).text
    answer = client.post(f"{page}/{refused.id}", data={"answer": "no"}, follow_redirects=True)
    assert "没有同意" in answer.text
    asked = two.ask()
    do(actions.accept_swap, asked.id)
    factories.assignment(
        factories.post(factories.shift(factories.event(starts_at=NOON + 7 * DAY + HOUR))),
        two.theirs.volunteer,
    )
    assert client.post(f"{page}/{asked.id}", data={"answer": "yes"}).status_code == 409
    assert holders().items() != wanted.items()
    client.post(page, data={"on": "0"})
    assert queries.find_approval(event_id) is None
    client.sign_in(factories.organiser())
    assert client.get(page).status_code == 404
    assert client.post(f"{page}/{asked.id}", data={"answer": "yes"}).status_code == 404


def test_a_question_of_a_place_that_was_given_back_is_worth_nothing_when_they_come_back(two):
    asked = two.ask()
    do(actions.withdraw, two.mine.id, "")
    do(actions.sign_up, two.mine.post_id, two.mine.volunteer_id)
    before = unchanged(two)

    with pytest.raises(ExchangeGoneError):
        do(actions.accept_swap, asked.id)
    assert holders() == before


def test_both_hear_that_the_organiser_wants_no_stand_in(two):
    approving(two)
    stand_in = factories.volunteer(skills=[("guide", 1)])
    do(actions.look_for_stand_in, two.mine.id)
    do(actions.take_over, two.mine.id, stand_in.id)
    [waits] = db.session.scalars(select(Exchange)).all()

    do(actions.decide_stand_in, waits.id, approves=False, scope=scope_of(two.by.id))
    assert told("swap_ended") == {two.mine.volunteer.person_id, stand_in.person_id}
    assert holders() == unchanged(two)
