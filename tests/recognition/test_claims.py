"""Hours that no scan proves: two people, a public notice, objections, and a tag for ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.recognition import queries, tasks
from volunteer_hub.recognition.actions import claims as actions
from volunteer_hub.recognition.actions.claims import ClaimDraft
from volunteer_hub.recognition.errors import (
    ClaimSettledError,
    ClaimThereError,
    NoticeOverError,
    NotYoursToAgreeError,
    WrongClaimError,
)
from volunteer_hub.recognition.models import ClaimState, HoursClaim, HoursEntry, Source
from volunteer_hub.recognition.rules import Wanted, may_agree, next_state, notice_ends_on
from volunteer_hub.workdays.queries import work_calendar

START = NOON - 48 * HOUR
DAY = timedelta(days=1)


@pytest.fixture
def event(app):
    return factories.event(starts_at=START, hours=6, status=Status.CONFIRMED)


@pytest.fixture
def volunteer(event):
    found = factories.volunteer()
    factories.member(found, event.organisation)
    return found


def wanted(since=0, until=2):
    return ClaimDraft(
        Wanted(START + since * HOUR, START + until * HOUR), "布展", "忘了签到", "队长在场"
    )


def claimed(event, volunteer, **hours):
    with transaction():
        return actions.file_claim(event.id, wanted(**hours), volunteer, now=NOON).id


def agreed(claim_id, person, now=NOON):
    with transaction():
        return actions.agree(claim_id, scope=scope_of(person.id), now=now).state


def claim_of(claim_id):
    db.session.expire_all()
    return db.session.get(HoursClaim, claim_id)


def colleague(event):
    return factories.organiser(event.organisation)


def after_notice(claim_id):
    until = claim_of(claim_id).notice_until + DAY
    tasks.credit_claims(NOON.replace(year=until.year, month=until.month, day=until.day))


@pytest.mark.parametrize(
    ("since", "until"),
    [(2, 2), (2, 1), (-1, 2), (0, 7), (0, 25), (-24, 0)],
    ids=["no time", "negative", "too early", "too late", "25 hours", "the day before"],
)
def test_no_more_than_the_activity_is_claimed(event, volunteer, since, until):
    with pytest.raises(WrongClaimError):
        claimed(event, volunteer, since=since, until=until)


def test_one_claims_where_one_belongs_and_once(event, volunteer):
    stranger = factories.volunteer()
    with pytest.raises(NotFoundError):
        claimed(event, stranger)
    claimed(event, volunteer)
    with pytest.raises(ClaimThereError):
        claimed(event, volunteer)


def test_nobody_agrees_to_their_own_hours(event):
    organiser = colleague(event)
    mine = factories.volunteer(who=organiser)
    factories.assignment(factories.post(factories.shift(event)), mine)
    claim_id = claimed(event, mine)

    with pytest.raises(NotYoursToAgreeError):
        agreed(claim_id, organiser)
    assert claim_of(claim_id).state is ClaimState.WAITING


def test_whoever_asked_for_somebody_else_does_not_agree_either(event, volunteer):
    organiser = colleague(event)
    with transaction():
        asked = actions.ask(event, volunteer.id, wanted(), by=organiser.id, now=NOON)
        claim_id = asked.id
    with pytest.raises(NotYoursToAgreeError):
        agreed(claim_id, organiser)
    assert agreed(claim_id, colleague(event)) is ClaimState.NOTICE


def test_many_hours_need_two_who_agree(event, volunteer):
    claim_id = claimed(event, volunteer, until=5)
    first = colleague(event)

    assert agreed(claim_id, first) is ClaimState.HALF
    with pytest.raises(NotYoursToAgreeError):
        agreed(claim_id, first)
    assert agreed(claim_id, colleague(event)) is ClaimState.NOTICE
    with pytest.raises(ClaimSettledError):
        agreed(claim_id, colleague(event))


def test_another_units_people_do_not_find_it(event, volunteer):
    claim_id = claimed(event, volunteer)
    with pytest.raises(NotFoundError):
        agreed(claim_id, factories.organiser(factories.organisation(region_code="210681")))


def test_it_is_credited_after_the_notice_and_tagged_for_ever(event, volunteer, client):
    claim_id = claimed(event, volunteer)
    agreed(claim_id, colleague(event))
    assert claim_of(claim_id).notice_until == date(2026, 9, 12)
    tasks.credit_claims(NOON + 7 * DAY)  # its last day
    assert queries.totals_of(volunteer.id).minutes == 0
    for _ in range(2):
        after_notice(claim_id)

    (row,) = db.session.scalars(select(HoursEntry))
    assert (row.minutes, row.source, row.evidence) == (120, Source.CLAIM, "vouched")
    totals = queries.totals_of(volunteer.id)
    assert (totals.timed, totals.added) == (0, 120)
    client.sign_in(volunteer.person)
    assert "忘了签到" in client.get("/me/record").text
    kinds = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds[-1] == "claim_settled"


def test_time_that_a_scan_gave_is_not_added_again(event, volunteer):
    post = factories.post(factories.shift(event, hours=1, starts_at=START))
    timed = factories.record(factories.assignment(post, volunteer), 60)
    spans = [[START.isoformat(), (START + HOUR).isoformat()]]
    db.session.add(
        HoursEntry(record_id=timed.id, event_id=event.id, kind="adjust", source="scans",
                   evidence="scanned", minutes=0, rule_version="x", working={"spans": spans},
                   by_id=event.created_by_id, at=NOON)
    )  # fmt: skip
    db.session.commit()
    claim_id = claimed(event, volunteer)
    agreed(claim_id, colleague(event))
    after_notice(claim_id)

    assert queries.totals_of(volunteer.id).added == 60


def test_an_objection_holds_it_up_until_somebody_looks(event, volunteer):
    claim_id, looks = claimed(event, volunteer), colleague(event)
    agreed(claim_id, colleague(event))
    with transaction():
        said = actions.object_to(
            claim_id, "当天没见到人", person_id=factories.person().id, now=NOON
        )
        objection_id = said.id
    after_notice(claim_id)
    assert claim_of(claim_id).state is ClaimState.NOTICE
    with transaction():
        actions.settle_objection(objection_id, is_upheld=True, scope=scope_of(looks.id), now=NOON)
    after_notice(claim_id)

    assert claim_of(claim_id).state is ClaimState.REFUSED
    assert db.session.scalars(select(HoursEntry)).all() == []


def test_after_the_notice_it_is_too_late_to_object(event, volunteer):
    claim_id = claimed(event, volunteer)
    agreed(claim_id, colleague(event))
    objects = factories.person().id
    with pytest.raises(NoticeOverError), transaction():
        actions.object_to(claim_id, "x", person_id=objects, now=NOON + 8 * DAY)


def test_what_was_withdrawn_nobody_agrees_to(event, volunteer):
    claim_id = claimed(event, volunteer)
    with transaction():
        actions.withdraw_claim(claim_id, person_id=volunteer.person_id, now=NOON)
    with pytest.raises(ClaimSettledError):
        agreed(claim_id, colleague(event))


def test_credited_hours_are_taken_back_by_more_rows(event, volunteer):
    claim_id, looks = claimed(event, volunteer), colleague(event)
    agreed(claim_id, colleague(event))
    after_notice(claim_id)
    with transaction():
        actions.revoke_claim(claim_id, "查实没有到场", scope=scope_of(looks.id), now=NOON)

    assert claim_of(claim_id).state is ClaimState.REVOKED
    assert [row.minutes for row in db.session.scalars(select(HoursEntry))] == [120, -120]


def test_an_account_that_was_closed_gets_nothing(event, volunteer):
    claim_id = claimed(event, volunteer)
    agreed(claim_id, colleague(event))
    volunteer.person.erased_at = NOON
    db.session.commit()
    after_notice(claim_id)

    assert claim_of(claim_id).state is ClaimState.WITHDRAWN


@pytest.mark.parametrize(
    ("put_up", "until"),
    [
        (date(2026, 9, 5), date(2026, 9, 12)),
        (date(2026, 9, 28), date(2026, 10, 10)),  # the week of the national day does not count
        (date(2026, 2, 13), date(2026, 2, 27)),
    ],
)
def test_a_notice_is_the_longer_of_working_days_and_days(app, put_up, until):
    assert notice_ends_on(put_up, work_calendar(), workdays=5, days=7) == until


def test_who_may_agree_and_how_many():
    assert may_agree(1, asked_by=2, volunteer=3, first_by=None)
    assert not any(may_agree(each, asked_by=2, volunteer=3, first_by=4) for each in (2, 3, 4))
    assert next_state(ClaimState.WAITING, 240, two_above_hours=4) is ClaimState.NOTICE
    assert next_state(ClaimState.WAITING, 241, two_above_hours=4) is ClaimState.HALF


def test_from_the_form_to_the_notice(client, event, volunteer, at):
    at(NOON)
    client.sign_in(volunteer.person)
    local = START.astimezone(LOCAL)
    form = {
        "event": str(event.id), "content": "布展", "reason": "忘了签到", "evidence": "队长在场",
        "starts_at": f"{local:%Y-%m-%dT%H:%M}", "ends_at": f"{local + 9 * HOUR:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    refused = client.post("/me/claims/new", data=form)
    assert refused.status_code == 422
    assert "不能超出活动的起止时间" in refused.text
    form["ends_at"] = f"{local + 2 * HOUR:%Y-%m-%dT%H:%M}"
    assert client.post("/me/claims/new", data=form).location == "/me/claims"
    assert "待复核" in client.get("/me/claims").text

    client.sign_in(colleague(event))
    claim = db.session.scalars(select(HoursClaim)).one()
    assert "队长在场" in client.get(f"/organise/claims/{claim.id}").text
    client.post(f"/organise/claims/{claim.id}/agree")
    notice = client.get("/notices/hours").text
    assert "林*禾" in notice
    assert "林小禾" not in notice
