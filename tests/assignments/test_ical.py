"""Calendar files by the letter of RFC 5545; read back by rules, not by the code that wrote them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from volunteer_hub.assignments.ical import Entry, Status, calendar

NOON = datetime(2026, 9, 5, 4, tzinfo=UTC)


def entry(**about):
    usual = {
        "uid": "assignment-1@example.org",
        "sequence": 3,
        "stamp": NOON,
        "starts_at": NOON + timedelta(hours=24),
        "ends_at": NOON + timedelta(hours=26),
        "summary": "志愿者：科普大篷车进校园",
    }
    return Entry(**usual | about)


def unfolded(content):
    """Return the logical lines of a calendar file, having checked how it is folded."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert not any(b"\r" in line or b"\n" in line for line in physical)
    for line in physical:
        line.decode()  # no character is cut in two
    lines = []
    for line in physical:
        if line.startswith(b" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return [line.decode() for line in lines]


def properties(content):
    """Return the properties of the first entry, by name, as they are written."""
    lines = unfolded(content)
    inside = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    return dict(line.split(":", 1) for line in inside)


def read_text(value):
    """Return a text as a calendar shows it."""
    signs, shown = iter(value), ""
    for sign in signs:
        if sign == "\\":
            after = next(signs)
            shown += "\n" if after in "nN" else after
        else:
            assert sign not in ";,", "a sign that has to be escaped is not"
            shown += sign
    return shown


def test_a_calendar_has_its_frame_and_every_property_that_is_required():
    lines = unfolded(calendar([entry()]))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("VERSION:2.0") == 1
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    assert "METHOD:PUBLISH" in lines
    assert properties(calendar([entry()])) == {
        "UID": "assignment-1@example.org",
        "SEQUENCE": "3",
        "DTSTAMP": "20260905T040000Z",
        "DTSTART;TZID=Asia/Shanghai": "20260906T120000",
        "DTEND;TZID=Asia/Shanghai": "20260906T140000",
        "SUMMARY": "志愿者：科普大篷车进校园",
        "STATUS": "CONFIRMED",
    }


def test_moments_of_any_zone_are_written_in_the_citys():
    tokyo = timezone(timedelta(hours=9))

    found = properties(calendar([entry(starts_at=datetime(2026, 9, 6, 8, 30, tzinfo=tokyo))]))

    assert found["DTSTART;TZID=Asia/Shanghai"] == "20260906T073000"


@pytest.mark.parametrize(
    "text",
    [
        "带水杯, 帽子; 还有“笔”",
        "反斜杠 \\ 和 \\n 不是换行",
        "第一行\n第二行",
        "CRLF\r\n和 CR\r都是换行",
        "表情 🌧️🎈 " * 20,
        "很长很长的说明" * 60,
        "a" * 500,
        "END:VEVENT\nBEGIN:VEVENT",
        "",
    ],
)
def test_any_text_comes_back_as_it_was(text):
    found = properties(calendar([entry(description=text)]))

    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    assert read_text(found.get("DESCRIPTION", "")) == shown


@pytest.mark.parametrize("length", range(55, 85))
def test_lines_are_folded_at_75_octets_wherever_that_is(length):
    for sign in ("a", "é", "科", "🌧"):
        summary = "x" * (length % 4) + sign * length
        assert read_text(properties(calendar([entry(summary=summary)]))["SUMMARY"]) == summary


def test_control_characters_are_left_out():
    found = properties(calendar([entry(summary="a\x00b\x1fc\x7f")]))

    assert found["SUMMARY"] == "abc"


def test_an_address_cannot_smuggle_in_a_line():
    found = properties(calendar([entry(url="https://example.org/i/1\r\nSTATUS:CANCELLED")]))

    assert found["URL"] == "https://example.org/i/1STATUS:CANCELLED"
    assert found["STATUS"] == "CONFIRMED"


def test_a_cancelled_entry_takes_itself_out_of_calendars():
    lines = unfolded(calendar([entry(status=Status.CANCELLED)]))

    assert "METHOD:CANCEL" in lines
    assert "STATUS:CANCELLED" in lines


def test_a_calendar_to_subscribe_to_has_a_name_and_no_method():
    lines = unfolded(
        calendar([entry(), entry(uid="assignment-2@example.org")], name="科普志愿服务")
    )

    assert "X-WR-CALNAME:科普志愿服务" in lines
    assert not any(line.startswith("METHOD") for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2


def test_an_empty_calendar_is_one_too():
    assert unfolded(calendar([], name="空"))[-1] == "END:VCALENDAR"
