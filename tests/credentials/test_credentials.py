"""Credentials from the form to the post that needs one."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.assignments.pages import words
from tests.client import counted_queries
from tests.factories import NOON, TOWNSHIP
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.actions import Outcome, Pick
from volunteer_hub.assignments.errors import CredentialMissingError
from volunteer_hub.assignments.models import Source, State
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.credentials import actions, queries, rules, tasks
from volunteer_hub.credentials.errors import (
    AlreadyJudgedError,
    OwnCredentialError,
    TooManyCredentialsError,
)
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.models import State as Judged
from volunteer_hub.credentials.rules import MOST, CredentialDraft
from volunteer_hub.organisations.models import Function
from volunteer_hub.organisations.queries import scope_of

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 9
DAY = timedelta(days=1)
TODAY = date(2026, 9, 5)
SHIFT_DAY = date(2026, 9, 6)


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def member(app):
    return factories.volunteer()


def claimed(of, kind="first_aid", number="辽 2106-0042", **more):
    with transaction():
        draft = CredentialDraft(kind=kind, number=number, **more)
        return actions.claim(of.person_id, draft, now=NOON)


def verified(of, until=None, kind="first_aid", number="210642", by=None):
    row = claimed(of, kind, number)
    by = by or factories.office()
    with transaction():
        return actions.verify(row.id, until, scope=scope_of(by.id), now=NOON)


def again(row):
    return db.session.get(Credential, row.id, populate_existing=True)


def kinds_of_messages():
    return db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()


def audited(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def needing(kind="first_aid", **more):
    made = factories.post(**more)
    made.credential_code = kind
    db.session.commit()
    return made


def fill(client, scan=None, **changes):
    usual = {"kind": "first_aid", "number": "辽 2106-0042", "issuer": "丹东红十字会",
             "expires": "2027-09-30"}  # fmt: skip
    data = usual | changes
    if scan is not None:
        data["scan"] = (io.BytesIO(scan), "zheng.png")
    return client.post("/me/credentials", data=data, content_type="multipart/form-data")


def test_what_a_volunteer_fills_in_is_kept_so_that_nobody_reads_it_in_the_file(client, member):
    client.sign_in(member.person)

    assert fill(client, scan=PNG).location == "/me/credentials"

    page = client.get("/me/credentials").text
    assert "••••" in page
    assert "21060042" not in page
    assert "等待核验" in page
    [row] = db.session.scalars(select(Credential)).all()
    assert (row.number, row.scan, row.scan_type) == ("辽21060042", PNG, "image/png")
    raw = db.session.execute(text("SELECT number, scan FROM credential")).one()
    assert b"21060042" not in bytes(raw.number)
    assert b"picture" not in bytes(raw.scan)
    scan = client.get(f"/me/credentials/{row.id}/scan")
    assert (scan.data, scan.mimetype) == (PNG, "image/png")
    assert "sandbox" in scan.headers["Content-Security-Policy"]
    assert scan.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": ""}, "请选择是什么证件"),
        ({"kind": "licence_to_kill"}, "请从列表里选择"),
        ({"number": ""}, "请填写证件上的编号"),
        ({"number": " - - "}, "请填写证件上的编号"),
        ({"number": "1" * 61}, "最多 60 个字"),
        ({"issuer": "红" * 81}, "最多 80 个字"),
        ({"expires": "2026-09-04"}, "已经过去"),
        ({"expires": "2126-09-04"}, "年份"),
        ({"expires": "bald"}, "请填写日期"),
        ({"scan": b"<svg onload=alert(1)>"}, "JPG、PNG"),
        ({"scan": PNG * 3}, "最大 4 MB"),
    ],
)
def test_each_bad_answer_is_explained_and_nothing_is_written(
    client, member, monkeypatch, changes, says
):
    monkeypatch.setattr(rules, "MOST_SCAN_BYTES", 2 * len(PNG))
    client.sign_in(member.person)

    answer = fill(client, **changes)

    assert answer.status_code == 422
    assert says in answer.text
    assert db.session.scalars(select(Credential)).all() == []


def test_the_same_credential_is_there_once_and_nobody_has_twenty_one(client, member):
    client.sign_in(member.person)
    fill(client)
    answer = fill(client, number="辽２１０６００４２")
    assert answer.status_code == 422
    assert "已经登记过了" in answer.text
    for number in range(MOST - 1):
        claimed(member, number=f"N{number}")
    with pytest.raises(TooManyCredentialsError):
        claimed(member, number="one more")


def test_a_removed_credential_leaves_no_number_and_a_second_tap_is_harmless(client, member):
    client.sign_in(member.person)
    row = claimed(member, scan=PNG)
    for _ in range(2):
        assert client.post(f"/me/credentials/{row.id}/remove").location == "/me/credentials"
    assert db.session.scalars(select(Credential)).all() == []
    assert [entry.details for entry in audited("credential.remove")] == [
        {"kind": "first_aid", "volunteer_id": member.id}
    ]


def test_nobody_sees_or_removes_another_s(client, member):
    row = claimed(member, scan=PNG)
    client.sign_in(factories.volunteer().person)
    assert client.get(f"/me/credentials/{row.id}/scan").status_code == 404
    client.post(f"/me/credentials/{row.id}/remove")
    assert again(row) is not None
    for address in ("", f"/{row.id}", f"/{row.id}/scan"):
        assert client.get(f"/organise/credentials{address}").status_code == 403


def organiser_of(volunteer):
    """Return an organiser of an organisation that a volunteer belongs to."""
    own = factories.organisation()
    factories.member(volunteer, own)
    return factories.organiser(own)


def test_an_organisation_has_no_say_in_what_others_members_hold(client, member):
    row = claimed(member, scan=PNG)
    client.sign_in(factories.organiser())
    assert "林小禾" not in client.get("/organise/credentials").text
    for address in (f"/{row.id}", f"/{row.id}/scan"):
        assert client.get(f"/organise/credentials{address}").status_code == 404


@pytest.mark.parametrize("make", [lambda _who: factories.office(), organiser_of,
                                  lambda _who: factories.office("210682")])  # fmt: skip
def test_a_named_person_compares_and_verifies(client, member, make):
    row = claimed(member, scan=PNG, expires_on=date(2027, 9, 30))
    who = make(member)
    client.sign_in(who)
    address = f"/organise/credentials/{row.id}"

    assert "林小禾" in client.get("/organise/credentials").text
    before = client.get(address).text
    assert "21060042" not in before
    assert 'value="2027-09-30"' in before
    assert "辽21060042" in client.post(f"{address}/number").text
    assert client.get(f"{address}/scan").data == PNG
    answer = client.post(address, data={"expires": "2027-10-31"})

    assert answer.location == "/organise/credentials"
    kept = again(row)
    assert (kept.state, kept.judged_by_id, kept.judged_at) == (Judged.VERIFIED, who.id, NOON)
    assert kept.expires_on == date(2027, 10, 31)
    assert kinds_of_messages() == ["credential_verified"]
    for action in ("credential.show_number", "credential.show_scan", "credential.verify"):
        assert [entry.actor_id for entry in audited(action)] == [who.id]
    assert f"核验人：{who.name}" in client.get(f"/organise/volunteers/{member.id}").text


def test_a_rejection_says_why(client, member):
    row = claimed(member)
    client.sign_in(factories.office())
    address = f"/organise/credentials/{row.id}"

    assert client.post(f"{address}/reject", data={"no-reason": ""}).status_code == 422
    assert client.post(f"{address}/reject", data={"no-reason": "照片看不清"}).status_code == 302

    assert (again(row).state, again(row).reason) == (Judged.REJECTED, "照片看不清")
    assert kinds_of_messages() == ["credential_rejected"]
    client.sign_in(member.person)
    assert "照片看不清" in client.get("/me/credentials").text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"expires": ""}, "长期有效"),
        ({"expires": "2027-01-01", "is_for_ever": "y"}, "只能选一个"),
        ({"expires": "2026-09-04"}, "已经过去"),
    ],
)
def test_a_verifier_says_until_when(client, member, values, says):
    row = claimed(member)
    client.sign_in(factories.office())

    answer = client.post(f"/organise/credentials/{row.id}", data=values)

    assert answer.status_code == 422
    assert says in answer.text
    assert again(row).state is Judged.CLAIMED


def test_nobody_judges_twice_their_own_or_outside_their_county(client, member):
    row = claimed(member)
    city, elsewhere = factories.office(), factories.office("210602")
    leader = factories.organiser(function=Function.TEAM_LEADER)
    client.sign_in(elsewhere)
    assert client.get(f"/organise/credentials/{row.id}").status_code == 404
    assert "林小禾" not in client.get("/organise/credentials").text
    client.sign_in(leader)
    assert client.get(f"/organise/credentials/{row.id}").status_code == 403
    with transaction():
        actions.verify(row.id, None, scope=scope_of(city.id), now=NOON)
    for judge in (
        lambda: actions.verify(row.id, None, scope=scope_of(city.id), now=NOON),
        lambda: actions.reject(row.id, "no", scope=scope_of(city.id), now=NOON),
    ):
        with pytest.raises(AlreadyJudgedError), transaction():
            judge()
    own = claimed(factories.volunteer(who=city))
    with pytest.raises(OwnCredentialError), transaction():
        actions.verify(own.id, None, scope=scope_of(city.id), now=NOON)


def test_a_record_check_is_cut_to_a_year(member):
    row = verified(member, date(2030, 1, 1), kind="no_record")
    assert again(row).expires_on == date(2027, 9, 6)
    assert again(verified(member, None, kind="no_record", number="2")).expires_on == date(
        2027, 9, 6
    )


def test_the_same_number_of_two_people_is_pointed_out(client, member):
    row = claimed(member)
    claimed(factories.volunteer())
    client.sign_in(factories.office())
    assert "另有 1 位志愿者登记了同一个编号" in client.get(f"/organise/credentials/{row.id}").text


@pytest.mark.parametrize(
    ("until", "may"),
    [(SHIFT_DAY - DAY, False), (SHIFT_DAY, True), (None, True)],
)
def test_a_credential_must_hold_through_the_day_the_shift_ends(member, until, may):
    post = needing()
    verified(member, until)
    by = post.shift.event.created_by_id

    def sign_up():
        with transaction():
            return assignments.sign_up(post.id, member.id, now=NOON).state

    if may:
        assert sign_up() is State.ACCEPTED
        return
    with pytest.raises(CredentialMissingError):
        sign_up()
    picks = [Pick(post.id, member.id, Source.ORGANISER)]
    with transaction():
        asked = assignments.invite(post.shift.event_id, picks, by=by, now=NOON)
    assert asked == Outcome(invited=0, skipped=1)
    with pytest.raises(CredentialMissingError), transaction():
        assignments.confirm_by_phone(post.id, member.id, by=by, now=NOON)


@pytest.mark.parametrize("state", [Judged.CLAIMED, Judged.REJECTED])
def test_what_nobody_verified_counts_for_nothing(client, member, state):
    post = needing()
    row = claimed(member)
    if state is Judged.REJECTED:
        with transaction():
            actions.reject(row.id, "no", scope=scope_of(factories.office().id), now=NOON)
    client.sign_in(member.person)
    address = f"/e/{post.shift.event_id}/volunteer"

    page = words(client.get(address).text)
    answer = client.post(f"/posts/{post.id}/sign-up")

    assert "要有：急救员证" in page
    assert "在“我的证件”里登记，核验通过就能报名" in page
    assert "报名这个岗位" not in page
    assert answer.status_code == 409
    assert "这个岗位要有证件" in answer.text


def test_the_matcher_proposes_those_whose_credential_holds_and_says_so(client):
    of = factories.organisation()
    who = factories.organiser(of)
    post = needing(in_shift=factories.shift(factories.event(of=of, by=who)), min_people=2)
    verified(factories.volunteer("赵麦芽"), SHIFT_DAY)
    verified(factories.volunteer("钱过期"), SHIFT_DAY - DAY)
    factories.volunteer("孙没有")
    client.sign_in(who)

    page = words(client.get(f"/organise/events/{post.shift.event_id}/match").text)

    assert "赵麦芽" in page
    assert "有急救员证" in page
    assert "钱过期" not in page
    assert "孙没有" not in page
    assert "有所需证件的人不够" in page


def test_holders_are_reminded_once_at_thirty_and_once_at_seven_days(app, member):
    row = verified(member, TODAY + 31 * DAY)
    renewed = factories.volunteer()
    verified(renewed, TODAY + 10 * DAY)
    verified(renewed, TODAY + 400 * DAY, number="new")
    before = len(kinds_of_messages())

    for days in (0, 1, 2, 23, 24, 31, 32):
        tasks.remind(NOON + days * DAY)
        tasks.remind(NOON + days * DAY)

    sent = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "credential_expiring")
    ).all()
    assert [(message.queued_at, message.recipient_id) for message in sent] == [
        (NOON + DAY, member.person_id),
        (NOON + 24 * DAY, member.person_id),
    ]
    assert sent[0].params == {
        "credential": "first_aid",
        "until": f"{row.expires_on}",
        "path": "/me/credentials",
    }
    assert len(kinds_of_messages()) == before + 2


def test_lists_cost_the_same_with_one_credential_and_with_three(client, member):
    claimed(member)
    client.sign_in(factories.office())
    client.get("/organise/credentials")
    db.session.remove()
    with counted_queries() as one:
        client.get("/organise/credentials")
    for number in range(2):
        claimed(factories.volunteer(home=TOWNSHIP), number=f"{number}")
    db.session.remove()
    with counted_queries() as three:
        client.get("/organise/credentials")
    assert len(one) == len(three) <= 12


def test_what_is_held_is_the_longest_of_each(member):
    verified(member, SHIFT_DAY)
    verified(member, SHIFT_DAY + DAY, number="2")
    claimed(member, number="3")
    assert queries.held_by([member.id], "first_aid") == {member.id: SHIFT_DAY + DAY}
    assert queries.held_by([member.id], "driving") == {}
    verified(member, None, number="4")
    assert queries.held_by([member.id], "first_aid") == {member.id: date.max}
