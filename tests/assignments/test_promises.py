"""Saying again that one comes, or that one cannot: the link, its page, its two buttons."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from tests import factories
from tests.assignments.pages import (
    DAY,
    MINUTE,
    agreed,
    audited,
    change,
    fresh,
    messages,
    reminder,
    seen,
    words,
)
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.errors import (
    ChangedMeanwhileError,
    NotComingError,
    PostClosedError,
    RemovedFromPostError,
)
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


def confirm(row, now=NOON, mark=None):
    with transaction():
        mark = actions.plan_mark(row.post.shift.event) if mark is None else mark
        actions.confirm(row.id, seen=mark, now=now)
    return fresh(row)


class TestThePage:
    def test_asks_and_says_when_and_where(self, client):
        row = agreed(starts_at=NOON + DAY)

        page = words(client.get(reminder(row)).text)

        assert "林小禾，您好。您还能来吗？请按一下。" in page
        assert "9月6日（周日） 12:00—14:00" in page
        assert "通远堡镇中心小学" in page
        assert "我会来" in page
        assert "来不了" in page

    def test_writes_nothing_when_it_is_only_opened(self, client):
        row = agreed()

        client.get(reminder(row))
        client.head(reminder(row))

        assert fresh(row).confirmed_at is None
        assert audited() == []

    def test_confirms_with_one_press_and_leads_to_the_pass(self, client):
        row = agreed()

        page = client.post(
            reminder(row) + "/confirm", data={"seen": seen(client, row)}, follow_redirects=True
        ).text

        assert "知道了，我们等您来" in page
        assert "查看我的签到码" in page
        assert fresh(row).confirmed_at == NOON
        assert fresh(row).confirmed_by_id is None
        assert audited("assignment.confirm")[0].actor_id == row.volunteer.person_id

    def test_confirmed_twice_is_confirmed_once(self, client, at):
        row = agreed()
        mark = seen(client, row)
        client.post(reminder(row) + "/confirm", data={"seen": mark})
        at(NOON + HOUR)

        client.post(reminder(row) + "/confirm", data={"seen": mark})

        assert fresh(row).confirmed_at == NOON
        assert len(audited("assignment.confirm")) == 1

    def test_frees_the_place_with_one_press_and_tells_the_organiser(self, client):
        row = agreed()

        page = client.post(reminder(row) + "/decline", follow_redirects=True).text

        assert "知道了，谢谢您告诉我们。我们再请别人。" in page
        assert (fresh(row).state, fresh(row).reason_given) == (State.WITHDRAWN, "")
        [told] = messages("assignment_withdrawn")
        assert told.recipient_id == row.post.shift.event.created_by_id
        assert queries.counts_of_posts([row.post_id]) == {}

    def test_takes_a_reason_after_the_answer_and_tells_the_organiser_once(self, client):
        row = agreed()
        client.post(reminder(row) + "/decline")

        client.post(reminder(row) + "/decline", data={"reason": " 要上班 🌧 "})

        assert fresh(row).reason_given == "要上班 🌧"
        assert len(messages("assignment_withdrawn")) == 1

    def test_keeps_a_reason_that_is_too_long(self, client):
        row = agreed(starts_at=NOON + DAY)
        client.post(reminder(row) + "/decline")

        response = client.post(reminder(row) + "/decline", data={"reason": "长" * 101})

        assert response.status_code == 422
        assert "长" * 101 in response.text
        assert fresh(row).reason_given == ""

    def test_leads_back_when_somebody_can_come_after_all(self, client):
        row = agreed()
        page = client.post(reminder(row) + "/decline", follow_redirects=True).text

        assert f"/i/{link_token(actions.INVITATION, row.id)}" in page
        client.post(f"/i/{link_token(actions.INVITATION, row.id)}/accept")

        assert fresh(row).state is State.ACCEPTED
        assert fresh(row).confirmed_at is None

    def test_does_not_confirm_a_plan_that_was_not_seen(self, client, at):
        row = agreed()
        mark = seen(client, row)
        change(row.post.shift.event, NOON + HOUR, moved_from=row.post.shift.starts_at - DAY)
        at(NOON + HOUR)

        response = client.post(reminder(row) + "/confirm", data={"seen": mark})

        assert response.status_code == 409
        assert "就在刚才，时间或地点变了" in response.text
        assert "时间变了" in response.text
        assert fresh(row).confirmed_at is None
        client.post(reminder(row) + "/confirm", data={"seen": seen(client, row)})
        assert fresh(row).confirmed_at == NOON + HOUR

    def test_asks_anew_after_a_change(self, client):
        row = agreed(confirmed_at=NOON - HOUR)
        assert "我会来" not in client.get(reminder(row)).text

        change(row.post.shift.event, NOON)

        assert "我会来" in client.get(reminder(row)).text

    def test_open_too_long_keeps_the_buttons_and_writes_nothing(self, client):
        row = agreed()

        response = client.post(reminder(row) + "/confirm", data={"seen": "0"}, csrf=False)

        assert response.status_code == 400
        assert "我会来" in response.text
        assert fresh(row).confirmed_at is None

    @pytest.mark.parametrize("state", [State.CANCELLED, State.DECLINED, State.INVITED])
    def test_of_no_promise_leads_to_the_invitation(self, client, state):
        row = factories.assignment(state=state)

        response = client.get(reminder(row))

        assert response.location == f"/i/{link_token(actions.INVITATION, row.id)}"

    def test_of_a_cancelled_event_leads_to_what_became_of_it(self, client):
        post = factories.post(factories.shift(factories.event(status=Status.CANCELLED)))
        row = factories.assignment(post)

        assert "/i/" in client.post(reminder(row) + "/confirm", data={"seen": "0"}).location

    def test_offers_no_way_out_once_the_shift_has_begun(self, client, at):
        row = agreed(starts_at=NOON + DAY)
        at(NOON + DAY)

        page = client.get(reminder(row)).text
        response = client.post(reminder(row) + "/decline")

        assert "我会来" in page
        assert "/decline" not in page
        assert response.status_code == 409
        assert "班次已经开始" in response.text
        assert fresh(row).state is State.ACCEPTED

    def test_of_a_shift_that_is_over_asks_nothing(self, client, at):
        row = agreed(starts_at=NOON + DAY)
        at(NOON + DAY + 2 * HOUR)

        assert "我会来" not in client.get(reminder(row)).text

    @pytest.mark.parametrize("token", ["1-AAAA", "x", "99999999999999-A", "1", "-"])
    def test_of_a_forged_link_is_not_there(self, client, token):
        agreed()

        assert client.get(f"/r/{token}").status_code == 404
        assert client.post(f"/r/{token}/confirm").status_code == 404

    def test_does_not_open_with_the_key_of_another_purpose(self, client):
        row = agreed()
        invitation = link_token(actions.INVITATION, row.id)

        assert client.get(f"/r/{invitation}").status_code == 404
        assert client.get(reminder(row).replace("/r/", "/i/")).status_code == 404

    def test_costs_few_queries(self, client):
        row = agreed()
        client.get(reminder(row))

        with counted_queries() as statements:
            client.get(reminder(row))

        assert len(statements) <= 8


class TestConfirming:
    @pytest.mark.parametrize(
        ("state", "error"),
        [
            (State.WITHDRAWN, NotComingError),
            (State.DECLINED, NotComingError),
            (State.INVITED, NotComingError),
            (State.CANCELLED, RemovedFromPostError),
        ],
    )
    def test_is_for_those_who_agreed(self, app, state, error):
        row = factories.assignment(state=state)

        with pytest.raises(error):
            confirm(row)

    def test_is_too_late_when_the_shift_has_ended(self, app):
        row = agreed(starts_at=NOON)

        assert confirm(row, now=NOON + 2 * HOUR - MINUTE).confirmed_at is not None
        with pytest.raises(PostClosedError):
            confirm(row, now=NOON + 2 * HOUR)

    def test_needs_an_event_that_takes_place(self, app):
        row = agreed()
        row.post.shift.event.status = Status.CANCELLED
        db.session.commit()

        with pytest.raises(PostClosedError):
            confirm(row)

    def test_of_nothing_is_not_found(self, app):
        with pytest.raises(NotFoundError), transaction():
            actions.confirm(987654, seen="0", now=NOON)

    @pytest.mark.parametrize("mark", ["", "1", "x"])
    def test_needs_the_plan_as_it_is(self, app, mark):
        with pytest.raises(ChangedMeanwhileError):
            confirm(agreed(), mark=mark)

    def test_and_declining_at_the_same_moment_end_in_one_of_the_two(self, app):
        row_id, both = agreed().id, Barrier(2)
        refused = []

        def press(action):
            with app.app_context():
                both.wait()
                try:
                    with transaction():
                        action()
                except DomainError as error:
                    refused.append(type(error))

        presses = (
            lambda: actions.confirm(row_id, seen="0", now=NOON),
            lambda: actions.cannot_come(row_id, "", now=NOON),
        )
        threads = [Thread(target=press, args=(action,)) for action in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        db.session.remove()
        row = db.session.get(Assignment, row_id)
        assert (row.state, row.confirmed_at) == (State.WITHDRAWN, None)
        assert refused in ([], [NotComingError])
        assert len(messages("assignment_withdrawn")) == 1


class TestSigningUpAgain:
    def test_forgets_what_was_confirmed_before(self, app):
        row = confirm(agreed())
        with transaction():
            actions.withdraw(row.id, "", now=NOON)
        assert fresh(row).confirmed_at is None

        with transaction():
            actions.sign_up(row.post_id, row.volunteer_id, now=NOON + HOUR)

        assert fresh(row).confirmed_at is None


class TestMyEvents:
    def test_ask_to_confirm_what_is_near_and_say_what_was_confirmed(self, client):
        near = agreed(starts_at=NOON + 2 * DAY)
        client.sign_in(near.volunteer.person)

        page = client.get("/me").text
        assert reminder(near) in page
        assert "请您确认" in page

        confirm(near)
        page = client.get("/me").text
        assert reminder(near) not in page
        assert "您已确认会来" in page

    def test_do_not_ask_of_what_is_far_or_was_agreed_just_now(self, client):
        far = agreed(starts_at=NOON + 4 * DAY)
        late = factories.post(factories.shift(factories.event(starts_at=NOON + 30 * HOUR)))
        agreed(late, to=far.volunteer, agreed_at=NOON - timedelta(minutes=5))
        client.sign_in(far.volunteer.person)

        assert "请您确认" not in client.get("/me").text


def test_the_invitations_page_leads_to_the_question(client):
    row = agreed(starts_at=NOON + 2 * DAY)

    page = client.get(f"/i/{link_token(actions.INVITATION, row.id)}").text

    assert reminder(row) in page
