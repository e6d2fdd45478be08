"""Speakers: what they offer, being asked, answering by link or by phone, the post they get."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import queries as assignments
from volunteer_hub.assignments.models import State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Membership
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.organisations.rules import Function
from volunteer_hub.talks import actions, queries
from volunteer_hub.talks.actions import Reply, TalkDraft
from volunteer_hub.talks.errors import TalkAnsweredError, TalkAskedError, TalkNotOfferedError
from volunteer_hub.talks.rules import Answer, TalkState

DRAFT = TalkDraft(title="怎样分辨真假来电", summary="", audience_codes=("elders",), minutes=60,
                  needs="投影仪", by_phone=False)  # fmt: skip


@pytest.fixture
def speaker(app):
    return factories.volunteer("陶紫苏")


@pytest.fixture
def organiser(app):
    return factories.organiser()


@pytest.fixture
def post(organiser):
    of = db.session.scalars(select(Membership).where(Membership.person_id == organiser.id)).one()
    return factories.post(factories.shift(factories.event(of=of.organisation, by=organiser)))


@pytest.fixture
def talk(speaker):
    return act(actions.offer, speaker.id, DRAFT, by=speaker.person_id)


def act(action, *args, **kwargs):
    with transaction():
        return action(*args, now=NOON, **kwargs)


def asked_for(talk, post, organiser):
    return act(actions.ask, talk.id, post.id, "", scope=scope_of(organiser.id))


def told(kind):
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind))
    return [(row.recipient_id, row.params) for row in rows]


def test_a_speaker_who_accepts_by_the_link_has_the_post(client, at, speaker, organiser, post, talk):
    at(NOON)
    asked = asked_for(talk, post, organiser)
    to, params = told("talk_asked")[0]
    assert to == speaker.person_id
    assert assignments.find_assignment(post.id, speaker.id) is None
    assert "能来" in client.get(params["path"]).text

    for _ in range(2):  # tapped twice
        assert client.post(params["path"], data={"answer": "accept"}).status_code == 302

    assert assignments.find_assignment(post.id, speaker.id).state is State.ACCEPTED
    assert told("talk_answered")[0][1]["outcome"] == "accepted"
    assert len(told("talk_answered")) == 1
    assert "就等您来讲" in client.get(params["path"]).text
    assert db.session.get(type(asked), asked.id).state is TalkState.ACCEPTED


def test_looking_at_the_link_changes_nothing_and_another_link_is_none(
    client, at, organiser, post, talk
):
    at(NOON)
    asked = asked_for(talk, post, organiser)
    path = actions.path_of(asked)
    client.get(path)
    assert db.session.get(type(asked), asked.id).state is TalkState.ASKED
    assert client.get(f"{path[:-1]}{'0' if path[-1] != '0' else '1'}").status_code == 404


def test_another_day_is_proposed_and_needs_a_day(client, at, organiser, post, talk):
    at(NOON)
    path = actions.path_of(asked_for(talk, post, organiser))
    assert client.post(path, data={"answer": "propose"}).status_code == 422
    data = {"answer": "propose", "proposed_on": "2026-10-03", "words": "那天我在"}
    assert client.post(path, data=data).status_code == 302
    assert told("talk_answered")[0][1]["on"] == "2026-10-03"
    client.sign_in(organiser)
    assert "那天我在" in client.get(told("talk_answered")[0][1]["path"]).text


def test_declining_needs_no_reason_and_one_may_think_again(speaker, organiser, post, talk):
    asked = asked_for(talk, post, organiser)
    act(actions.answer, asked.id, Reply(answer=Answer.DECLINE), by=None)
    assert assignments.find_assignment(post.id, speaker.id) is None
    act(actions.answer, asked.id, Reply(answer=Answer.ACCEPT), by=None)
    with pytest.raises(TalkAnsweredError):
        act(actions.answer, asked.id, Reply(answer=Answer.DECLINE), by=None)


def test_a_speaker_who_is_elsewhere_gets_told_and_stays_asked(
    client, at, speaker, organiser, post, talk
):
    at(NOON)
    factories.assignment(factories.post(factories.shift(starts_at=post.shift.starts_at)), speaker)
    asked = asked_for(talk, post, organiser)
    answer = client.post(actions.path_of(asked), data={"answer": "accept"})
    assert answer.status_code == 409
    assert db.session.get(type(asked), asked.id).state is TalkState.ASKED


def test_by_phone_no_link_goes_out_and_the_organiser_notes_the_answer(
    client, at, speaker, organiser, post
):
    at(NOON)
    client.sign_in(factories.office("210682"))
    data = {"title": "板栗剪枝", "minutes": "40", "by_phone": "y", "is_offered": "y"}
    page = f"/organise/volunteers/{speaker.id}/talks/new"
    assert client.post(page, data=data).status_code == 302
    talk = queries.talks_of(speaker.id)[0]
    assert talk.entered_by_id is not None

    client.sign_in(organiser)
    asked = client.post(f"/organise/talks/{talk.id}", data={"post_id": post.id})
    assert told("talk_asked") == []
    assert client.post(asked.location, data={"answer": "accept"}).status_code == 302
    assert assignments.find_assignment(post.id, speaker.id).state is State.ACCEPTED
    assert told("talk_answered") == []  # whoever asked noted it


def test_nobody_asks_twice_for_what_is_not_offered_or_for_others_posts(
    speaker, organiser, post, talk
):
    asked_for(talk, post, organiser)
    with pytest.raises(TalkAskedError):
        asked_for(talk, post, organiser)
    with pytest.raises(NotFoundError):
        asked_for(talk, factories.post(), organiser)
    quiet = TalkDraft(
        **{name: getattr(DRAFT, name) for name in DRAFT.__slots__} | {"is_offered": False}
    )
    act(actions.edit, talk.id, quiet, volunteer_id=speaker.id, by=speaker.person_id)
    later = factories.post(factories.shift(post.shift.event, starts_at=NOON + 30 * HOUR))
    with pytest.raises(TalkNotOfferedError):
        asked_for(talk, later, organiser)


def test_a_leader_of_a_team_and_a_stranger_find_no_talk(client, speaker, talk):
    client.sign_in(factories.organiser(factories.team(), function=Function.TEAM_LEADER))
    assert client.get(f"/organise/talks/{talk.id}").status_code == 403
    client.sign_in(factories.office("210681"))
    assert client.get(f"/organise/talks/{talk.id}").status_code == 404
    assert "真假来电" not in client.get("/organise/talks").text
    client.sign_in(factories.volunteer().person)
    assert client.get(f"/me/talks/{talk.id}").status_code == 404
