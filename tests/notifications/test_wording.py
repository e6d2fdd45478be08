from __future__ import annotations

import ast
import re

import pytest
from flask_babel import force_locale

from volunteer_hub.core.paths import PACKAGE
from volunteer_hub.notifications import kinds, rules
from volunteer_hub.notifications.channels.base import Parcel
from volunteer_hub.notifications.channels.sms import sms_text
from volunteer_hub.notifications.kinds import Kind, render
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.standard import STANDARD
from volunteer_hub.notifications.topics import TOPICS, Topic
from volunteer_hub.notifications.wording import Draft, UnknownKindError, VariableError

LOCALES = ("zh_Hans_CN", "en")
PARAMS = kinds.SAMPLE
LONGEST_SIGNATURE = "丹东科普志愿服务"
# So long may addresses be that a link still fits into the second part.
LONGEST_HOST = "https://kepu.dandong.gov.cn"


def all_kinds(app):
    return kinds.registered()


def as_long_as_allowed(kind: Kind) -> dict:
    """Return params in which everything people type is as long as the forms let it be."""
    params = kind.sample_params()
    for name in ("event", "place", "post", "meeting", "bring", "reason", "channels"):
        if name in params:
            params[name] = "很长的名称" * 24
    return params


def sms(kind: Kind, params, locale, *, with_link=True) -> str:
    with force_locale(locale):
        message = render(kind.name, params, None)
    url = LONGEST_HOST + message.path if message.path and with_link else None
    parcel = Parcel(key="k", kind=kind.name, recipient=Recipient(None, None, None),
                    message=message, url=url, unsubscribe_url=None, now=None)  # fmt: skip
    return sms_text(parcel, LONGEST_SIGNATURE)


def test_every_kind_that_features_queue_has_wording(app):
    known = {kind.name for kind in kinds.registered()}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            first = node.args[0]
            if called == "enqueue" and isinstance(first, ast.Constant):
                assert first.value in known, f"{path} queues {first.value}"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_reads_well_with_all_its_variables_and_with_the_needed_alone(app, locale):
    for kind in kinds.registered():
        full = kind.sample_params()
        for params in (full, {name: full[name] for name in kind.needs}):
            with force_locale(locale):
                message = render(kind.name, params, "林小禾")
            said = "\n".join((message.subject, message.text, message.short, message.action))
            assert not re.search(r"%\(|None|\[|\{", said), (kind.name, said)
            assert len(message.lines) >= 2
            assert "林小禾" in message.lines[0]
            assert all((message.subject, message.action, message.short))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_message_fits_however_long_the_names_in_it_are(app, locale):
    """In Chinese the sentence fits into one part, and with its link into two."""
    for kind in kinds.registered():
        params = as_long_as_allowed(kind)
        alone = rules.sms_parts(sms(kind, params, locale, with_link=False))
        linked = rules.sms_parts(sms(kind, params, locale))
        most = (1, 2) if locale == LOCALES[0] else (3, 4)
        assert alone <= most[0], (kind.name, sms(kind, params, locale, with_link=False))
        assert linked <= most[1], (kind.name, sms(kind, params, locale))


def test_every_kind_belongs_to_a_topic_and_has_a_sample_of_each_variable(app):
    for kind in kinds.registered():
        assert kind.topic in TOPICS
        assert kind.sample_params().keys() >= set(kind.needs) | set(kind.may), kind.name


def test_an_invitation_says_what_when_where_and_until_when(app):
    message = render("invitation", {**PARAMS_OF("invitation"), "path": "/i/1-ABC"}, "林小禾")

    assert message.subject == "邀请您参加“科普大篷车进校园”"
    assert message.lines == (
        "林小禾，您好：",
        "想请您来当“科普大篷车进校园”的志愿者。",
        "时间：9月6日（周日） 09:30—11:30",
        "地点：通远堡镇中心小学",
        "岗位：讲解员",
        "集合：8:10 市科技馆东门",
        "请带上：水杯、身份证",
        "能不能来都请在 9月5日（周六） 20:00 前告诉我们，去不了也没关系。",
    )
    assert message.path == "/i/1-ABC"
    assert message.short == (
        "想请您当志愿者：“科普大篷车进校园”（9月6日（周日） 09:30）。能来吗？请答复："
    )
    assert message.variables["when"] == "9月6日（周日） 09:30"


def PARAMS_OF(name):  # noqa: N802 - reads like the constant it returns
    return kinds.kind_named(name).sample_params()


def test_a_change_says_what_changed(app):
    message = render("event_changed", PARAMS_OF("event_changed"), None)
    assert "的时间、地点有变化" in message.lines[1]


def test_a_reader_without_a_name_is_greeted_too(app):
    assert render("registration_confirmed", {"event": "灯会"}, None).lines[0] == "您好："


def test_a_kind_nobody_wrote_is_an_error(app):
    with pytest.raises(UnknownKindError):
        render("surprise", {}, None)


@pytest.mark.parametrize(
    "params",
    [{}, {"event": ""}, {"event": None}, {"event": "灯会", "evnet": "灯会"},
     {"event": "灯会", "when": "tomorrow"}, {"event": "灯会", "when": 5}],
)  # fmt: skip
def test_variables_that_are_missing_unknown_or_odd_are_errors(app, params):
    with pytest.raises(VariableError):
        render("invitation", params, None)


def test_wording_that_reads_what_its_kind_does_not_declare_is_an_error(app):
    kind = Kind(
        name="odd", label="odd", topic=Topic.DIGEST,
        wording=lambda facts: Draft(facts.text("weather"), [], ""), sms=lambda _facts: "",
    )  # fmt: skip
    with pytest.raises(VariableError, match="undeclared: weather"):
        kind.wording(kind.facts({}))


def test_the_standard_kinds_have_names_of_their_own():
    names = [kind.name for kind in STANDARD]
    assert len(names) == len(set(names))
