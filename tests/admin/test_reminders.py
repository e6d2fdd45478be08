from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import queries, tasks
from volunteer_hub.assignments.rules import USUAL_STEPS, Step
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage

DAY = timedelta(days=1)
PAGE = "/admin/reminders/caravan"


@pytest.fixture
def office(client, at):
    """Return the client of somebody in the city's office; it is noon."""
    at(NOON)
    client.sign_in(factories.office())
    return client


def filled(*lines, **more):
    """Return what a browser sends: every line has a unit, ticked boxes alone are sent."""
    data = {f"unit_{number}": "h" for number in range(5)}
    for number, (amount, unit, asks) in enumerate(lines):
        data |= {f"amount_{number}": amount, f"unit_{number}": unit}
        data |= {f"asks_{number}": "1"} if asks else {}
    return data | more


def steps_of(campaign_code):
    db.session.rollback()
    return queries.reminder_plans().of(factories.campaign(campaign_code).id)


def test_the_page_shows_every_campaign_with_its_reminders(office):
    page = office.get("/admin/reminders").text

    assert page.count("提前 3 天，请确认；提前 24 小时，请确认；提前 2 小时") > 5
    assert "单独设置" not in page


def test_a_campaign_gets_reminders_of_its_own_and_the_others_keep_theirs(office):
    assert office.post(PAGE, data=filled(("２", "h", False), ("7", "d", True))).status_code == 302

    own = (Step(7 * DAY, asks=True), Step(2 * HOUR, asks=False))
    assert (steps_of("caravan"), steps_of("silver")) == (own, USUAL_STEPS)
    page = office.get("/admin/reminders").text
    assert "提前 7 天，请确认；提前 2 小时" in page
    assert page.count("单独设置") == 1
    assert 'value="7"' in office.get(PAGE).text


def test_what_holds_for_all_others_can_be_changed_too(office):
    office.post("/admin/reminders/all", data=filled(("90", "m", False)))

    assert steps_of("silver") == (Step(90 * HOUR / 60, asks=False),)


def test_a_campaign_can_go_back_to_what_all_others_have(office):
    office.post(PAGE, data=filled(("7", "d", True)))
    office.post(PAGE, data=filled(("7", "d", True), usual="1"))

    assert steps_of("caravan") == USUAL_STEPS


def test_without_any_line_nobody_is_reminded(office):
    office.post(PAGE, data=filled())
    row = factories.assignment(factories.post(factories.shift(soon())))

    tasks.remind(NOON)

    assert steps_of("caravan") == ()
    assert (row.id, sent()) == (1, [])


@pytest.mark.parametrize("line", [("0", "h", True), ("-1", "d", True), ("31", "d", True),
                                  ("29", "m", True), ("多", "h", True), ("1", "w", True),
                                  ("99999999999", "d", True)])  # fmt: skip
def test_odd_lines_are_shown_again_and_change_nothing(office, line):
    answer = office.post(PAGE, data=filled(line))

    assert answer.status_code == 422
    assert steps_of("caravan") == USUAL_STEPS


def soon():
    return factories.event(starts_at=NOON + 4 * DAY)


def sent():
    db.session.rollback()
    return [m.dedupe_key.split(":")[2] for m in db.session.query(OutboxMessage)]


def test_the_clock_follows_the_new_steps(office):
    row = factories.assignment(factories.post(factories.shift(soon())))
    row.answered_at = NOON - 10 * DAY
    db.session.commit()
    tasks.remind(NOON)
    assert sent() == []

    office.post(PAGE, data=filled(("4", "d", True), ("1", "h", False)))
    tasks.remind(NOON)
    tasks.remind(NOON + 4 * DAY - HOUR)

    assert sent() == ["4d", "1h"]
    kinds = [m.kind for m in db.session.query(OutboxMessage)]
    assert kinds == ["shift_reminder", "shift_soon"]


def test_an_unknown_campaign_is_not_found(office):
    assert office.get("/admin/reminders/nothing").status_code == 404


@pytest.mark.parametrize("page", ["/admin/reminders", PAGE, "/admin/workdays"])
def test_only_the_city_may_see_and_change_it(client, page):
    client.sign_in(factories.organiser())
    assert client.get(page).status_code == 403


def test_the_pages_cost_few_queries(office):
    for page in ("/admin/reminders", PAGE, "/admin/workdays"):
        office.get(page)
        with counted_queries() as statements:
            office.get(page)
        assert len(statements) <= 12
