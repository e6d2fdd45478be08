"""It changed: one page that moves or cancels, then the calls and the notice at the door."""

from __future__ import annotations

import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.assignments.pages import DAY, agreed, audited, messages, words
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, tasks
from volunteer_hub.assignments.models import Call, State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.registrations import tasks as registration_tasks


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


@pytest.fixture
def event(organiser):
    """Return tomorrow's event of the organiser's, with a shift and a post."""
    who, of = organiser
    event = factories.event(of=of, by=who, starts_at=NOON + DAY)
    factories.post(factories.shift(event), max_people=30)
    return event


def post_of(event):
    return event.shifts[0].posts[0]


def fresh(event):
    db.session.expire_all()
    return db.session.get(Event, event.id)


def address(event, part=""):
    return f"/organise/events/{event.id}/change{part}"


def filled(client, event, **values):
    """Return the page's hidden values with what somebody fills in."""
    page = client.get(address(event)).text
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]
        for name in ("request_key", "version")
    }
    return hidden | {"what": "move", "starts_at": "2026-09-08T09:00", "reason": "大雨"} | values


def tell():
    tasks.follow_events(NOON)
    registration_tasks.tell_registrants(NOON)


def registered_before(event, **more):
    row = factories.registration(event, **more)
    row.created_at = NOON - DAY
    db.session.commit()


def with_mail(name, address):
    who = factories.person(name=name, email=address)
    return factories.volunteer(who=who)


class TestThePage:
    def test_says_beforehand_who_hears_of_it_and_how(self, client, only_mail, event):
        agreed(post_of(event), to=with_mail("林小禾", "lin@example.org"))
        agreed(post_of(event))
        factories.registration(event, phone="13900000001", companions=2)
        factories.registration(event, name=None)
        factories.assignment(post_of(event), state=State.DECLINED)

        page = words(client.get(address(event)).text)

        assert "人收到消息 1" in page
        assert "人要打电话 4" in page
        assert "人没留联系方式 1" in page
        assert "共 2 位志愿者、4 位群众" in page

    def test_moves_the_event_with_its_shifts_and_tells_everybody_why(self, client, event):
        row = agreed(post_of(event))
        registered_before(event, phone="13900000001")

        response = client.post(address(event), data=filled(client, event))

        assert response.location == address(event, "/calls")
        moved = fresh(event)
        assert moved.starts_at == NOON + 3 * DAY - 3 * HOUR
        assert moved.ends_at - moved.starts_at == 3 * HOUR
        assert moved.shifts[0].starts_at == moved.starts_at
        assert (moved.change_reason, moved.moved_from) == ("大雨", NOON + DAY)
        tell()
        assert [each.kind for each in messages()] == ["event_changed"] * 2
        assert {each.params["reason"] for each in messages()} == {"大雨"}
        assert {each.params["was"] for each in messages()} == {(NOON + DAY).isoformat()}
        assert {each.emergency is None for each in messages()} == {False}
        assert messages()[0].recipient_id == row.volunteer.person_id

    def test_cancels_the_event_and_tells_everybody_why(self, client, event):
        agreed(post_of(event))
        factories.registration(event, phone="13900000001")

        data = filled(client, event, what="cancel", starts_at="")
        client.post(address(event), data=data)

        assert (fresh(event).status, fresh(event).cancel_reason) == (Status.CANCELLED, "大雨")
        tell()
        assert [each.kind for each in messages()] == ["event_cancelled"] * 2
        assert {each.params["reason"] for each in messages()} == {"大雨"}

    def test_pressed_twice_moves_once(self, client, event):
        data = filled(client, event)
        client.post(address(event), data=data)

        again = client.post(address(event), data=data)

        assert again.location == address(event, "/calls")
        assert len(audited("event.edit")) == 1

    def test_pressed_twice_cancels_once(self, client, event):
        data = filled(client, event, what="cancel")
        client.post(address(event), data=data)

        assert client.post(address(event), data=data).location == address(event, "/calls")
        assert len(audited("event.cancel")) == 1

    @pytest.mark.parametrize(
        ("values", "words_of_error"),
        [
            ({"what": ""}, "请选择改期还是取消"),
            ({"what": "explode"}, "Not a valid choice"),
            ({"starts_at": ""}, "请选择新的开始时间"),
            ({"starts_at": "明天"}, "请填写日期和时间"),
            ({"starts_at": "2026-09-01T09:00"}, "这个开始时间已经过去了"),
            ({"starts_at": "2026-09-06T12:00"}, "活动本来就在这个时间"),
            ({"starts_at": "2029-09-06T12:00"}, "请选两年以内的时间"),
            ({"reason": " "}, "请写明原因"),
            ({"reason": "长" * 201}, "最多 200 个字"),
        ],
    )
    def test_keeps_what_was_typed_when_something_is_wrong(
        self, client, event, values, words_of_error
    ):
        response = client.post(address(event), data=filled(client, event, **values))

        assert response.status_code == 422
        if words_of_error.isascii():
            words_of_error = "请看一下这里"
        assert words_of_error in response.text
        assert values.get("reason", "大雨").strip() in response.text
        assert fresh(event).starts_at == NOON + DAY

    def test_takes_full_width_digits_and_emoji(self, client, event):
        data = filled(client, event, starts_at="２０２６-０９-０８ ０９:００", reason="暴雨 🌧️")

        client.post(address(event), data=data)

        assert fresh(event).starts_at == NOON + 3 * DAY - 3 * HOUR
        assert fresh(event).change_reason == "暴雨 🌧️"

    def test_open_too_long_keeps_what_was_typed(self, client, event):
        response = client.post(address(event), data=filled(client, event), csrf=False)

        assert response.status_code == 422
        assert "页面打开太久了" in response.text
        assert "大雨" in response.text
        assert fresh(event).starts_at == NOON + DAY

    def test_asks_again_when_somebody_saved_in_between(self, client, event):
        data = filled(client, event)
        fresh(event).title = "新名字"
        db.session.commit()

        response = client.post(address(event), data=data)
        assert "有人刚刚改过这个活动" in response.text
        assert fresh(event).starts_at == NOON + DAY

        version = re.search(r'name="version"[^>]*value="(\d+)"', response.text)[1]
        client.post(address(event), data=data | {"version": version})
        assert fresh(event).starts_at != NOON + DAY

    def test_of_a_draft_is_the_form_that_changes_it(self, client, organiser):
        who, of = organiser
        draft = factories.event(of=of, by=who, status=Status.DRAFT)

        assert client.get(address(draft)).location == f"/organise/events/{draft.id}/edit"

    def test_of_a_confirmed_event_changes_nothing(self, client, organiser):
        who, of = organiser
        over = factories.event(of=of, by=who, status=Status.CONFIRMED)

        assert client.get(address(over), follow_redirects=True).status_code == 409

    def test_costs_few_queries(self, client, event):
        costs = []
        for _ in range(2):
            agreed(post_of(event))
            factories.registration(event)
            client.get(address(event))
            with counted_queries() as statements:
                client.get(address(event))
            costs.append(len(statements))

        assert costs[0] == costs[1] <= 12


class TestCalls:
    @pytest.fixture(autouse=True)
    def by_mail_alone(self, only_mail):
        """Nobody who left a number alone gets a message."""

    @pytest.fixture
    def moved(self, client, event):
        """Return the event, moved, with a volunteer to ring and a nameless attendee."""
        self.row = agreed(post_of(event), to=factories.volunteer(
            who=factories.person(name="林小禾", phone="13800000001")
        ))  # fmt: skip
        self.guest = factories.registration(event, name=None)
        factories.registration(event, name="赵麦芽", phone="13900000002", companions=1)
        agreed(post_of(event), to=with_mail("孙小禾", "sun@example.org"))
        client.post(address(event), data=filled(client, event))
        return fresh(event)

    def values(self, moved, kind="person", recipient_id=None):
        recipient_id = recipient_id or self.row.volunteer.person_id
        return {"who": f"{kind}-{recipient_id}", "about": moved.changed_at.isoformat()}

    def test_list_whom_no_message_reaches(self, client, moved):
        page = words(client.get(address(moved, "/calls")).text)

        assert "林小禾 志愿者 讲解员 · 138****0001" in page
        assert "赵麦芽 群众 2 人 · 139****0002" in page
        assert "未留姓名 群众 1 人" in page
        assert "孙小禾" not in page
        assert "已告诉 0 / 3" in page

    def test_show_phones_on_request_and_write_it_down(self, client, organiser, moved):
        who, _of = organiser
        assert "tel:" not in client.get(address(moved, "/calls")).text

        page = client.post(address(moved, "/phones")).text

        assert "tel:13800000001" in page
        assert "tel:13900000002" in page
        [seen] = audited("event.show_phones")
        assert (seen.actor_id, seen.subject_id) == (who.id, moved.id)
        assert ["person", self.row.volunteer.person_id] in seen.details["shown"]
        assert client.get(address(moved, "/phones")).location == address(moved, "/calls")

    def test_are_ticked_off_and_a_tick_is_taken_back(self, client, organiser, moved):
        who, _of = organiser
        values = self.values(moved)

        page = client.post(address(moved, "/called"), data=values, follow_redirects=True).text
        assert "12:00 已告诉" in page
        call = db.session.scalars(select(Call)).one()
        assert (call.done_by_id, call.recipient_kind) == (who.id, RecipientKind.PERSON)
        client.post(address(moved, "/called"), data=values)
        assert len(audited("event.note_call")) == 1

        client.post(address(moved, "/called"), data=values | {"undo": "1"})
        assert db.session.scalar(select(func.count(Call.id))) == 0
        assert len(audited("event.take_back_call")) == 1

    def test_are_ticked_off_one_by_one_where_scripts_run(self, client, moved):
        values = self.values(moved, "registration", self.guest.id)

        page = client.post(
            address(moved, "/called"), data=values, headers={"HX-Request": "true"}
        ).text

        assert f'id="call-registration-{self.guest.id}"' in page
        assert "已告诉" in page
        assert "林小禾" not in page

    def test_keep_phones_on_the_page_without_scripts(self, client, moved):
        page = client.post(address(moved, "/called"), data=self.values(moved) | {"phones": "1"})

        assert "tel:13900000002" in page.text

    def test_begin_anew_with_the_next_change(self, client, moved, at):
        client.post(address(moved, "/called"), data=self.values(moved))
        old = self.values(moved)
        at(NOON + HOUR)
        client.post(address(moved), data=filled(client, moved, starts_at="2026-09-09T09:00"))

        assert "已告诉 0 / 3" in words(client.get(address(moved, "/calls")).text)
        client.post(address(moved, "/called"), data=old)
        assert db.session.scalar(select(func.count(Call.id))) == 1

    def test_still_list_everybody_after_a_cancellation_sent_them_away(self, client, moved):
        values = filled(client, moved, what="cancel", reason="路断了")
        client.post(address(moved), data=values)
        before = words(client.get(address(moved, "/calls")).text)
        tell()
        after = words(client.get(address(moved, "/calls")).text)

        for page in (before, after):
            assert "已告诉 0 / 3" in page
            assert "林小禾" in page
            assert "路断了" in page

    @pytest.mark.parametrize("who", ["", "person-", "office-1", "person-987654", "x", "person-一"])
    def test_are_about_people_of_the_event(self, client, moved, who):
        values = self.values(moved) | {"who": who}

        assert client.post(address(moved, "/called"), data=values).status_code == 404
        assert db.session.scalar(select(func.count(Call.id))) == 0

    def test_need_a_form_token(self, client, moved):
        response = client.post(address(moved, "/called"), data=self.values(moved), csrf=False)

        assert response.status_code == 400
        assert db.session.scalar(select(func.count(Call.id))) == 0

    def test_of_an_event_that_did_not_change_lead_to_the_page(self, client, event):
        page = client.get(address(event, "/calls")).text

        assert "这场活动没有改动过" in page

    def test_ticked_by_two_at_once_count_once(self, app, organiser, moved):
        who, _of = organiser
        scope, both = organisations.scope_of(who.id), Barrier(2)
        key = (RecipientKind.PERSON, self.row.volunteer.person_id)
        event_id, about_at = moved.id, moved.changed_at
        db.session.remove()

        def tick():
            with app.app_context():
                both.wait()
                with transaction():
                    actions.note_call(event_id, about_at, key, scope=scope, now=NOON)

        threads = [Thread(target=tick) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert db.session.scalar(select(func.count(Call.id))) == 1

    def test_are_for_those_who_may_manage_the_event(self, app, moved):
        scope = organisations.scope_of(factories.organiser().id)
        key = (RecipientKind.PERSON, self.row.volunteer.person_id)

        with pytest.raises(NotFoundError), transaction():
            actions.note_call(moved.id, moved.changed_at, key, scope=scope, now=NOON)

    def test_cost_the_same_for_one_and_for_many(self, client, moved):
        costs = []
        for _ in range(2):
            factories.registration(moved)
            agreed(post_of(moved))
            client.get(address(moved, "/calls"))
            with counted_queries() as statements:
                client.get(address(moved, "/calls"))
            costs.append(len(statements))

        assert costs[0] == costs[1] <= 12


class TestTheNoticeAtTheDoor:
    def test_says_from_when_to_when_and_why(self, client, event):
        client.post(address(event), data=filled(client, event))

        page = words(client.get(address(event, "/notice")).text)

        for part in ("活动改期", "科普大篷车进校园", "原定 9月6日（周日） 12:00",
                     "9月8日（周二） 09:00—12:00", "原因：大雨"):  # fmt: skip
            assert part in page

    def test_says_that_it_is_cancelled(self, client, event):
        client.post(address(event), data=filled(client, event, what="cancel"))

        page = words(client.get(address(event, "/notice")).text)

        assert "活动取消" in page
        assert "原定 9月6日（周日） 12:00" in page
        assert "现在改到" not in page
