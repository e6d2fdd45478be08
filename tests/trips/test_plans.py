"""A trip is planned, saved anew, published and called off as one; its stops are ordinary events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions as planning
from volunteer_hub.events import queries as events
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources.errors import TakenError
from volunteer_hub.resources.models import Booking
from volunteer_hub.resources.rules import Kind
from volunteer_hub.trips import actions, queries
from volunteer_hub.trips.drafts import ReportDraft, StopDraft, TripDraft
from volunteer_hub.trips.errors import TripChangedError, TripNotReadyError, TripUnderWayError
from volunteer_hub.trips.models import StopReport, Trip

EIGHT = NOON + 20 * HOUR  # tomorrow, 8:00 in the city
FENGCHENG = (40.4525, 124.0670)
TONGYUANPU = (40.7620, 123.9120)


@pytest.fixture
def by(app, at):
    at(NOON)
    return factories.organiser()


@pytest.fixture
def scope(by):
    return scope_of(by.id)


def draft(scope, **more):
    one = factories.venue("凤凰城小学", at=FENGCHENG)
    two = factories.venue("通远堡镇小学", at=TONGYUANPU)
    values = {
        "organisation_id": next(iter(scope.organisation_ids)),
        "title": "大篷车凤城行",
        "leaves_at": EIGHT,
        "depot_id": factories.venue("丹东科技馆", at=(40.1299, 124.3837)).id,
        "contact_name": "周望星",
        "contact_phone": "13800000003",
        "stops": (
            StopDraft(venue_id=one.id, starts_at=EIGHT + 2.5 * HOUR, minutes=90,
                      audience_codes=("youth",), expected_people=300),
            StopDraft(venue_id=two.id, starts_at=EIGHT + 7 * HOUR, minutes=120),
            StopDraft(venue_id=one.id, starts_at=EIGHT + 26.5 * HOUR, minutes=120),
        ),
    }  # fmt: skip
    return TripDraft(**values | more)


def made(scope, **more):
    with transaction():
        trip = actions.create_trip(draft(scope, **more), campaign_code="caravan", scope=scope,
                                   now=NOON)  # fmt: skip
        return trip.id


def stops(trip_id):
    db.session.rollback()
    return queries.stops_of(trip_id, with_posts=True)


def saved(trip_id):
    trip, found = db.session.get(Trip, trip_id), stops(trip_id)
    return queries.draft_of(trip, found), queries.stamp_of(trip, found)


def save(trip_id, wanted, stamp, scope):
    with transaction():
        actions.edit_trip(trip_id, wanted, scope=scope, expected_stamp=stamp, now=NOON)


def test_each_stop_is_an_event_of_its_own_with_posts(scope):
    trip_id = made(scope)

    found = stops(trip_id)
    assert [each.title for each in found] == [
        "大篷车凤城行 · 凤凰城小学", "大篷车凤城行 · 通远堡镇小学", "大篷车凤城行 · 凤凰城小学",
    ]  # fmt: skip
    assert {each.status for each in found} == {Status.DRAFT}
    assert found[0].expected_people == 300
    assert found[0].audience_codes == ["youth"]
    assert "展品讲解" in [post.title for post in found[0].shifts[0].posts]
    assert len({each.poster_code for each in found}) == 3
    trip = db.session.get(Trip, trip_id)
    assert trip.returns_at > found[-1].ends_at + timedelta(minutes=90)


def test_a_stop_before_the_caravan_can_be_there_is_refused_and_nothing_is_kept(scope):
    wanted = draft(scope)
    early = replace(wanted.stops[1], starts_at=wanted.stops[0].ends_at + HOUR)
    stops = (wanted.stops[0], early, wanted.stops[2])

    with pytest.raises(UnsoundPlanError) as refused, transaction():
        actions.create_trip(replace(wanted, stops=stops), campaign_code="caravan", scope=scope,
                            now=NOON)  # fmt: skip
    assert [each.field for each in refused.value.problems] == ["stops-1-starts_at"]
    assert db.session.scalars(select(Event)).all() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stops": ()}, ""),
        ({"leaves_at": NOON - HOUR}, "leaves_at"),
        ({"organisation_id": -1}, "organisation_id"),
    ],
)
def test_plans_that_cannot_be(scope, change, field):
    with pytest.raises(UnsoundPlanError) as refused:
        made(scope, **change)
    assert field in [each.field for each in refused.value.problems]


def test_stops_are_added_changed_put_in_order_and_dropped(scope):
    trip_id = made(scope)
    wanted, stamp = saved(trip_id)
    one, two, three = wanted.stops
    code = stops(trip_id)[2].poster_code
    swapped = (
        replace(two, starts_at=one.starts_at + HOUR, minutes=60),
        replace(one, starts_at=two.starts_at + HOUR),
        StopDraft(venue_id=three.venue_id, starts_at=three.starts_at + HOUR, minutes=45),
    )

    save(trip_id, replace(wanted, title="大篷车改名", stops=swapped), stamp, scope)
    found = stops(trip_id)
    assert [each.id for each in found[:2]] == [two.event_id, one.event_id]
    assert len(found) == 3
    assert found[2].poster_code != code
    assert found[0].title == "大篷车改名 · 通远堡镇小学"
    assert found[0].shifts[0].ends_at == found[0].ends_at == found[0].starts_at + HOUR
    assert found[2].ends_at - found[2].starts_at == timedelta(minutes=45)


def test_who_saves_on_top_of_somebody_else_is_told(scope):
    trip_id = made(scope)
    wanted, stamp = saved(trip_id)
    event = db.session.get(Event, wanted.stops[0].event_id)
    with transaction():
        with_topic = replace(events.draft_of(event), topic="星星")
        planning.edit_event(event.id, with_topic, scope=scope, expected_version=event.version,
                            moves_shifts=True, now=NOON)  # fmt: skip

    with pytest.raises(TripChangedError):
        save(trip_id, replace(wanted, title="别的"), stamp, scope)
    db.session.rollback()
    save(trip_id, replace(wanted, title="别的"), saved(trip_id)[1], scope)
    assert stops(trip_id)[0].topic == "星星"


def test_a_stop_of_another_trip_is_not_taken_over(scope):
    one, other = made(scope), made(scope)
    wanted, stamp = saved(one)
    strangers = saved(other)[0].stops

    with pytest.raises(NotFoundError):
        save(one, replace(wanted, stops=(*wanted.stops[:2], strangers[2])), stamp, scope)


def test_other_organisations_do_not_find_it(scope, at):
    trip_id = made(scope)
    stranger = scope_of(factories.organiser().id)

    for act in (actions.publish_trip, actions.discard_trip):
        with pytest.raises(NotFoundError), transaction():
            act(trip_id, scope=stranger, now=NOON)
    office = scope_of(factories.office("210682").id)
    assert queries.trip_for_staff(trip_id, office).id == trip_id
    with pytest.raises(NotFoundError):
        queries.trip_for_staff(trip_id, scope_of(factories.office("210681").id))


def ready(trip_id):
    for event in stops(trip_id):
        event.risk_notice = "注意安全"
    db.session.commit()


def publish(trip_id, scope):
    with transaction():
        actions.publish_trip(trip_id, scope=scope, now=NOON)


def test_all_stops_are_published_at_once_or_none(scope):
    trip_id = made(scope)
    lacking = stops(trip_id)[1]
    lacking.contact_phone = ""
    db.session.commit()

    with pytest.raises(TripNotReadyError):
        publish(trip_id, scope)
    assert {each.status for each in stops(trip_id)} == {Status.DRAFT}
    lacking = stops(trip_id)[1]
    lacking.contact_phone = "13800000003"
    db.session.commit()
    publish(trip_id, scope)
    assert {each.status for each in stops(trip_id)} == {Status.PUBLISHED}


def test_what_was_published_is_neither_dropped_nor_discarded(scope):
    trip_id = made(scope)
    publish(trip_id, scope)
    wanted, stamp = saved(trip_id)

    with pytest.raises(UnsoundPlanError, match="unsound"):
        save(trip_id, replace(wanted, stops=wanted.stops[:2]), stamp, scope)
    with pytest.raises(TripUnderWayError), transaction():
        actions.discard_trip(trip_id, scope=scope, now=NOON)


def test_a_draft_is_thrown_away_with_its_stops_and_bookings(scope):
    trip_id = made(scope)
    book(trip_id, factories.resource(), scope)

    with transaction():
        actions.discard_trip(trip_id, scope=scope, now=NOON)
    assert db.session.scalars(select(Event)).all() == []
    assert db.session.scalars(select(Booking)).all() == []


def book(trip_id, thing, scope):
    with transaction():
        actions.book_for_trip(trip_id, thing.id, scope=scope, now=NOON)


def test_the_caravan_is_booked_from_leaving_to_coming_back_and_goes_along(scope):
    trip_id, caravan = made(scope), factories.resource()
    book(trip_id, caravan, scope)
    book(trip_id, caravan, scope)  # twice changes nothing

    booking = db.session.scalars(select(Booking)).one()
    trip = db.session.get(Trip, trip_id)
    assert (booking.starts_at, booking.ends_at) == (trip.leaves_at, trip.returns_at)

    wanted, stamp = saved(trip_id)
    later = (
        *wanted.stops[:2],
        replace(wanted.stops[2], starts_at=wanted.stops[2].starts_at + HOUR),
    )
    save(trip_id, replace(wanted, stops=later), stamp, scope)
    db.session.refresh(booking)
    assert booking.ends_at == db.session.get(Trip, trip_id).returns_at


def test_another_trip_cannot_have_it_and_a_trip_cannot_move_into_another_s_time(scope):
    one, other, caravan = made(scope), made(scope), factories.resource()
    book(one, caravan, scope)
    with pytest.raises(TakenError):
        book(other, caravan, scope)
    db.session.rollback()
    trip = db.session.get(Trip, one)
    factories.booking(of=caravan, starts_at=trip.returns_at + HOUR, title="省馆借用")

    wanted, stamp = saved(one)
    last = replace(wanted.stops[2], starts_at=wanted.stops[2].starts_at + 2 * HOUR)
    with pytest.raises(UnsoundPlanError) as refused:
        save(one, replace(wanted, stops=(*wanted.stops[:2], last)), stamp, scope)
    assert [each.field for each in refused.value.problems] == ["leaves_at"]
    db.session.rollback()
    assert saved(one)[0] == wanted


def test_a_stop_changed_by_itself_still_has_to_be_where_the_caravan_can_be(scope):
    trip_id, caravan = made(scope), factories.resource(kind=Kind.KIT)
    book(trip_id, caravan, scope)
    first, second, third = stops(trip_id)

    def move(event, by):
        wanted = events.draft_of(event)
        moved = replace(wanted, starts_at=wanted.starts_at + by, ends_at=wanted.ends_at + by)
        with transaction():
            planning.edit_event(event.id, moved, scope=scope, expected_version=event.version,
                                moves_shifts=True, now=NOON)  # fmt: skip

    with pytest.raises(UnsoundPlanError) as early:
        move(second, -2 * HOUR)
    assert early.value.problems[0].field == "starts_at"
    db.session.rollback()
    with pytest.raises(UnsoundPlanError) as late:
        move(first, 3 * HOUR)
    assert "通远堡镇小学" in str(late.value.problems[0].values["stop"])
    db.session.rollback()
    move(third, HOUR)
    assert (
        db.session.scalars(select(Booking)).one().ends_at
        == db.session.get(Trip, trip_id).returns_at
    )


def test_what_is_booked_is_given_back_with_the_last_stop(scope):
    trip_id = made(scope)
    publish(trip_id, scope)
    book(trip_id, factories.resource(), scope)
    found = [each.id for each in stops(trip_id)]

    with transaction():
        actions.cancel_stops(trip_id, found[1:], "下雪封路", scope=scope, now=NOON)
    booking = db.session.scalars(select(Booking)).one()
    assert booking.ends_at == db.session.get(Trip, trip_id).returns_at < EIGHT + 7 * HOUR
    with transaction():
        planning.cancel_event(found[0], "下雪封路", scope=scope, now=NOON)
    assert db.session.scalars(select(Booking)).all() == []


def test_the_remaining_stops_move_together_and_say_why(scope):
    trip_id = made(scope)
    publish(trip_id, scope)
    starts = {each.id: each.starts_at for each in stops(trip_id)}
    at = min(starts.values()) + 24 * HOUR

    with transaction():
        actions.move_stops(trip_id, list(starts), at, "明天有暴雪", scope=scope, now=NOON)
    found = stops(trip_id)
    assert {each.id: each.starts_at - 24 * HOUR for each in found} == starts
    assert {each.change_reason for each in found} == {"明天有暴雪"}
    assert db.session.get(Trip, trip_id).leaves_at == EIGHT + 24 * HOUR


def test_stops_are_not_moved_to_before_the_caravan_can_be_there(scope):
    trip_id = made(scope)
    publish(trip_id, scope)
    _one, two, three = stops(trip_id)

    with pytest.raises(UnsoundPlanError), transaction():
        actions.move_stops(trip_id, [two.id, three.id], two.starts_at - 2 * HOUR, "校方要求",
                           scope=scope, now=NOON)  # fmt: skip
    with pytest.raises(NotFoundError), transaction():
        actions.move_stops(trip_id, [two.id, 10**6], two.starts_at + HOUR, "校方要求", scope=scope,
                           now=NOON)  # fmt: skip


def test_what_it_came_to_is_kept_stop_by_stop(scope, by):
    trip_id = made(scope)
    one, two, _three = (each.id for each in stops(trip_id))

    def report(start, end, *reports):
        with transaction():
            actions.report(trip_id, (start, end), reports, scope=scope, now=NOON)

    report(1000, None, (one, ReportDraft(odometer_km=1060, exhibits=26, leaflets=800, people=310)),
           (two, ReportDraft()))  # fmt: skip
    row = db.session.scalars(select(StopReport)).one()
    assert (row.people, row.reported_by_id) == (310, by.id)
    report(1000, 1180, (one, ReportDraft(people=320)))
    db.session.refresh(row)
    assert (row.people, row.leaflets) == (320, None)
    with pytest.raises(UnsoundPlanError):
        report(1200, 1180)
    with pytest.raises(NotFoundError):
        report(1000, 1180, (factories.event().id, ReportDraft(people=1)))
