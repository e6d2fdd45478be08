"""The board of those who may not come, the calls, and what is noted about them."""

from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.pages import DAY, agreed, audited, fresh, messages, words
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.errors import NotComingError, TooLateToWithdrawError
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Function

SOON = NOON + 10 * HOUR


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


@pytest.fixture
def event(organiser):
    """Return an event of the organiser's that begins in ten hours."""
    who, of = organiser
    return factories.event(of=of, by=who, starts_at=SOON)


@pytest.fixture
def post(event):
    """Return a post of that event."""
    return factories.post(factories.shift(event), max_people=30)


def named(name, phone=None):
    return factories.volunteer(who=factories.person(name=name, phone=phone))


def note(row, verb):
    return f"/organise/assignments/{row.id}/{verb}"


def counts(*events):
    return queries.at_risk_counts([each.id for each in events], now=NOON)


class TestCounts:
    def test_whoever_was_asked_the_day_before_and_did_not_answer(self, event, post):
        agreed(post)
        agreed(post, confirmed_at=NOON - HOUR)
        agreed(post, agreed_at=NOON - HOUR)
        factories.assignment(post, state=State.WITHDRAWN)
        other = agreed(starts_at=NOON + 2 * DAY).post.shift.event

        assert counts(event, other) == {event.id: 1, other.id: 0}

    def test_whom_no_message_reaches_up_to_three_days_ahead(self, only_mail, event, post):
        near = agreed(starts_at=NOON + 3 * DAY).post.shift.event
        far = agreed(starts_at=NOON + 3 * DAY + HOUR).post.shift.event
        mailed = named("林小禾")
        mailed.person.email = "lin@example.org"
        db.session.commit()
        by_mail = agreed(starts_at=NOON + 2 * DAY, to=mailed).post.shift.event

        assert counts(near, far, by_mail) == {near.id: 1, far.id: 0, by_mail.id: 0}

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.CONFIRMED, Status.DRAFT])
    def test_nobody_at_events_that_do_not_take_place(self, event, post, status):
        agreed(post)
        event.status = status
        db.session.commit()

        assert counts(event) == {event.id: 0}

    def test_cost_three_queries_however_many_events(self, event, post):
        agreed(post)
        ids = [agreed(starts_at=SOON).post.shift.event.id for _ in range(3)] + [event.id]

        with counted_queries() as statements:
            queries.at_risk_counts(ids, now=NOON)

        # Them, whether the steps of reminders changed, and whether what asked them failed.
        assert len(statements) == 3


class TestTheBoard:
    def test_groups_people_by_event_and_shift(self, client, organiser, event, post):
        who, of = organiser
        agreed(post, to=named("林小禾", "13800000001"))
        later = factories.shift(event, title="下午场", starts_at=SOON + 3 * HOUR)
        agreed(factories.post(later, title="引导员"), to=named("赵麦芽"))
        second = factories.event("银龄讲堂", of=of, by=who, starts_at=SOON + HOUR)
        agreed(factories.post(factories.shift(second)), to=named("钱小米"))

        page = words(client.get("/organise/at-risk").text)

        places = [page.index(each) for each in ("科普大篷车进校园", "林小禾", "下午场", "赵麦芽",
                                                "银龄讲堂", "钱小米")]  # fmt: skip
        assert places == sorted(places)
        assert "138****0001" in page
        assert "2 人没确认" in page
        assert f"/organise/events/{event.id}/match" in client.get("/organise/at-risk").text

    def test_teaches_when_it_is_empty(self, client, organiser):
        assert "眼下没有要打电话的人" in client.get("/organise/at-risk").text

    def test_shows_nothing_of_others(self, client, organiser):
        agreed(starts_at=SOON, to=named("旁人甲"))

        assert "旁人甲" not in client.get("/organise/at-risk").text

    def test_has_pages(self, client, organiser):
        who, of = organiser
        for number in range(11):
            event = factories.event(f"第{number}场", of=of, by=who, starts_at=SOON + number * HOUR)
            agreed(factories.post(factories.shift(event)))

        first, second, beyond = (
            client.get(f"/organise/at-risk?page={number}").text for number in (1, 2, 99)
        )

        assert "第9场" in first
        assert "第10场" not in first
        assert "第10场" in second
        assert "第10场" in beyond

    def test_costs_the_same_for_one_and_for_many(self, client, organiser, post):
        who, of = organiser
        costs = []
        for _ in range(2):
            agreed(post)
            event = factories.event(of=of, by=who, starts_at=SOON)
            agreed(factories.post(factories.shift(event)))
            client.get("/organise/at-risk")
            with counted_queries() as statements:
                client.get("/organise/at-risk")
            costs.append(len(statements))

        assert costs[0] == costs[1] <= 12

    def test_says_whom_no_message_reaches(self, client, only_mail, organiser, post):
        agreed(post)

        assert "消息发不到" in client.get("/organise/at-risk").text


class TestPhones:
    def test_are_shown_on_request_and_the_request_is_written_down(
        self, client, organiser, event, post
    ):
        who, _of = organiser
        row = agreed(post, to=named("林小禾", "13800000001"))
        agreed(post, to=named("赵麦芽"), confirmed_at=NOON)
        address = f"/organise/events/{event.id}/at-risk"
        assert "tel:" not in client.get(address).text

        page = client.post(address + "/phones").text

        assert "tel:13800000001" in page
        [seen] = audited("volunteer.show_contact")
        assert (seen.actor_id, seen.subject_id) == (who.id, row.volunteer_id)
        assert seen.details == {"assignment_id": row.id}
        assert client.get(address + "/phones").location == address

    def test_are_not_for_team_leaders(self, client, app):
        of = factories.organisation()
        leader = factories.organiser(of, function=Function.TEAM_LEADER)
        event = factories.event(of=of, by=leader, starts_at=SOON)
        row = agreed(factories.post(factories.shift(event)))
        client.sign_in(leader)
        address = f"/organise/events/{event.id}/at-risk"

        assert "显示电话" not in client.get(address).text
        assert client.post(address + "/phones").status_code == 403
        page = client.post(note(row, "confirmed"), data={"phones": "1"}, follow_redirects=True)
        assert "tel:" not in page.text
        assert audited("volunteer.show_contact") == []

    def test_stay_on_the_page_while_people_are_ticked_off(self, client, organiser, post):
        first = agreed(post, to=named("林小禾", "13800000001"))
        agreed(post, to=named("赵麦芽", "13800000002"))

        page = client.post(note(first, "confirmed"), data={"phones": "1"}).text

        assert "tel:13800000002" in page
        assert "已电话确认" in page

    def test_need_a_form_token(self, client, organiser, event, post):
        agreed(post)

        response = client.post(f"/organise/events/{event.id}/at-risk/phones", csrf=False)

        assert response.status_code == 400
        assert "tel:" not in response.text


class TestNotes:
    def test_a_confirmation_on_the_phone_counts_and_is_written_down(
        self, client, organiser, event, post
    ):
        who, _of = organiser
        row = agreed(post)

        page = client.post(note(row, "confirmed"), follow_redirects=True).text

        assert "已电话确认" in page
        assert (fresh(row).confirmed_at, fresh(row).confirmed_by_id) == (NOON, who.id)
        assert audited("assignment.note_confirmed")[0].actor_id == who.id
        assert counts(event) == {event.id: 0}
        assert "都问过了" in client.get("/organise/at-risk").text

    def test_twice_is_once(self, client, organiser, post, at):
        row = agreed(post)
        client.post(note(row, "confirmed"))
        at(NOON + HOUR)

        client.post(note(row, "confirmed"))

        assert fresh(row).confirmed_at == NOON
        assert len(audited("assignment.note_confirmed")) == 1

    def test_a_mistake_is_taken_back(self, client, organiser, event, post):
        row = agreed(post)
        client.post(note(row, "confirmed"))

        client.post(note(row, "unconfirmed"))

        assert fresh(row).confirmed_at is None
        assert counts(event) == {event.id: 1}

    def test_what_the_volunteer_said_themselves_is_not_taken_back(self, client, organiser, post):
        row = agreed(post, confirmed_at=NOON - HOUR)

        client.post(note(row, "unconfirmed"))

        assert fresh(row).confirmed_at == NOON - HOUR

    def test_whoever_cannot_come_frees_the_place(self, client, organiser, post):
        who, _of = organiser
        row = agreed(post)

        client.post(note(row, "cannot-come"))

        assert fresh(row).state is State.WITHDRAWN
        assert audited("assignment.withdraw")[0].actor_id == who.id
        assert messages() == []  # whoever noted it knows

    def test_the_organiser_hears_when_somebody_else_notes_that(self, app, client, organiser, post):
        who, _of = organiser
        row = agreed(post)
        client.sign_in(factories.office())

        client.post(note(row, "cannot-come"))

        [told] = messages("assignment_withdrawn")
        assert told.recipient_id == who.id

    @pytest.mark.parametrize("verb", ["confirmed", "unconfirmed", "cannot-come"])
    def test_are_for_ones_own_events(self, client, organiser, verb):
        row = agreed(starts_at=SOON)

        assert client.post(note(row, verb)).status_code == 404
        assert client.post("/organise/assignments/987654/" + verb).status_code == 404
        assert (fresh(row).state, fresh(row).confirmed_at) == (State.ACCEPTED, None)

    @pytest.mark.parametrize("verb", ["confirmed", "unconfirmed", "cannot-come"])
    def test_need_a_form_token(self, client, organiser, post, verb):
        row = agreed(post)

        assert client.post(note(row, verb), csrf=False).status_code == 400
        assert (fresh(row).state, fresh(row).confirmed_at) == (State.ACCEPTED, None)

    def test_change_one_row_where_scripts_run(self, client, organiser, post):
        row, other = agreed(post, to=named("林小禾")), agreed(post, to=named("赵麦芽"))

        page = client.post(note(row, "confirmed"), headers={"HX-Request": "true"}).text

        assert f'id="person-{row.id}"' in page
        assert f'id="person-{other.id}"' not in page
        assert "已电话确认" in page
        gone = client.post(note(row, "cannot-come"), headers={"HX-Request": "true"}).text
        assert "已退出" in gone

    def test_come_too_late_for_whoever_left(self, app, post):
        row = factories.assignment(post, state=State.WITHDRAWN)

        with pytest.raises(NotComingError), transaction():
            actions.note_confirmed(row.id, by=row.volunteer.person_id, now=NOON)

    def test_come_too_late_once_the_shift_has_begun(self, app, post):
        row = agreed(post)

        with pytest.raises(TooLateToWithdrawError), transaction():
            actions.withdraw(row.id, "", by=row.volunteer.person_id, now=SOON)


class TestTheRoster:
    def test_has_them_on_top_and_says_who_confirmed(self, client, organiser, event, post):
        agreed(post, to=named("林小禾"))
        agreed(post, to=named("赵麦芽"), confirmed_at=NOON)
        address = f"/organise/events/{event.id}/roster"

        page = client.get(address).text

        assert "可能来不了的人" in page
        assert f"/organise/events/{event.id}/at-risk" in page
        assert "已确认会来" in page
        client.get(address)
        with counted_queries() as statements:
            client.get(address)
        assert len(statements) <= 12

    def test_has_no_such_part_when_there_is_nobody(self, client, organiser, event, post):
        agreed(post, confirmed_at=NOON)

        assert "可能来不了的人" not in client.get(f"/organise/events/{event.id}/roster").text


def test_the_list_of_a_member_of_staff_keeps_events_at_which_everybody_was_rung(organiser, post):
    who, _of = organiser
    row = agreed(post)
    with transaction():
        actions.note_confirmed(row.id, by=who.id, now=NOON)

    found = queries.at_risk_in(organisations.scope_of(who.id), now=NOON)

    assert found == {post.shift.event_id: 0}
