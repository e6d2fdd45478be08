from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import true

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub import matching
from volunteer_hub.assignments import facts
from volunteer_hub.assignments.models import State
from volunteer_hub.assignments.problem import Horizon, judged, priority_of, question_of
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.core.database import db
from volunteer_hub.events.drafts import Risk
from volunteer_hub.events.models import Status
from volunteer_hub.matching import Condition
from volunteer_hub.matching.weights import Priority
from volunteer_hub.regions import remoteness
from volunteer_hub.volunteers.models import DayOff, ExtraHours, VolunteerWish
from volunteer_hub.volunteers.rules import WishKind

SUNDAY_NOON = 6 * 1440 + 12 * 60  # the usual shift, in minutes of its week


def ask(*posts, whom=None, proposing=True, now=NOON):
    whom = true() if whom is None else whom
    return question_of(posts, whom, proposing=proposing, now=now)


class TestHorizon:
    def test_begins_on_the_local_monday(self):
        late_sunday_utc = datetime(2026, 9, 6, 17, 0, tzinfo=UTC)  # Monday 01:00 in Dandong

        assert Horizon.around(NOON).monday == date(2026, 8, 31)
        assert Horizon.around(late_sunday_utc).monday == date(2026, 9, 7)

    def test_counts_local_minutes_and_days(self):
        horizon = Horizon(date(2026, 8, 31))

        assert horizon.minute(NOON) == 5 * 1440 + 12 * 60
        assert horizon.minute(NOON - 7 * 24 * HOUR) == -2 * 1440 + 12 * 60
        assert horizon.day(date(2026, 9, 6)) == 6


class TestProblem:
    def test_states_the_volunteer_the_shift_and_the_post(self, app):
        post = factories.post(title="讲解员", min_people=2, max_people=4, skills=[("robots", 2)])
        volunteer = factories.volunteer(
            skills=[("robots", 3)],
            windows=((6, 480, 720), (6, 720, 1080), (0, 0, 60)),
            radius_km=25,
        )
        db.session.add(DayOff(volunteer_id=volunteer.id, off_on=date(2026, 9, 6)))
        db.session.commit()

        problem = ask(post).problem

        [one] = problem.volunteers
        assert (one.id, one.radius_km, one.max_minutes_week) == (volunteer.id, 25, 480)
        assert one.skills == {"robots": 3}
        assert one.windows == (matching.Window(0, 0, 60), matching.Window(6, 480, 1080))
        assert one.blackout_days == {6}
        assert one.is_location_approximate
        assert (one.lat, one.lng) == (factories.region().lat, factories.region().lng)
        [shift] = problem.shifts
        assert (shift.start, shift.end) == (SUNDAY_NOON, SUNDAY_NOON + 120)
        assert shift.audience == "youth"
        [asked] = problem.posts
        assert (asked.min_people, asked.max_people, asked.skills) == (2, 4, {"robots": 2})

    def test_takes_silence_about_free_time_as_not_stated(self, app):
        post = factories.post()
        factories.volunteer(windows=())

        assert ask(post).problem.volunteers[0].windows is None

    def test_uses_the_pin_of_a_venue_before_its_township(self, app):
        venue = factories.venue()
        venue.lat, venue.lng = 40.5, 124.1
        db.session.commit()
        post = factories.post(factories.shift(factories.event(at_venue=venue)))

        [shift] = ask(post).problem.shifts

        assert (shift.lat, shift.lng) == (40.5, 124.1)

    def test_knows_who_is_settled_who_said_no_and_who_is_elsewhere(self, app):
        post = factories.post(max_people=5)
        agreed, asked = factories.assignment(post), factories.assignment(post, state=State.INVITED)
        gone = [
            factories.assignment(post, state=state)
            for state in (State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED)
        ]
        elsewhere = factories.assignment(state=State.INVITED)

        question = ask(post)

        problem = question.problem
        assert problem.pins == tuple(
            matching.Pin(row.volunteer_id, post.id) for row in (agreed, asked)
        )
        assert problem.declined == tuple(
            matching.Declined(row.volunteer_id, post.shift_id) for row in gone
        )
        assert [each.volunteer_id for each in problem.taken] == [elsewhere.volunteer_id]
        assert question.counts()[post.id] == PostCount(accepted=1, invited=1)

    def test_for_oneself_only_agreements_count(self, app):
        post = factories.post()
        mine = factories.assignment(post, state=State.INVITED)
        factories.assignment(to=mine.volunteer, state=State.INVITED)

        problem = ask(post, proposing=False).problem

        assert (problem.pins, problem.taken, problem.declined) == ((), (), ())

    def test_leaves_cancelled_events_and_erased_people_out(self, app):
        post = factories.post()
        off = factories.post(factories.shift(factories.event(status=Status.CANCELLED)))
        factories.assignment(off)
        erased = factories.assignment(post)
        erased.volunteer.person.erased_at = NOON
        db.session.commit()

        problem = ask(post).problem

        assert problem.taken == ()
        assert problem.pins == ()
        assert erased.volunteer_id not in {one.id for one in problem.volunteers}

    def test_counts_past_service_for_rotation_and_not_as_taken(self, app):
        volunteer = factories.volunteer()
        for days in (10, 100, 500):
            event = factories.event(starts_at=NOON - timedelta(days=days))
            factories.assignment(factories.post(factories.shift(event)), volunteer)

        problem = ask(factories.post()).problem

        [one] = problem.volunteers
        assert (one.total_minutes, one.minutes_90d) == (240, 120)
        assert problem.taken == ()

    def test_paused_people_stay_where_they_are_and_go_nowhere_new(self, app):
        shift = factories.shift()
        here, other = factories.post(shift), factories.post(shift, title="引导员")
        paused = factories.assignment(here).volunteer
        paused.is_paused = True
        db.session.commit()

        plan = matching.solve(ask(here, other).problem)

        assert plan.assignments == (matching.Pin(paused.id, here.id),)

    def test_says_what_posts_ask_and_what_people_bring(self, app):
        event = factories.event()
        event.audience_codes = ["youth", "parents"]
        post = factories.post(factories.shift(event))
        post.risk, post.needs_car = Risk.EMERGENCY, True
        one = factories.volunteer()
        one.birth_year, one.birth_month, one.has_car, one.is_in_reserve = 2008, 9, True, True
        one.wants_only_wishes = one.is_paused = True
        one.paused_until = date(2026, 9, 6)
        one.wishes = [
            VolunteerWish(kind=WishKind.AUDIENCE, code="parents"),
            VolunteerWish(kind=WishKind.CAMPAIGN, code="caravan"),
        ]
        one.extra_hours = [
            ExtraHours(free_on=date(2026, 8, 1), starts_minute=0, ends_minute=60),
            ExtraHours(free_on=date(2026, 9, 8), starts_minute=420, ends_minute=720),
            ExtraHours(free_on=date(2026, 9, 8), starts_minute=700, ends_minute=900),
        ]
        db.session.commit()

        problem = ask(post).problem

        [who], [shift], [asked] = problem.volunteers, problem.shifts, problem.posts
        assert (shift.audience, shift.also_for, shift.campaign) == ("youth", {"parents"}, "caravan")
        assert (asked.is_for_adults, asked.is_for_reserve, asked.needs_transport) == (True,) * 3
        assert (who.has_transport, who.is_in_reserve, who.wants_only_wishes) == (True,) * 3
        assert (who.wishes, who.wished_campaigns) == ({"parents"}, {"caravan"})
        # The horizon begins on Monday, 31 August 2026.
        assert who.extra_hours == {8: ((420, 900),)}
        assert who.rests_until == 7 * 1440
        assert who.adult_from == 31 * 1440

    def test_for_oneself_the_no_to_being_proposed_says_nothing(self, app):
        post = factories.post()
        one = factories.volunteer()
        one.accepts_suggestions, one.wants_only_wishes = False, True
        db.session.commit()

        [for_others] = ask(post).problem.volunteers
        [for_oneself] = ask(post, proposing=False).problem.volunteers

        assert (for_others.wants_suggestions, for_others.wants_only_wishes) == (False, True)
        assert (for_oneself.wants_suggestions, for_oneself.wants_only_wishes) == (True, False)

    def test_costs_two_queries_for_one_and_for_thirty_volunteers(self, app):
        posts = [factories.post()]
        factories.volunteer()
        ask(*posts)  # loads the posts' own parts and the regions
        with counted_queries() as for_one:
            ask(*posts)
        for _ in range(29):
            factories.assignment(to=factories.volunteer(skills=[("robots", 1)]))
        ask(*posts)
        with counted_queries() as for_thirty:
            ask(*posts)

        assert len(for_thirty) == len(for_one) == 2


def test_judging_says_what_stands_against_someone(app):
    post = factories.post(skills=[("robots", 2)])
    volunteer = factories.volunteer(windows=((0, 0, 1440),))
    pair = (volunteer.id, post.id)

    found = judged(ask(post).problem, [pair, (volunteer.id, 9999), (9999, post.id)])

    assert list(found) == [pair]
    assert found[pair].refusals == (Condition.SKILL, Condition.WINDOW)


def test_only_the_willing_may_be_proposed(app):
    paused, unwilling, willing, back_soon = (factories.volunteer() for _ in range(4))
    paused.is_paused, unwilling.accepts_suggestions = True, False
    back_soon.is_paused, back_soon.paused_until = True, date(2026, 9, 9)
    db.session.commit()

    found = facts.about_all(facts.may_be_proposed(), since=date(2026, 9, 1))

    assert [one.id for one in found] == [willing.id, back_soon.id]


class TestWhatComesFirst:
    @pytest.mark.parametrize(
        ("risks", "is_remote", "expected"),
        [
            ({Risk.NONE, Risk.EMERGENCY}, True, Priority.EMERGENCY),
            ({Risk.EMERGENCY}, False, Priority.EMERGENCY),
            ({Risk.NONE, Risk.DANGER}, True, Priority.RURAL),
            ({Risk.NONE, Risk.DANGER}, False, Priority.GENERAL),
        ],
    )
    def test_emergencies_then_remote_townships_then_the_rest(self, risks, is_remote, expected):
        assert priority_of(risks, is_remote=is_remote) is expected

    def test_is_known_of_every_shift(self, app):
        called, ordinary = factories.shift(), factories.shift(factories.event(at_venue=near_seat()))
        posts = [factories.post(each) for each in (called, factories.shift(), ordinary)]
        posts[0].risk = Risk.EMERGENCY
        db.session.commit()

        found = {shift.id: shift.priority for shift in ask(*posts).problem.shifts}

        assert [found[post.shift_id] for post in posts] == [
            Priority.EMERGENCY, Priority.RURAL, Priority.GENERAL,
        ]  # fmt: skip

    def test_the_office_may_say_otherwise_and_that_holds_for_villages(self, app):
        village = factories.venue(region_code="210682118202")
        post = factories.post(factories.shift(factories.event(at_venue=village)))
        by = factories.person().id
        remoteness.mark("210682118", False, by=by, now=NOON)

        assert ask(post).problem.shifts[0].priority is Priority.GENERAL
        remoteness.mark("210682118", None, by=by, now=NOON)
        assert ask(post).problem.shifts[0].priority is Priority.RURAL

    def test_a_remote_township_gets_the_only_person_before_another_place(self, app):
        near = factories.post(factories.shift(factories.event(at_venue=near_seat())))
        far = factories.post()
        one = factories.volunteer(home="210682001", radius_km=100)

        plan = matching.solve(ask(near, far).problem)

        assert plan.assignments == (matching.Pin(one.id, far.id),)

    def test_experienced_people_are_wanted_where_posts_say_so(self, app):
        shift = factories.shift()
        posts = [factories.post(shift), factories.post(shift, title="引导员")]
        posts[0].min_experienced, posts[1].min_experienced = 1, 2
        db.session.commit()

        assert ask(*posts).problem.shifts[0].experienced_people == 3
        assert ask(posts[1]).problem.shifts[0].experienced_people == 2


def near_seat():
    venue = factories.venue()
    seat = factories.region("210682")
    venue.lat, venue.lng = seat.lat, seat.lng
    db.session.commit()
    return venue
