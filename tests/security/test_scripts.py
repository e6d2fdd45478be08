"""Check 6: what people write is shown as text on every page, whatever it looks like."""

from __future__ import annotations

import json

import html5lib
import pytest
from markupsafe import escape
from sqlalchemy import JSON, Enum, String, cast, literal, update

from tests import factories
from tests.factories import NOON
from tests.security.world import SHIPPED, address, routes, scan_id, ticket, values_for, visit
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.checkin.models import Direction, Method, Outcome, Reason, Scan
from volunteer_hub.core import outbox
from volunteer_hub.core.access import Role
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.notifications import kinds
from volunteer_hub.recognition.models import HoursKind

# Columns in which people write what they like, or that are spelled from what they wrote.
FREE = {
    "announced_days": ["source"],
    "assignment": ["reason_given"],
    "credential": ["issuer", "reason"],
    "event": ["title", "summary", "topic", "speaker_name", "speaker_title", "meeting_point",
              "what_to_bring", "risk_notice", "contact_name", "contact_phone", "change_reason",
              "cancel_reason"],
    "organisation": ["name", "name_en", "contact_phone", "purpose", "how_to_join"],
    "talk": ["title", "summary", "needs"],
    "talk_request": ["note", "answer"],
    "team_founding": ["name", "purpose", "reason", "answer"],
    "team_request": ["reason", "answer"],
    "person": ["name", "pinyin", "initials"],
    "post": ["title", "duties"],
    "registration": ["name", "pinyin", "initials", "phone"],
    "booking": ["title"],
    "checkpoint": ["name"],
    "resource": ["name", "plate", "contents"],
    "scan": ["device"],
    "hours_claim": ["content"],
    "service_record": ["working", "event_title", "place", "content", "organisation_name",
                       "responsible_name"],
    "shift": ["title"],
    "special_day": ["name"],
    "trip": ["title", "contact_name", "contact_phone", "notes"],
    "waiting_entry": ["reason"],
    "volunteer_mark": ["text"],
    "saved_filter": ["name"],
    "volunteer_number": ["number"],
    "venue": ["name", "pinyin", "initials", "address", "directions", "contact_name",
              "contact_phone"],
    "work_year": ["source"],
}  # fmt: skip
# Names of columns that hold what this site made, or one of a few words it knows.
OURS = {
    "action", "subject_type", "details", "sealed", "job", "error", "kind", "params", "dedupe_key",
    "key", "location", "contact", "wording_version", "channel", "changes", "reasons", "scan_id",
    "code_fingerprint", "age_band", "poster_code", "audience_codes", "email", "device",
    "claimed_by", "last_error", "phone", "code", "remote_id", "topic", "language", "dropped",
    "emergency", "batch", "over", "source", "rule", "steps",
    "scan_type", "licence_class", "language_codes", "haystack", "words", "shape", "mark",
    "child_version", "lost", "wanted", "stage", "weights", "effort", "frame", "input_digest",
    "result_digest", "engine", "outcome", "posts", "said", "parts", "refusals", "rule_version",
    "working",
}  # fmt: skip
# Variables of messages that hold what people wrote.
WORDS_OF_PEOPLE = {
    "organisation", "title", "text", "event", "place", "post", "reason", "meeting", "bring",
    "team", "answer", "why", "talk",
}  # fmt: skip
MARKUP = '"><x-evil onfocus=alert(1)>'
ADDRESS = "javascript:alert(1)"
SHOWN_NOWHERE = {
    "organisation.contact_phone", "organisation.name_en", "scan.device",
    "person.pinyin", "person.initials", "registration.pinyin", "registration.initials",
    "registration.phone", "venue.pinyin", "venue.initials",
    "team_founding.answer", "team_request.answer",  # once it was given: tests/teams
}  # fmt: skip


def text_columns():
    """Return every column that can hold text, by table."""
    for table in Model.metadata.sorted_tables:
        if table.name not in SHIPPED:
            for column in table.columns:
                if isinstance(column.type, String | JSON) and not isinstance(column.type, Enum):
                    yield table, column


def test_every_text_column_is_either_ours_or_free():
    unknown = {
        f"{table.name}.{column.name}"
        for table, column in text_columns()
        if column.name not in FREE.get(table.name, ())
        and column.name not in OURS
        and not column.name.endswith(("_code", "_hash", "_key"))
    }

    assert unknown == set(), "say in FREE or OURS what these hold"


def write_everywhere(world, payload):
    """Put the payload, with a mark of its column, wherever people can write."""
    marks = {}
    for table, column in text_columns():
        if column.name in FREE.get(table.name, ()) and table.name != "scan":
            marks[f"{table.name}.{column.name}"] = mark = f"~{len(marks):02}~"
            room = getattr(column.type, "length", None) or 1000
            value = f"{payload}{mark}" if room > len(payload) + 4 else f"<x-evil>{mark}"
            content = literal(value).concat(cast(table.c.id, String)) if column.unique else value
            if isinstance(column.type, JSON):
                content = {"answer": "added", "counted": "", "reason": value}
            db.session.execute(update(table).values({column.name: content}))
    db.session.add(
        Scan(scan_id=scan_id(), event_id=world.a.running, device=payload, direction=Direction.IN,
             method=Method.TYPED, outcome=Outcome.REJECTED, reason=Reason.UNKNOWN,
             happened_at=NOON, stored_at=NOON)
    )  # fmt: skip
    person = outbox.to_person(world.a.volunteer_person)
    for kind in kinds.registered():
        params = kind.sample_params()
        params |= {name: payload for name in params if name in WORDS_OF_PEOPLE}
        outbox.enqueue(kind.name, to=person, now=NOON, params=params)
    db.session.commit()
    for each in Remembered.everything:
        each.forget()
    return marks


def pages_about(app, world):
    """Yield visitor and address of every page, in every state of an event."""
    for rule in routes(app, "GET"):
        values = values_for(rule, world.a)
        access = app.view_functions[rule.endpoint].access
        visitor = "organiser a" if isinstance(access, frozenset) else "volunteer a"
        if visitor == "organiser a" and Role.ORGANISER not in access:
            visitor = "volunteer a" if access == {Role.VOLUNTEER} else "city"
        side = world.a
        states = (side.open, side.draft, side.running, side.over, side.called_off)
        for event_id in states if "event_id" in values else (None,):
            changed = values | ({"event_id": event_id} if event_id else {})
            yield visitor, address(app, rule, changed)
    for event_id in (world.a.open, world.a.running):
        yield "organiser a", f"/organise/events/{event_id}/roster?print=1"
        yield "organiser a", f"/organise/events/{event_id}/roster?q=x-evil"
    yield "volunteer a", f"/T/{ticket(world.a.registration)}?paper=1"


def alive(text):
    """Return what of a page a browser would run that is not ours."""
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        attributes = {str(name).rpartition("}")[2]: it for name, it in element.attrib.items()}
        found += [f"on {element.tag}: {name}" for name in attributes if name.startswith("on")]
        found += [
            f"{element.tag} {name}={value}"
            for name, value in attributes.items()
            if name in {"href", "src", "action", "formaction", "srcdoc", "data"}
            and value.strip().lower().startswith(("javascript:", "data:", "vbscript:"))
        ]
        if attributes.get("type") == "application/ld+json":  # no browser runs it
            json.loads(element.text)
        elif element.tag == "script" and not attributes.get("src", "").startswith("/static/"):
            found.append(f"script {attributes}")
        if element.tag in {"x-evil", "style", "iframe", "object", "embed", "base"}:
            found.append(element.tag)
    return found


@pytest.mark.parametrize("payload", [MARKUP, ADDRESS])
def test_whatever_is_written_nothing_of_it_runs(app, world, payload):
    factories.record(db.session.get(Assignment, world.a.served), kind=HoursKind.ADDED)
    unseen, found = write_everywhere(world, payload), {}
    browsers = {name: visit(app, world, name) for name in ("volunteer a", "organiser a", "city")}

    for visitor, path in pages_about(app, world):
        answer = browsers[visitor].get(path)
        unseen = {name: mark for name, mark in unseen.items() if mark not in answer.text}
        if answer.mimetype == "text/html" and (living := alive(answer.text)):
            found[path] = living

    assert found == {}
    assert set(unseen) <= SHOWN_NOWHERE


def test_the_eye_that_looks_for_living_scripts_sees_them():
    page = "<!DOCTYPE html><title>x</title>"

    assert alive(f'{page}<script src="/static/js/app.js"></script>{escape(MARKUP)}') == []
    for evil in (MARKUP, "<script>x</script>", '<a href=" JavaScript:x">x</a>', "<svg onload=x>",
                 '<form action="javascript:x"></form>', "<iframe></iframe>"):  # fmt: skip
        assert alive(page + evil) != [], evil
