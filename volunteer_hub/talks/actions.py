from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.actions.telling import facts_of
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events import queries as events
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.talks import queries
from volunteer_hub.talks.errors import TalkAnsweredError, TalkAskedError, TalkNotOfferedError
from volunteer_hub.talks.models import Talk, TalkRequest
from volunteer_hub.talks.rules import STATE_AFTER, Answer, TalkState, may_answer
from volunteer_hub.volunteers import queries as volunteers

PURPOSE: Final = "talk"
ASKED: Final = "talk_asked"
ANSWERED: Final = "talk_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkDraft:
    """What is known of a talk."""

    title: str
    summary: str
    audience_codes: tuple[str, ...]
    minutes: int
    needs: str
    by_phone: bool
    is_offered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a speaker says to a request.

    Attributes:
        proposed_on: The day they propose instead.
        words: What they say about it; may be empty.
    """

    answer: Answer
    proposed_on: date | None = None
    words: str = ""


def offer(volunteer_id: int, draft: TalkDraft, *, by: int, now: datetime) -> Talk:
    """Add a talk to what a volunteer offers.

    Args:
        volunteer_id: Whose.
        draft: What it is.
        by: Who adds it: the volunteer, or whoever wrote it down for them.
        now: When.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    talk = Talk(volunteer_id=volunteer_id, created_at=now, entered_by_id=None)
    if by != volunteer.person_id:
        talk.entered_by_id = by
    _fill(talk, draft)
    db.session.add(talk)
    db.session.flush()
    audit.record("talk.offer", talk, by=by, now=now)
    return talk


def offer_for(volunteer_id: int, draft: TalkDraft, *, scope: Scope, now: datetime) -> Talk:
    """Add a talk for a volunteer who told it on the phone.

    Raises:
        NotFoundError: There is no such volunteer, or it is not this member of staff's business.
    """
    queries.known_volunteer(volunteer_id, scope)
    return offer(volunteer_id, draft, by=scope.person_id, now=now)


def edit(talk_id: int, draft: TalkDraft, *, volunteer_id: int, by: int, now: datetime) -> None:
    """Change a talk of one's own, or offer it no longer.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    queries.own_talk(talk_id, volunteer_id)
    talk = queries.lock_talk(talk_id)
    _fill(talk, draft)
    audit.record("talk.edit", talk, by=by, now=now)


def _fill(talk: Talk, draft: TalkDraft) -> None:
    talk.title, talk.summary, talk.needs = draft.title, draft.summary, draft.needs
    talk.audience_codes, talk.minutes = list(draft.audience_codes), draft.minutes
    talk.by_phone, talk.is_offered = draft.by_phone, draft.is_offered


def ask(talk_id: int, post_id: int, note: str, *, scope: Scope, now: datetime) -> TalkRequest:
    """Ask a speaker for a talk at a post, by a link, unless they would rather be rung up.

    Args:
        talk_id: Which talk.
        post_id: Which post of an event of theirs.
        note: What they are told about it; may be empty.
        scope: Who asks.
        now: When.

    Raises:
        NotFoundError: There is no such talk or post for them.
        TalkNotOfferedError: The speaker offers it no longer.
        TalkAskedError: It is asked for there already.
    """
    queries.talk_for_staff(talk_id, scope)
    post = events.post_for_staff(post_id, scope)
    talk = queries.lock_talk(talk_id)
    if not talk.is_offered:
        raise TalkNotOfferedError
    if queries.is_asked(talk_id, post_id):
        raise TalkAskedError
    asked = TalkRequest(
        talk_id=talk_id,
        post_id=post_id,
        asked_by_id=scope.person_id,
        asked_at=now,
        note=note,
        state=TalkState.ASKED,
    )
    db.session.add(asked)
    db.session.flush()
    audit.record("talk.ask", asked, by=scope.person_id, now=now)
    if not talk.by_phone:
        outbox.enqueue(
            ASKED,
            to=outbox.to_person(talk.volunteer.person_id),
            now=now,
            expires_at=post.shift.starts_at,
            params=facts_of(post) | {"talk": talk.title, "path": path_of(asked)},
        )
    return asked


def path_of(asked: TalkRequest) -> str:
    """Return where a speaker answers, without signing in."""
    return f"/talk/{link_token(PURPOSE, asked.id)}"


def answer(request_id: int, reply: Reply, *, by: int | None, now: datetime) -> TalkRequest:
    """Note what a speaker says; who accepts has the post, as after an invitation.

    Args:
        request_id: What they were asked for.
        reply: What they say.
        by: Whoever notes it, having heard it on the phone; None when they say it by their link.
        now: When.

    Raises:
        NotFoundError: There is none.
        TalkAnsweredError: They agreed before, or declined and do not accept now.
        DomainError: They accept, and the post cannot be theirs: it is full, over, or at a time
            when they are elsewhere.
    """
    seen = queries.request_by_id(request_id)
    volunteer_id, post_id = seen.talk.volunteer_id, seen.post_id
    volunteer = volunteers.lock_volunteer(volunteer_id)
    events.lock_post(post_id)
    asked = queries.lock_request(request_id)
    if asked.state is STATE_AFTER[reply.answer] and reply.answer is not Answer.PROPOSE:
        return asked
    if not may_answer(asked.state, reply.answer):
        raise TalkAnsweredError
    if reply.answer is Answer.ACCEPT:
        assignments.confirm_by_phone(
            post_id, volunteer_id, by=by or asked.asked_by_id, now=now, how="accept_talk"
        )
    asked.state, asked.answer = STATE_AFTER[reply.answer], reply.words
    asked.proposed_on = reply.proposed_on if reply.answer is Answer.PROPOSE else None
    asked.answered_at, asked.answered_by_id = now, by
    who = by if by is not None else volunteer.person_id
    audit.record("talk.answer", asked, by=who, now=now, details={"answer": str(reply.answer)})
    if by != asked.asked_by_id:
        _tell_asker(asked, now)
    return asked


def _tell_asker(asked: TalkRequest, now: datetime) -> None:
    params = {
        "talk": asked.talk.title,
        "event": asked.post.shift.event.title,
        "outcome": str(asked.state),
        "on": asked.proposed_on.isoformat() if asked.proposed_on else "",
        "path": f"/organise/talk-requests/{asked.id}",
    }
    outbox.enqueue(ANSWERED, to=outbox.to_person(asked.asked_by_id), now=now, params=params)
