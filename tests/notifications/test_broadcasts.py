"""One message to very many people, and how long text messages are."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.exc import StatementError

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from tests.notifications.sending import deliveries, messages, work
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.paths import ROOT
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import broadcasts, kinds, lengths, rules


def announce(name="灯会"):
    return broadcasts.broadcast(
        broadcasts.announcement(name, "灯会改期", "因为下雨，灯会改到下周六。"), now=NOON
    )


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["messages", *arguments])


def test_everybody_who_has_an_account_is_told_once(mailbox, app):
    people = [factories.person(name=f"人{number}") for number in range(5)]
    people[4].erased_at = NOON
    db.session.commit()
    announce()
    announce()

    work(NOON)

    assert len(mailbox.parcels) == 4
    assert mailbox.parcels[0].message.subject == "灯会改期"
    assert "因为下雨" in mailbox.parcels[0].message.short


def test_broken_off_half_way_it_goes_on_where_it_was(app, monkeypatch):
    monkeypatch.setattr(broadcasts, "AT_ONCE", 2)
    for _ in range(5):
        factories.person()

    class PowerCutError(Exception):
        pass

    def cut_off(queued):
        if queued == 4:
            raise PowerCutError

    drafts = list(broadcasts.announcement("x", "t", "t"))
    with pytest.raises(PowerCutError):
        broadcasts.broadcast(drafts, now=NOON, tell=cut_off)
    assert len(messages()) == 4

    assert broadcasts.broadcast(drafts, now=NOON) == 5
    assert len(messages()) == 5


def test_others_write_between_its_batches(app, monkeypatch):
    """A batch is a transaction of its own: what others write meanwhile is kept."""
    monkeypatch.setattr(broadcasts, "AT_ONCE", 1)
    first, second = factories.person().id, factories.person().id
    drafts = [
        Draft(kind="welcome", to=outbox.to_person(each), dedupe_key=f"w{each}")
        for each in (first, second)
    ]

    def somebody_else_writes(queued):
        with transaction():
            outbox.enqueue("welcome", to=outbox.to_person(first), now=NOON)

    broadcasts.broadcast(drafts, now=NOON, tell=somebody_else_writes)

    assert [m.dedupe_key for m in messages()] == [f"w{first}", None, f"w{second}", None]


def test_the_commands_announce_and_show_progress(app, mailbox, at):
    at(NOON)
    factories.person(), factories.person()

    told = run(app, "announce", "灯会", "--title", "灯会", "--text", "改期了")
    work(NOON)

    assert "已排队 2 条" in told.output
    assert len(deliveries()) == 2
    assert "共 2 条：已送出 2，等待 0，没有送到 0" in run(app, "progress", "灯会").output
    assert run(app, "announce", " ", "--title", "x", "--text", "x").exit_code == 2


def test_the_lengths_of_all_kinds_are_listed(app):
    lines = run(app, "lengths").output.splitlines()

    rows = [line.strip("| ").split(" | ") for line in lines[2:]]
    assert [row[0] for row in rows] == [kind.name for kind in kinds.registered()]
    for name, *figures, _alphabet in rows:
        zh, parts, longest, en, en_parts, en_longest = map(int, figures)
        assert 0 < zh < 140, name
        assert parts <= longest <= 2, name
        assert en > 0, name
        assert en_parts <= en_longest <= 4, name


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
     ("字" + "a" * 69, 1), ("字" + "a" * 70, 2), ("“" * 70, 1), ("", 1)],
)  # fmt: skip
def test_latin_letters_alone_are_cheaper(text, parts):
    assert rules.sms_parts(text) == parts


def test_any_signature_in_brackets_makes_a_message_a_chinese_one(app):
    assert lengths.of(kinds.kind_named("welcome")).alphabet == "UCS-2"


def test_the_lengths_of_all_kinds_stand_in_the_manual(app):
    manual = (ROOT / "docs" / "channels.md").read_text("utf-8")
    missing = [kind.name for kind in kinds.registered() if f"| {kind.name} |" not in manual]
    assert missing == []


def test_rows_are_kept_as_they_were_given_whatever_the_database(app):
    later, until = NOON + HOUR, (NOON + 2 * HOUR).astimezone(LOCAL)
    params = {"title": "“引号”\\ \n\t😀", "text": {"b": [1, None, True], "a": 1.5}, "path": "/"}
    drafts = [
        Draft(kind="announcement", to=outbox.to_person(2), params=params, over="email",
              dedupe_key="b", not_before=later, expires_at=until, emergency="山洪", batch="x"),
        Draft(kind="announcement", to=outbox.to_office(), dedupe_key="a"),
        Draft(kind="announcement", to=outbox.to_registration(3)),
    ]  # fmt: skip

    with transaction():
        outbox.enqueue_all(drafts, now=NOON)

    kept = {each.recipient_id: each for each in messages()}
    full, bare = kept[2], kept[0]
    assert list(full.params.items()) == list(params.items())
    assert (full.queued_at, full.not_before, full.route_at) == (NOON, later, later)
    assert (full.expires_at, full.emergency, full.batch) == (until, "山洪", "x")
    assert (full.over, full.priority) == ("email", outbox.Priority.URGENT)
    assert (bare.params, bare.emergency, bare.batch, bare.over) == ({}, None, None, None)
    assert bare.expires_at is not None
    assert [each.recipient_kind for each in (full, bare, kept[3])] == [
        outbox.RecipientKind.PERSON,
        outbox.RecipientKind.OFFICE,
        outbox.RecipientKind.REGISTRATION,
    ]
    assert (full.routed_at, full.read_at, full.dropped) == (None, None, None)


def test_a_batch_goes_at_once_and_by_its_keys_in_whatever_order_it_came(app):
    drafts = [
        Draft(kind="announcement", to=outbox.to_person(each), dedupe_key=f"k{each:03}")
        for each in reversed(range(200))
    ]

    with counted_queries() as sent, transaction():
        outbox.enqueue_all(drafts, now=NOON)

    assert len(sent) == 1
    ids = {each.id: each.dedupe_key for each in messages()}
    assert [ids[each] for each in sorted(ids)] == sorted(ids.values())


def test_a_moment_without_a_zone_is_refused(app):
    draft = Draft(kind="announcement", to=outbox.to_office(), expires_at=datetime(2026, 9, 5))  # noqa: DTZ001

    with pytest.raises((ValueError, StatementError), match="time zone"), transaction():
        outbox.enqueue_all([draft], now=NOON)
