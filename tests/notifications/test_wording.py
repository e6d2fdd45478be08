from __future__ import annotations

import re

import pytest

from volunteer_hub.notifications.wording import WORDINGS, UnknownKindError, render

CONTRACT_KINDS = {
    "invitation",
    "assignment_confirmed",
    "assignment_withdrawn",
    "event_changed",
    "event_cancelled",
    "registration_confirmed",
    "registration_cancelled",
    "hours_confirmed",
    "sign_in_code",
    "welcome",
}
PARAMS = {
    "event": "科普大篷车进校园",
    "when": "2026-09-06T01:30:00+00:00",
    "place": "通远堡镇中心小学",
    "post": "讲解员",
    "meeting": "8:10 市科技馆东门",
    "bring": "水杯",
    "deadline": "2026-09-05T12:00:00+00:00",
    "reason": "大雨",
    "changes": ["time", "place"],
    "minutes": 150,
    "code": "246810",
    "path": "/i/1-ABC",
}


def test_every_kind_that_features_queue_has_wording():
    assert set(WORDINGS) >= CONTRACT_KINDS


@pytest.mark.parametrize("kind", sorted(WORDINGS))
@pytest.mark.parametrize("params", [PARAMS, {}], ids=["full", "empty"])
def test_every_kind_reads_well_with_and_without_its_facts(app, kind, params):
    with app.test_request_context():
        message = render(kind, params, "林小禾")

    assert message.lines[0] == "林小禾，您好："
    assert len(message.lines) >= 2
    assert not re.search(r"%\(|None", message.subject + message.text)
    assert message.subject
    assert message.action


def test_an_invitation_says_what_when_where_and_until_when(app):
    with app.test_request_context():
        message = render("invitation", PARAMS, "林小禾")

    assert message.subject == "邀请您参加“科普大篷车进校园”"
    assert message.lines == (
        "林小禾，您好：",
        "想请您来当“科普大篷车进校园”的志愿者。",
        "时间：9月6日（周日） 09:30",
        "地点：通远堡镇中心小学",
        "岗位：讲解员",
        "集合：8:10 市科技馆东门",
        "请带上：水杯",
        "能不能来都请在 9月5日（周六） 20:00 前告诉我们，去不了也没关系。",
    )
    assert message.path == "/i/1-ABC"


def test_a_change_says_what_changed(app):
    with app.test_request_context():
        assert "的时间、地点有变化" in render("event_changed", PARAMS, None).lines[1]


def test_a_reader_without_a_name_is_greeted_too(app):
    with app.test_request_context():
        assert render("registration_confirmed", PARAMS, None).lines[0] == "您好："


def test_a_kind_nobody_wrote_is_an_error(app):
    with app.test_request_context(), pytest.raises(UnknownKindError):
        render("surprise", {}, None)


def test_wording_works_outside_of_a_request(app):
    assert render("welcome", {}, "林小禾").lines[0] == "林小禾，您好："
