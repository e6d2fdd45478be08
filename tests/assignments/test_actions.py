from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.actions import Outcome, Pick
from volunteer_hub.assignments.errors import (
    AlreadyInShiftError,
    InvitationExpiredError,
    PostClosedError,
    PostFullError,
    RemovedFromPostError,
    ShiftsOverlapError,
    SkillMissingError,
    TooLateToWithdrawError,
    VolunteerPausedError,
)
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status

MINUTE = timedelta(minutes=1)


def do(action, *args, **kwargs):
    """Do one action as a request would, and return a fresh copy of its row."""
    with transaction():
        row = action(*args, now=kwargs.pop("now", NOON), **kwargs)
        row_id = getattr(row, "id", None)
    return db.session.get(Assignment, row_id) if row_id else row


def sign_up(post, volunteer, now=NOON):
    return do(actions.sign_up, post.id, volunteer.id, now=now)


def messages(kind=None):
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return [row for row in rows if kind is None or row.kind == kind]


def audited():
    return db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1]


def pick(post, volunteer, source=Source.MATCHER):
    return Pick(post.id, volunteer.id, source, ({"code": "skill", "skill": "robots"},))


def invite(post, *volunteers, now=NOON, by=None):
    event = post.shift.event
    picks = [pick(post, volunteer) for volunteer in volunteers]
    return do(actions.invite, event.id, picks, by=by or event.created_by_id, now=now)


class TestSignUp:
    def test_gives_a_place_a_pass_and_a_confirmation(self, app):
        post, volunteer = factories.post(title="讲解员"), factories.volunteer()

        row = sign_up(post, volunteer)

        assert (row.state, row.source, row.answered_at) == (State.ACCEPTED, Source.SIGN_UP, NOON)
        assert row.pass_hash == code_hash(ticket_code("V", row.id, 1))
        [message] = messages()
        assert message.kind == "assignment_confirmed"
        assert message.recipient_id == volunteer.person_id
        assert message.params["post"] == "讲解员"
        assert message.params["path"] == actions.invitation_path(row)
        assert audited() == "assignment.sign_up"

    def test_twice_changes_nothing(self, app):
        post, volunteer = factories.post(max_people=1), factories.volunteer()

        first = sign_up(post, volunteer)
        again = sign_up(post, volunteer, now=NOON + MINUTE)

        assert again.id == first.id
        assert again.answered_at == NOON
        assert len(messages()) == 1

    def test_takes_the_last_place_but_not_one_more(self, app):
        post = factories.post(max_people=1)
        sign_up(post, factories.volunteer())

        with pytest.raises(PostFullError):
            sign_up(post, factories.volunteer())

        assert db.session.scalar(select(func.count(Assignment.id))) == 1

    @pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN, State.EXPIRED])
    def test_brings_back_whoever_left_on_the_same_row(self, app, state):
        known = factories.assignment(state=state, source=Source.MATCHER)

        row = sign_up(known.post, known.volunteer)

        assert row.id == known.id
        assert (row.state, row.source) == (State.ACCEPTED, Source.SIGN_UP)

    def test_answers_an_open_invitation(self, app):
        known = factories.assignment(state=State.INVITED, source=Source.MATCHER)

        row = sign_up(known.post, known.volunteer)

        assert (row.state, row.source) == (State.ACCEPTED, Source.MATCHER)

    def test_is_refused_to_whoever_was_removed(self, app):
        known = factories.assignment(state=State.CANCELLED)

        with pytest.raises(RemovedFromPostError):
            sign_up(known.post, known.volunteer)

    def test_is_refused_without_the_skill(self, app):
        post = factories.post(skills=[("robots", 2)])

        with pytest.raises(SkillMissingError):
            sign_up(post, factories.volunteer(skills=[("robots", 1)]))
        assert sign_up(post, factories.volunteer(skills=[("robots", 2)])).state is State.ACCEPTED

    def test_is_refused_to_paused_volunteers(self, app):
        volunteer = factories.volunteer()
        volunteer.is_paused = True
        db.session.commit()

        with pytest.raises(VolunteerPausedError):
            sign_up(factories.post(), volunteer)

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED])
    def test_is_refused_when_the_event_is_not_on(self, app, status):
        post = factories.post(factories.shift(factories.event(status=status)))

        with pytest.raises(PostClosedError):
            sign_up(post, factories.volunteer())

    def test_is_refused_once_the_shift_begins(self, app):
        post = factories.post()
        starts_at = post.shift.starts_at

        with pytest.raises(PostClosedError):
            sign_up(post, factories.volunteer(), now=starts_at)
        assert sign_up(post, factories.volunteer(), now=starts_at - MINUTE) is not None

    def test_is_refused_for_a_second_post_at_the_same_time(self, app):
        shift, volunteer = factories.shift(), factories.volunteer()
        sign_up(factories.post(shift), volunteer)
        elsewhere = factories.shift(starts_at=shift.starts_at + HOUR)

        with pytest.raises(AlreadyInShiftError):
            sign_up(factories.post(shift, title="引导员"), volunteer)
        with pytest.raises(ShiftsOverlapError):
            sign_up(factories.post(elsewhere), volunteer)

    def test_needs_a_post_and_a_volunteer(self, app):
        post, volunteer = factories.post(), factories.volunteer()

        with pytest.raises(NotFoundError):
            do(actions.sign_up, post.id + 1, volunteer.id)
        with pytest.raises(NotFoundError):
            do(actions.sign_up, post.id, volunteer.id + 1)


class TestInvite:
    def test_asks_and_keeps_why(self, app):
        post, volunteer = factories.post(), factories.volunteer()
        by = post.shift.event.created_by_id

        assert invite(post, volunteer) == Outcome(invited=1, skipped=0)

        row = queries.find_assignment(post.id, volunteer.id)
        assert (row.state, row.source, row.invited_by_id) == (State.INVITED, Source.MATCHER, by)
        assert row.reasons == [{"code": "skill", "skill": "robots"}]
        assert row.expires_at == post.shift.starts_at - 2 * HOUR
        assert row.pass_hash is None
        [message] = messages("invitation")
        assert message.expires_at == row.expires_at
        assert message.params["path"] == actions.invitation_path(row)
        assert message.params["deadline"] == row.expires_at.isoformat()

    def test_asks_nobody_twice(self, app):
        post, volunteer = factories.post(), factories.volunteer()
        invite(post, volunteer)

        assert invite(post, volunteer, volunteer) == Outcome(invited=0, skipped=1)
        assert len(messages("invitation")) == 1

    def test_leaves_out_the_paused_the_busy_and_the_full(self, app):
        shift = factories.shift()
        post, full = factories.post(shift), factories.post(shift, max_people=1)
        paused, busy, free = (factories.volunteer() for _ in range(3))
        paused.is_paused = True
        db.session.commit()
        factories.assignment(full, busy)
        picks = [pick(post, paused), pick(post, busy), pick(post, free), pick(full, free)]

        by = shift.event.created_by_id
        outcome = do(actions.invite, shift.event_id, picks, by=by)

        assert outcome == Outcome(invited=1, skipped=3)
        assert queries.find_assignment(post.id, free.id).state is State.INVITED

    def test_leaves_out_posts_of_other_events_and_people_who_are_not_there(self, app):
        post, elsewhere = factories.post(), factories.post()
        volunteer = factories.volunteer()
        picks = [pick(elsewhere, volunteer), Pick(post.id, 9999, Source.MATCHER)]

        by = post.shift.event.created_by_id
        assert do(actions.invite, post.shift.event_id, picks, by=by) == Outcome(0, 2)
        assert db.session.scalar(select(func.count(Assignment.id))) == 0

    def test_asks_nobody_for_a_draft_or_a_shift_that_began(self, app):
        draft = factories.post(factories.shift(factories.event(status=Status.DRAFT)))
        begun = factories.post()

        assert invite(draft, factories.volunteer()) == Outcome(0, 1)
        at_start = begun.shift.starts_at
        assert invite(begun, factories.volunteer(), now=at_start) == Outcome(0, 1)

    def test_asks_again_whoever_did_not_answer(self, app):
        known = factories.assignment(state=State.EXPIRED)

        assert invite(known.post, known.volunteer) == Outcome(1, 0)
        assert db.session.get(Assignment, known.id).state is State.INVITED


class TestAccept:
    def test_gives_the_place_a_pass_and_a_confirmation(self, app):
        known = factories.assignment(state=State.INVITED, source=Source.MATCHER)

        row = do(actions.accept_invitation, known.id)

        assert (row.state, row.answered_at) == (State.ACCEPTED, NOON)
        assert row.pass_hash == code_hash(ticket_code("V", row.id, 1))
        assert [each.kind for each in messages()] == ["assignment_confirmed"]
        assert audited() == "invitation.accept"

    def test_twice_changes_nothing(self, app):
        known = factories.assignment(state=State.INVITED)

        do(actions.accept_invitation, known.id)
        row = do(actions.accept_invitation, known.id, now=NOON + MINUTE)

        assert row.answered_at == NOON
        assert len(messages()) == 1

    @pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN])
    def test_may_follow_a_no(self, app, state):
        known = factories.assignment(state=state, expires_at=NOON + HOUR)

        assert do(actions.accept_invitation, known.id).state is State.ACCEPTED

    @pytest.mark.parametrize("state", [State.INVITED, State.DECLINED, State.EXPIRED])
    def test_is_too_late_at_the_deadline(self, app, state):
        known = factories.assignment(state=state, expires_at=NOON)

        with pytest.raises(InvitationExpiredError):
            do(actions.accept_invitation, known.id)

    def test_is_refused_when_full_overlapping_closed_or_taken_back(self, app):
        full = factories.post(max_people=1)
        factories.assignment(full)
        invited = factories.assignment(full, state=State.INVITED)
        with pytest.raises(PostFullError):
            do(actions.accept_invitation, invited.id)

        busy = factories.assignment(state=State.INVITED)
        elsewhere = factories.shift(starts_at=busy.post.shift.starts_at)
        factories.assignment(factories.post(elsewhere), busy.volunteer)
        with pytest.raises(ShiftsOverlapError):
            do(actions.accept_invitation, busy.id)

        cancelled = factories.post(factories.shift(factories.event(status=Status.CANCELLED)))
        with pytest.raises(PostClosedError):
            do(actions.accept_invitation, factories.assignment(cancelled, state=State.INVITED).id)

        with pytest.raises(RemovedFromPostError):
            do(actions.accept_invitation, factories.assignment(state=State.CANCELLED).id)

    def test_does_not_ask_for_skills(self, app):
        post = factories.post(skills=[("robots", 3)])
        known = factories.assignment(post, state=State.INVITED)

        assert do(actions.accept_invitation, known.id).state is State.ACCEPTED


class TestDecline:
    def test_is_noted_with_or_without_a_reason(self, app):
        known = factories.assignment(state=State.INVITED)

        row = do(actions.decline_invitation, known.id, "")
        assert (row.state, row.reason_given, row.answered_at) == (State.DECLINED, "", NOON)

        row = do(actions.decline_invitation, known.id, "那天要上班")
        assert row.reason_given == "那天要上班"
        assert messages() == []

    def test_does_not_undo_an_agreement(self, app):
        known = factories.assignment()

        assert do(actions.decline_invitation, known.id, "").state is State.ACCEPTED


class TestWithdraw:
    def test_frees_the_place_and_tells_the_organiser(self, app):
        known = factories.assignment(factories.post(max_people=1))
        event = known.post.shift.event

        row = do(actions.withdraw, known.id, "孩子病了")

        assert (row.state, row.reason_given) == (State.WITHDRAWN, "孩子病了")
        [message] = messages()
        assert (message.kind, message.recipient_id) == ("assignment_withdrawn", event.created_by_id)
        assert "孩子病了" not in str(message.params)
        assert sign_up(row.post, factories.volunteer()).state is State.ACCEPTED

    def test_keeps_the_pass_so_that_the_door_can_tell(self, app):
        known = factories.assignment()
        pass_hash = known.pass_hash

        do(actions.withdraw, known.id, "")

        assert queries.assignment_by_pass_hash(pass_hash).state is State.WITHDRAWN

    def test_twice_tells_once(self, app):
        known = factories.assignment()

        do(actions.withdraw, known.id, "")
        do(actions.withdraw, known.id, "")

        assert len(messages()) == 1

    def test_is_too_late_when_the_shift_begins(self, app):
        known = factories.assignment()
        starts_at = known.post.shift.starts_at

        with pytest.raises(TooLateToWithdrawError):
            do(actions.withdraw, known.id, "", now=starts_at)
        assert do(actions.withdraw, known.id, "", now=starts_at - MINUTE).state is State.WITHDRAWN


class TestOrganiser:
    def test_confirms_someone_by_phone_even_after_a_no_and_without_the_skill(self, app):
        post = factories.post(skills=[("robots", 3)])
        known = factories.assignment(post, state=State.DECLINED)
        by = factories.organiser().id

        row = do(actions.confirm_by_phone, post.id, known.volunteer_id, by=by)

        assert (row.state, row.source, row.invited_by_id) == (State.ACCEPTED, Source.ORGANISER, by)
        assert audited() == "assignment.confirm_by_phone"

    def test_cannot_confirm_beyond_the_last_place(self, app):
        post = factories.post(max_people=1)
        factories.assignment(post)

        with pytest.raises(PostFullError):
            do(actions.confirm_by_phone, post.id, factories.volunteer().id, by=1)

    def test_tells_whoever_had_agreed_that_they_are_taken_off(self, app):
        known = factories.assignment()

        row = do(actions.remove, known.id, "改到室内", by=known.post.shift.event.created_by_id)

        assert (row.state, row.reason_given) == (State.CANCELLED, "改到室内")
        [message] = messages()
        assert (message.kind, message.params["reason"]) == ("assignment_removed", "改到室内")

    def test_takes_back_an_invitation_without_a_word(self, app):
        known = factories.assignment(state=State.INVITED)

        assert do(actions.remove, known.id, "", by=1).state is State.CANCELLED
        assert messages() == []

    def test_does_nothing_to_whoever_is_not_coming_anyway(self, app):
        known = factories.assignment(state=State.DECLINED)

        assert do(actions.remove, known.id, "", by=1).state is State.DECLINED


def press_at_once(app, presses):
    """Call these at the same moment, each as a request of its own; return what came of it."""
    start, answers = Barrier(len(presses)), []

    def press(call):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    call()
                answers.append("ok")
            except Exception as error:
                answers.append(type(error).__name__)
            finally:
                db.session.remove()

    people = [Thread(target=press, args=(call,)) for call in presses]
    for person in people:
        person.start()
    for person in people:
        person.join()
    db.session.rollback()
    return sorted(answers)


def test_of_eight_people_who_accept_at_once_one_gets_the_last_place(app):
    post = factories.post(max_people=1)
    ids = [factories.assignment(post, state=State.INVITED).id for _ in range(8)]
    post_id = post.id

    answers = press_at_once(
        app, [partial(actions.accept_invitation, each, now=NOON) for each in ids]
    )

    assert answers == ["PostFullError"] * 7 + ["ok"]
    assert queries.counts_of_posts([post_id])[post_id] == PostCount(accepted=1, invited=7)


def test_of_eight_people_who_sign_up_at_once_one_gets_the_last_place(app):
    post_id = factories.post(max_people=1).id
    ids = [factories.volunteer().id for _ in range(8)]

    answers = press_at_once(
        app, [partial(actions.sign_up, post_id, each, now=NOON) for each in ids]
    )

    assert answers == ["PostFullError"] * 7 + ["ok"]
    assert queries.counts_of_posts([post_id])[post_id] == PostCount(accepted=1, invited=0)


def test_one_person_who_presses_at_two_posts_at_once_is_at_one(app):
    shift = factories.shift()
    elsewhere = factories.shift(starts_at=shift.starts_at)
    volunteer_id = factories.volunteer().id
    post_ids = [factories.post(each).id for each in (shift, elsewhere)] * 3

    answers = press_at_once(
        app, [partial(actions.sign_up, each, volunteer_id, now=NOON) for each in post_ids]
    )

    assert answers == ["ShiftsOverlapError"] * 3 + ["ok"] * 3
    assert len(queries.commitments_of(volunteer_id)) == 1
