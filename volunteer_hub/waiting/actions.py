"""What happens in a line. Whoever calls these holds the row that its places are decided under."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.waiting import queries, rules
from volunteer_hub.waiting.errors import OfferExpiredError, OfferGoneError
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.queries import Line
from volunteer_hub.waiting.rules import Party, Refusal


@dataclass(frozen=True, slots=True)
class Holder:
    """Who waits: an attendee's registration, or a volunteer."""

    registration_id: int | None = None
    volunteer_id: int | None = None


def join(line: Line, holder: Holder, *, people: int, now: datetime) -> WaitingEntry:
    """Put somebody at the end of a line.

    Nobody gets before people who were told their place: who was read earlier off the clock and
    came later to the held row joins at the moment of the last one.

    Args:
        line: What they wait for, held.
        holder: Who they are.
        people: How many places they need.
        now: The moment.
    """
    last = queries.last_joined_at(line)
    entry = WaitingEntry(
        event_id=line.event_id,
        post_id=line.post_id,
        registration_id=holder.registration_id,
        volunteer_id=holder.volunteer_id,
        people=people,
        joined_at=max(now, last) if last else now,
        state=EntryState.WAITING,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def offer_places(
    line: Line,
    *,
    free: int,
    starts_at: datetime,
    now: datetime,
    besides: Collection[int] = (),
) -> list[WaitingOffer]:
    """Offer free places to whose turn it is; return the offers made.

    Args:
        line: The line, held.
        free: Places that nobody has and that no offer keeps.
        starts_at: When what they wait for begins.
        now: The moment, before that.
        besides: Entries that are left where they are: their holders could not come now.
    """
    if free < 1:
        return []
    entries = {entry.id: entry for entry in queries.waiting_in(line) if entry.id not in besides}
    parties = [Party(each.id, each.people, each.passed) for each in entries.values()]
    saves = rules.saves_places(starts_at=starts_at, now=now)
    turn = rules.next_turn(parties, free=free, saves=saves)
    for entry_id, times in turn.passed:
        entries[entry_id].passed = times
    until = rules.stands_until(now.astimezone(LOCAL), starts_at=starts_at).astimezone(UTC)
    return [_offer(entries[entry_id], until=until, now=now) for entry_id in turn.offered]


def message_key(offer: WaitingOffer) -> str:
    """Return the key under which the one message about an offer is queued."""
    return f"waiting_offer:{offer.id}"


def _offer(entry: WaitingEntry, *, until: datetime, now: datetime) -> WaitingOffer:
    entry.state = EntryState.OFFERED
    offer = WaitingOffer(entry=entry, offered_at=now, expires_at=until, state=OfferState.OPEN)
    db.session.add(offer)
    db.session.flush()
    return offer


def lapse(line: Line, *, now: datetime) -> list[WaitingEntry]:
    """End the offers of a held line that were to be answered by now; return whose they were."""
    overdue = [each for each in queries.open_offers_in(line) if now >= each.expires_at]
    for offer in overdue:
        _answer(offer, OfferState.EXPIRED, now=now)
        _end(offer.entry, EntryState.LAPSED, now=now)
    return [offer.entry for offer in overdue]


def refuse_unless_open(offer: WaitingOffer, *, now: datetime) -> None:
    """Let pass only an offer that stands.

    Raises:
        OfferExpiredError: Its time is over.
        OfferGoneError: It was answered or taken back.
    """
    why_not = rules.refusal(offer.state, expires_at=offer.expires_at, now=now)
    if why_not is Refusal.EXPIRED:
        raise OfferExpiredError
    if why_not is not None:
        raise OfferGoneError


def accept(offer: WaitingOffer, *, now: datetime) -> None:
    """Note that an open offer was accepted; the caller gives the places."""
    _answer(offer, OfferState.ACCEPTED, now=now)
    _end(offer.entry, EntryState.TAKEN, now=now)


def decline(offer: WaitingOffer, *, now: datetime) -> None:
    """Note that an open offer was declined, by which they leave the line."""
    _answer(offer, OfferState.DECLINED, now=now)
    _end(offer.entry, EntryState.LEFT, now=now)


def take_back(offer: WaitingOffer, *, now: datetime) -> None:
    """Take back an open offer because its places are gone; they wait again where they stood."""
    _answer(offer, OfferState.TAKEN_BACK, now=now)
    offer.entry.state = EntryState.WAITING


def leave(entry: WaitingEntry, *, now: datetime) -> None:
    """Let somebody leave the line; what they were offered is free again."""
    _settle_offer(entry, OfferState.DECLINED, now=now)
    _end(entry, EntryState.LEFT, now=now)


def take(entry: WaitingEntry, *, now: datetime) -> None:
    """Note that somebody in line got what they waited for, whether or not it was offered them."""
    _settle_offer(entry, OfferState.ACCEPTED, now=now)
    _end(entry, EntryState.TAKEN, now=now)


def promote(entry: WaitingEntry, reason: str, *, by: int, now: datetime) -> None:
    """Note that staff let somebody in before their turn, and why."""
    take(entry, now=now)
    entry.promoted_by_id, entry.reason = by, reason


def close(entries: Iterable[WaitingEntry], *, now: datetime) -> None:
    """Send everybody home: what they waited for began, or will not be."""
    for entry in entries:
        _settle_offer(entry, OfferState.TAKEN_BACK, now=now)
        _end(entry, EntryState.CLOSED, now=now)


def _settle_offer(entry: WaitingEntry, state: OfferState, *, now: datetime) -> None:
    offer = queries.find_open_offer(entry) if entry.state is EntryState.OFFERED else None
    if offer is not None:
        _answer(offer, state, now=now)


def _answer(offer: WaitingOffer, state: OfferState, *, now: datetime) -> None:
    offer.state, offer.answered_at = state, now
    # Made in the night, it would be told in the morning of what is over.
    outbox.let_lapse(message_key(offer), now=now)


def _end(entry: WaitingEntry, state: EntryState, *, now: datetime) -> None:
    entry.state, entry.ended_at = state, now
