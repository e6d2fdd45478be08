"""A fifteen-year-old, from signing up to a shift that is allowed, and away from a dangerous one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments.pages import words
from tests.factories import NOON, TOWNSHIP
from tests.volunteers import joining
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.events.drafts import Risk
from volunteer_hub.guardians import queries, rules
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.notifications.recipients import find_recipients
from volunteer_hub.volunteers.models import Volunteer

PHONE, GUARDIAN = "13800138000", "13900139000"


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


def joins(child):
    """Signing up takes the same page as everybody's."""
    joined = joining.join(
        child,
        {
            "name": "宋小溪", "contact": PHONE, "home": TOWNSHIP, "birth_year": "2011",
            "birth_month": "3", "free_quick": ["weekend"], "radius": "60", "agrees": "y",
            "request_key": "0123456789abcdef0123456789abcdef",
        },
    )  # fmt: skip
    assert joined.location == "/me"
    assert "请先得到监护人同意" in child.get("/me").text


def gets_nothing_without_a_guardian(child, event_id, safe_id):
    """There is no post at all, and the page says why and what to do."""
    page = words(child.get(f"/e/{event_id}/volunteer").text)
    assert "您还未满 18 周岁，要先有监护人同意" in page
    assert "只安排年满 18 周岁的志愿者" in page
    assert "报名这个岗位" not in page
    refused = child.post(f"/posts/{safe_id}/sign-up")
    assert (refused.status_code, "要先有监护人同意" in refused.text) == (409, True)


def names_the_guardian(child):
    """The link goes to the guardian's phone, not to the child's, and holds no name."""
    given = {"name": "宋大山", "relation": "father"}
    own = child.post("/me/guardian", data=given | {"phone": PHONE})
    assert (own.status_code, "这是您自己的手机号" in own.text) == (422, True)
    child.post("/me/guardian", data=given | {"phone": GUARDIAN})
    statement = select(OutboxMessage).where(OutboxMessage.kind == "guardian_request")
    asked = db.session.scalars(statement).one()
    key = (asked.recipient_kind, asked.recipient_id)
    assert asked.recipient_kind is RecipientKind.GUARDIAN
    assert find_recipients([key])[key].phone == GUARDIAN
    assert "宋" not in str(asked.params)
    return asked.params["path"]


def agrees(guardian, link):
    """No account is needed: read the text, tick, agree."""
    page = guardian.get(link).text
    assert "宋小溪" not in page
    assert "宋*溪" in page
    assert "有风险的岗位和应急任务，不安排未成年人" in page
    assert guardian.post(link, data={}).status_code == 422
    assert guardian.post(link, data={"agrees": "y"}).location == link
    assert "您已同意" in guardian.get(link).text
    consent = db.session.scalars(select(GuardianConsent)).one()
    assert (consent.given_at, consent.channel) == (NOON, "link")
    assert consent.text_hash == rules.text_hash()


def gets_the_safe_post_and_never_the_dangerous_one(child, safe_id, danger_id):
    """The refusal says its reason."""
    assert "请先得到监护人同意" not in child.get("/me").text
    child.post(f"/posts/{safe_id}/sign-up")
    refused = child.post(f"/posts/{danger_id}/sign-up")
    assert refused.status_code == 409
    assert "这个岗位有风险，只安排年满 18 周岁的志愿者" in refused.text
    row = db.session.scalars(select(Assignment)).one()
    assert (row.post_id, row.state) == (safe_id, State.ACCEPTED)


def leaves_a_trace_when_looking(staff, looker, volunteer_id):
    """Whoever of the staff opens the child's page is written down."""
    staff.sign_in(looker)
    shown = staff.get(f"/organise/volunteers/{volunteer_id}").text
    assert "未成年" in shown
    assert "宋*山" in shown
    assert GUARDIAN not in shown
    seen = select(AuditEntry).where(AuditEntry.action == "volunteer.minor_seen")
    assert [entry.actor_id for entry in db.session.scalars(seen)] == [looker.id]


def takes_it_back(staff, guardian, link, volunteer_id):
    """At any time; nothing new is given, and the old link is worth nothing."""
    staff.post(f"/organise/volunteers/{volunteer_id}/guardian")
    assert not queries.has_consent(volunteer_id)
    assert "您已撤回同意" in guardian.get(link).text
    assert guardian.post(link, data={"agrees": "y"}).status_code == 409


def test_a_fifteen_year_old_gets_a_safe_post_with_a_guardian_and_never_a_dangerous_one(app):
    safe = factories.post(title="展品讲解")
    danger = factories.post(in_shift=safe.shift, title="搭舞台")
    danger.risk = Risk.DANGER
    db.session.commit()
    event_id, safe_id, danger_id = safe.shift.event_id, safe.id, danger.id
    child, guardian, staff = (app.test_client() for _ in range(3))

    joins(child)
    gets_nothing_without_a_guardian(child, event_id, safe_id)
    link = names_the_guardian(child)
    agrees(guardian, link)
    gets_the_safe_post_and_never_the_dangerous_one(child, safe_id, danger_id)
    volunteer_id = db.session.scalars(select(Volunteer.id)).one()
    leaves_a_trace_when_looking(staff, factories.office(), volunteer_id)
    takes_it_back(staff, guardian, link, volunteer_id)
