"""Two volunteers swap their places: both judged at that moment, with everything of both held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import line, places
from volunteer_hub.assignments.actions.telling import facts_of, invitation_path
from volunteer_hub.assignments.errors import (
    ExchangeGoneError,
    NotComingError,
    PartnerCannotError,
    PartnerNotFoundError,
    TooLateToWithdrawError,
)
from volunteer_hub.assignments.models import (
    Assignment,
    Exchange,
    ExchangeApproval,
    Source,
    State,
)
from volunteer_hub.assignments.rules import PENDING, ExchangeState, Refusal
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers.models import Volunteer

SWAP: Final = "swap"  # what the link of whoever is asked is signed for


@dataclass(frozen=True, slots=True)
class Both:
    """Two places that are to change hands, all of it held."""

    exchange: Exchange
    given: Assignment
    wanted: Assignment
    people: dict[int, Volunteer]
    posts: dict[int, Post]

    @property
    def shifts(self) -> set[int]:
        """The shifts whose places change hands."""
        return {post.shift_id for post in self.posts.values()}


def propose_swap(assignment_id: int, post_id: int, phone: str, *, now: datetime) -> Exchange:
    """Ask somebody, named by their number, to swap places. An older question of theirs ends.

    Args:
        assignment_id: The place that is given.
        post_id: Where the other one has theirs.
        phone: The other one's number.
        now: The moment.

    Raises:
        NotFoundError: There is no such assignment.
        NotComingError: They have no place.
        TooLateToWithdrawError: The shift has begun.
        PartnerNotFoundError: Nobody of that number has a place there.
    """
    row, post = places.lock(assignment_id)
    if row.state is not State.ACCEPTED:
        raise NotComingError
    if now >= post.shift.starts_at:
        raise TooLateToWithdrawError
    offered = {each.id for each in queries.posts_to_swap_for(post, now=now)}
    partner = queries.holder_by_phone(post_id, phone) if post_id in offered else None
    if partner is None or partner.volunteer_id == row.volunteer_id:
        raise PartnerNotFoundError
    withdraw_exchange(row, now=now)
    asked = Exchange(
        from_id=row.id, to_id=partner.id, volunteer_id=partner.volunteer_id,
        state=ExchangeState.OPEN, asked_at=now,
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    audit.record("swap.propose", asked, by=row.volunteer.person_id, now=now)
    path = f"/k/{link_token(SWAP, asked.id)}"
    tell("swap_asked", [(partner.volunteer.person_id, path)], row.post, asked, now=now)
    return asked


def withdraw_exchange(row: Assignment, *, now: datetime) -> None:
    """End what was to become of a place that is held. Twice changes nothing."""
    pending = queries.pending_of(row.id)
    if pending is not None:
        pending.state, pending.answered_at = ExchangeState.WITHDRAWN, now
        db.session.flush()


def take_back_swap(assignment_id: int, *, now: datetime) -> None:
    """Let whoever proposed a swap think again.

    Raises:
        NotFoundError: There is no such assignment.
    """
    row, _post = places.lock(assignment_id)
    withdraw_exchange(row, now=now)


def decline_swap(exchange_id: int, *, now: datetime) -> None:
    """Note that the other one would rather not. Twice changes nothing.

    Raises:
        NotFoundError: There is no such exchange.
    """
    both = _hold(exchange_id)
    if both.exchange.state is ExchangeState.OPEN:
        _end(both, ExchangeState.DECLINED, now=now)


def accept_swap(exchange_id: int, *, now: datetime) -> ExchangeState:
    """Swap both places, or let the organiser decide where they want to.

    Accepting twice changes nothing. Returns how it stands then.

    Raises:
        NotFoundError: There is no such exchange.
        ExchangeGoneError: One of the places is not theirs any more, or it was taken back.
        PartnerCannotError: The rules keep the one who asked from the place they would get.
        DomainError: One of `places.ERRORS`: what keeps the one who was asked.
    """
    both = _hold(exchange_id)
    exchange = both.exchange
    if exchange.state in (ExchangeState.DONE, ExchangeState.WAITING):
        return exchange.state
    _require_possible(both, ExchangeState.OPEN, now=now)
    by = both.wanted.volunteer.person_id
    event_ids = {post.shift.event_id for post in both.posts.values()}
    if not queries.needs_approval(event_ids):
        _carry_out(both, by=by, now=now)
        return exchange.state
    exchange.state, exchange.answered_at = ExchangeState.WAITING, now
    audit.record("swap.accept", exchange, by=by, now=now)
    tell_organisers(exchange, both.posts.values(), now=now)
    return exchange.state


def _hold(exchange_id: int) -> Both:
    """Hold people, posts, places and the exchange, in this order and each by id."""
    seen = queries.exchange_by_id(exchange_id)
    if seen.to_id is None:
        raise ExchangeGoneError
    given, wanted = queries.assignment_by_id(seen.from_id), queries.assignment_by_id(seen.to_id)
    people = places.lock_volunteers({given.volunteer_id, wanted.volunteer_id})
    posts = {each: events.lock_post(each) for each in sorted({given.post_id, wanted.post_id})}
    rows = {each: queries.lock_assignment(each) for each in sorted((given.id, wanted.id))}
    exchange = queries.lock_exchange(exchange_id)
    return Both(exchange, rows[given.id], rows[wanted.id], people, posts)


def _require_possible(both: Both, state: ExchangeState, *, now: datetime) -> None:
    holds = both.given.state is State.ACCEPTED and both.wanted.state is State.ACCEPTED
    is_asked = both.exchange.volunteer_id == both.wanted.volunteer_id
    if both.exchange.state is not state or not holds or not is_asked:
        raise ExchangeGoneError
    if any(now >= post.shift.starts_at for post in both.posts.values()):
        raise ExchangeGoneError
    why_not = _refusal(both, both.wanted.volunteer_id, both.given, now=now)
    if why_not is not None:
        raise places.ERRORS[why_not]
    if _refusal(both, both.given.volunteer_id, both.wanted, now=now) is not None:
        raise PartnerCannotError


def _refusal(both: Both, who: int, place: Assignment, *, now: datetime) -> Refusal | None:
    post = both.posts[place.post_id]
    applicant = line.applicant_of(both.people[who], post)
    opening = queries.opening_of(post, own=1)
    return rules.swap_refusal(opening, applicant, both.shifts, now=now)


def _carry_out(both: Both, *, by: int, now: datetime) -> None:
    for row in (both.given, both.wanted):
        places.end(row, State.WITHDRAWN, "", now=now)
    db.session.flush()
    for who, place in ((both.wanted.volunteer_id, both.given), (both.given.volunteer_id,
                                                                both.wanted)):  # fmt: skip
        post, volunteer = both.posts[place.post_id], both.people[who]
        own = queries.find_assignment(post.id, who)
        taken = places.begin_anew(own, post, volunteer, Source.SIGN_UP, now=now)
        places.give(taken, now=now)
    _end(both, ExchangeState.DONE, now=now, by=by)


def _end(both: Both, state: ExchangeState, *, now: datetime, by: int | None = None) -> None:
    """Note how it ended, and tell whoever has not said so themselves."""
    exchange = both.exchange
    was_waiting = exchange.state is ExchangeState.WAITING
    exchange.state, exchange.answered_at, exchange.decided_by_id = state, now, by
    audit.record(f"swap.{state}", exchange, by=by, now=now)
    people = [(both.given.volunteer.person_id, invitation_path(both.given))]
    if was_waiting:
        people.append((both.wanted.volunteer.person_id, invitation_path(both.wanted)))
    elif state is ExchangeState.DONE:
        people += [(post.shift.event.created_by_id,
                    f"/organise/events/{post.shift.event_id}/roster")
                   for post in both.posts.values()]  # fmt: skip
    tell("swap_ended", people, both.given.post, exchange, now=now)


def tell_organisers(exchange: Exchange, posts: Iterable[Post], *, now: datetime) -> None:
    """Ask the organisers of the events that want it to approve."""
    people = [
        (event.created_by_id, f"/organise/events/{event.id}/exchanges")
        for event in {post.shift.event for post in posts}
        if queries.find_approval(event.id) is not None
    ]
    [post, *_] = posts
    tell("exchange_to_approve", people, post, exchange, now=now)


def tell(
    kind: str, people: Iterable[tuple[int, str]], post: Post, exchange: Exchange, *, now: datetime
) -> None:
    """Tell people of an exchange, each with where the message leads; once each as it stands."""
    more = {"is_done": exchange.state is ExchangeState.DONE} if kind == "swap_ended" else {}
    drafts = [
        Draft(
            kind=kind,
            to=outbox.to_person(person_id),
            dedupe_key=f"{kind}:{exchange.id}:{exchange.state}:{person_id}",
            params=facts_of(post) | more | {"path": path},
        )
        for person_id, path in dict(people).items()
    ]
    outbox.enqueue_all(drafts, now=now)


def decide_exchange(exchange_id: int, *, approves: bool, scope: Scope, now: datetime) -> None:
    """Let a swap that both want happen, or not, as the organiser says.

    Raises:
        NotFoundError: There is no such exchange, or it is not this person's business.
        ExchangeGoneError: It is answered, or one of the places is not theirs any more.
        DomainError: The rules keep one of them from it by now.
    """
    seen = queries.exchange_by_id(exchange_id)
    event_id = queries.assignment_by_id(seen.from_id).post.shift.event_id
    events.event_for_staff(event_id, scope, with_posts=False)
    both = _hold(exchange_id)
    if not approves:
        if both.exchange.state in PENDING:
            _end(both, ExchangeState.REFUSED, now=now, by=scope.person_id)
        return
    _require_possible(both, ExchangeState.WAITING, now=now)
    _carry_out(both, by=scope.person_id, now=now)


def set_approval(event_id: int, *, is_on: bool, scope: Scope, now: datetime) -> None:
    """Let the organiser of an event approve who takes whose place, or let people do so freely.

    Raises:
        NotFoundError: The event is not this person's business.
    """
    event = events.lock_event_for_staff(event_id, scope)
    known = queries.find_approval(event_id)
    if is_on == (known is not None):
        return
    if known is not None:
        db.session.delete(known)
    else:
        db.session.add(ExchangeApproval(event_id=event_id, by_person_id=scope.person_id, at=now))
    action = "event.approve_exchanges" if is_on else "event.free_exchanges"
    audit.record(action, event, by=scope.person_id, now=now)
