from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import link_token, ticket_code
from volunteer_hub.events.models import Status
from volunteer_hub.volunteers.models import DayOff

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


@pytest.fixture
def organiser(app, client):
    """Return an organiser who is signed in, with their organisation."""
    of = factories.organisation()
    who = factories.organiser(of)
    client.sign_in(who)
    return who, of


def path_of(row):
    return f"/i/{link_token(actions.INVITATION, row.id)}"


def row_of(row):
    db.session.expire_all()
    return db.session.get(Assignment, row.id)


def words(page):
    """Return the text of a page without its tags and with single, ordinary spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u2060", "")))


class TestInvitation:
    def test_says_who_is_asked_why_what_when_where_and_until_when(self, client):
        event = factories.event(meeting_point="8:10 市科技馆东门", what_to_bring="水杯")
        post = factories.post(factories.shift(event), title="机器人讲解员", skills=[("robots", 2)])
        row = factories.assignment(post, state=State.INVITED, source=Source.MATCHER)
        row.reasons = [
            {"code": "skill", "skill": "robots", "level": 3, "required": 2},
            {"code": "distance_approximate", "km": 12.4},
            {"code": "available", "weekday": 6, "start": 0, "end": 1440},
        ]
        db.session.commit()

        page = words(client.get(path_of(row)).text)

        assert "林小禾，您好。" in page
        assert "您会机器人，离您家约 12 公里，周日您有空，这一场很适合您。" in page
        for fact in ("9月6日（周日） 12:00—14:00", "通远堡镇中心小学", "机器人讲解员", "水杯"):
            assert fact in page
        assert "8:10 市科技馆东门" in page
        assert "请在 9月6日（周日） 00:00 前答复" in page
        assert "我能参加" in page
        assert "这次去不了" in page

    def test_is_accepted_with_one_press_and_leads_to_the_pass(self, client):
        row = factories.assignment(state=State.INVITED)

        response = client.post(path_of(row) + "/accept", follow_redirects=True)

        assert "已确认，我们等您来" in response.text
        assert f"/T/{ticket_code('V', row.id, 1)}" in response.text
        assert f"/assignments/{row.id}/withdraw?key=" in response.text
        assert row_of(row).state is State.ACCEPTED

    def test_is_declined_without_a_reason_which_may_follow(self, client):
        row = factories.assignment(state=State.INVITED, expires_at=NOON + HOUR)

        page = client.post(path_of(row) + "/decline", follow_redirects=True).text
        assert "知道了，谢谢您的答复" in page
        assert "我能参加" in page

        client.post(path_of(row) + "/decline", data={"reason": " 要上班 🌧 "})
        assert row_of(row).reason_given == "要上班 🌧"

    def test_keeps_a_reason_that_is_too_long(self, client):
        row = factories.assignment(state=State.DECLINED)

        response = client.post(path_of(row) + "/decline", data={"reason": "长" * 101})

        assert response.status_code == 422
        assert "长" * 101 in response.text
        assert "请不要超过 100 个字" in response.text
        assert row_of(row).reason_given == ""

    def test_that_is_full_is_kind_and_shows_other_posts_that_day(self, client):
        post = factories.post(max_people=1)
        factories.assignment(post)
        row = factories.assignment(post, state=State.INVITED)
        other = factories.post(factories.shift(factories.event(title="银龄讲堂")), title="引导员")

        page = client.get(path_of(row)).text
        assert "刚刚报满了" in page
        assert "我能参加" not in page
        assert f"/e/{other.shift.event_id}/volunteer" in page

        response = client.post(path_of(row) + "/accept")
        assert response.status_code == 409
        assert "这个岗位刚刚报满了" in response.text

    def test_that_expired_offers_to_sign_up_instead(self, client):
        row = factories.assignment(state=State.INVITED, expires_at=NOON)

        page = client.get(path_of(row)).text
        assert "过了答复时间" in page
        assert f"/e/{row.post.shift.event_id}/volunteer" in page

        response = client.post(path_of(row) + "/accept")
        assert response.status_code == 409
        assert "这份邀请已经过了答复时间" in response.text
        assert row_of(row).state is State.INVITED

    def test_of_a_cancelled_event_says_so_and_why(self, client):
        event = factories.event(status=Status.CANCELLED, cancel_reason="大雨")
        post = factories.post(factories.shift(event))
        row = factories.assignment(post, state=State.CANCELLED)

        page = client.get(path_of(row)).text

        assert "这场活动取消了" in page
        assert "原因：大雨" in page
        assert "我能参加" not in page

    def test_that_was_taken_back_says_so_and_why(self, client):
        row = factories.assignment(state=State.CANCELLED)
        row.reason_given = "改到室内"
        db.session.commit()

        assert "原因：改到室内" in client.get(path_of(row)).text
        assert client.post(path_of(row) + "/accept").status_code == 409

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("elder", ["", "?elder=1"])
    def test_is_a_sound_page_in_every_state_and_edition(self, client, state, elder):
        row = factories.assignment(state=state)

        assert client.get(path_of(row) + elder).status_code == 200

    def test_that_overlaps_with_another_shift_is_explained(self, client):
        row = factories.assignment(state=State.INVITED)
        factories.assignment(
            factories.post(factories.shift(starts_at=row.post.shift.starts_at)), row.volunteer
        )

        response = client.post(path_of(row) + "/accept")

        assert response.status_code == 409
        assert "您在这段时间已经有别的安排" in response.text

    def test_open_for_too_long_is_shown_again_and_nothing_is_written(self, client):
        row = factories.assignment(state=State.INVITED)

        response = client.post(path_of(row) + "/accept", csrf=False)

        assert response.status_code == 400
        assert "我能参加" in response.text
        assert row_of(row).state is State.INVITED
        assert client.post(path_of(row) + "/decline", csrf=False).status_code == 422
        assert row_of(row).state is State.INVITED

    @pytest.mark.parametrize("token", ["1", "1-", "x-ABC", "1-0000000000000000", "①-ABC", "9" * 40])
    def test_needs_the_right_token(self, client, token):
        factories.assignment(state=State.INVITED)

        for response in (
            client.get(f"/i/{token}"),
            client.post(f"/i/{token}/accept"),
            client.post(f"/i/{token}/decline"),
        ):
            assert response.status_code == 404


class TestWithdraw:
    def test_from_the_link_in_the_message_without_signing_in(self, client):
        row = factories.assignment()
        address = f"/assignments/{row.id}/withdraw?key={path_of(row)[3:]}"

        assert "确定来不了吗？" in client.get(address).text
        page = client.post(address, data={"reason": "孩子病了"}, follow_redirects=True).text

        assert "已退出，名额会留给别人" in page
        assert row_of(row).state is State.WITHDRAWN

    def test_signed_in(self, client):
        row = factories.assignment()
        client.sign_in(row.volunteer.person)

        client.post(f"/assignments/{row.id}/withdraw")

        assert row_of(row).state is State.WITHDRAWN

    def test_of_someone_else_is_not_found(self, client):
        row, other = factories.assignment(), factories.assignment()
        address = f"/assignments/{row.id}/withdraw"

        assert client.get(address).status_code == 302
        assert client.post(f"{address}?key={path_of(other)[3:]}").status_code == 302
        client.sign_in(other.volunteer.person)
        assert client.post(address).status_code == 404
        assert client.get(f"{address}?key=junk").status_code == 404
        assert row_of(row).state is State.ACCEPTED

    def test_is_too_late_once_the_shift_begins(self, client, at):
        row = factories.assignment()
        address = f"/assignments/{row.id}/withdraw?key={path_of(row)[3:]}"
        at(row.post.shift.starts_at)

        assert "班次已经开始" in client.get(address).text
        assert client.post(address).status_code == 409

    def test_keeps_what_was_typed_on_a_stale_page(self, client):
        row = factories.assignment()
        address = f"/assignments/{row.id}/withdraw?key={path_of(row)[3:]}"

        response = client.post(address, data={"reason": "孩子病了"}, csrf=False)

        assert response.status_code == 422
        assert "孩子病了" in response.text
        assert row_of(row).state is State.ACCEPTED


class TestChoosePost:
    def test_shows_everybody_the_posts_and_how_to_join(self, client):
        post = factories.post(title="讲解员", max_people=3, skills=[("robots", 2)])
        factories.assignment(post)
        event_id = post.shift.event_id

        page = words(client.get(f"/e/{event_id}/volunteer").text)

        assert "讲解员" in page
        assert "还有 2 个名额" in page
        assert "需要：机器人（熟练）" in page
        assert "成为志愿者" in page
        assert "报名这个岗位" not in page

    def test_tells_a_volunteer_why_a_post_suits_and_signs_them_up(self, client):
        post = factories.post(skills=[("robots", 2)])
        volunteer = factories.volunteer(skills=[("robots", 3)])
        client.sign_in(volunteer.person)

        page = client.get(f"/e/{post.shift.event_id}/volunteer").text
        assert "您会机器人，就在您家附近，周日您有空" in page

        response = client.post(f"/posts/{post.id}/sign-up", follow_redirects=True)
        assert "已确认，我们等您来" in response.text
        assert "您已报名" in client.get(f"/e/{post.shift.event_id}/volunteer").text

    def test_tells_a_volunteer_what_is_missing(self, client):
        post = factories.post(skills=[("robots", 2), ("scratch", 1)])
        volunteer = factories.volunteer(skills=[("robots", 2)])
        client.sign_in(volunteer.person)

        page = client.get(f"/e/{post.shift.event_id}/volunteer").text
        assert "您的资料里还没有：图形化编程 Scratch（会一点）" in words(page)
        assert "报名这个岗位" not in page

        response = client.post(f"/posts/{post.id}/sign-up")
        assert response.status_code == 409
        assert "这个岗位需要的技能，您的资料里还没有" in response.text

    def test_says_that_the_last_place_has_just_gone(self, client):
        post = factories.post(max_people=1)
        factories.assignment(post)
        client.sign_in(factories.volunteer().person)

        assert "已报满" in client.get(f"/e/{post.shift.event_id}/volunteer").text
        response = client.post(f"/posts/{post.id}/sign-up")
        assert response.status_code == 409
        assert "这个岗位刚刚报满了" in response.text

    def test_sends_people_who_are_no_volunteers_to_join_and_back(self, client):
        post = factories.post()
        client.sign_in(factories.person())

        assert "您还不是志愿者" in client.get(f"/e/{post.shift.event_id}/volunteer").text
        response = client.post(f"/posts/{post.id}/sign-up")
        assert response.location == f"/join?next=/e/{post.shift.event_id}/volunteer"

    def test_warns_of_risks(self, client):
        post = factories.post(factories.shift(factories.event(risk_notice="河边，请穿防滑鞋")))

        assert "河边，请穿防滑鞋" in client.get(f"/e/{post.shift.event_id}/volunteer").text

    def test_explains_an_overlap_before_anything_is_pressed(self, client):
        mine = factories.assignment()
        elsewhere = factories.post(factories.shift(starts_at=mine.post.shift.starts_at))
        client.sign_in(mine.volunteer.person)

        page = client.get(f"/e/{elsewhere.shift.event_id}/volunteer").text

        assert "您在这段时间已经有别的安排" in page
        assert "报名这个岗位" not in page

    def test_of_an_event_that_is_over_without_posts_or_a_draft(self, client, at):
        event = factories.event()
        draft = factories.event(status=Status.DRAFT)

        assert "还没有需要志愿者的岗位" in client.get(f"/e/{event.id}/volunteer").text
        assert client.get(f"/e/{draft.id}/volunteer").status_code == 404
        at(event.ends_at)
        assert "不能再报名了" in client.get(f"/e/{event.id}/volunteer").text

    def test_without_a_token_writes_nothing(self, client):
        post, volunteer = factories.post(), factories.volunteer()
        client.sign_in(volunteer.person)

        assert client.post(f"/posts/{post.id}/sign-up", csrf=False).status_code == 400
        assert db.session.scalar(select(func.count(Assignment.id))) == 0

    def test_signing_up_needs_a_sign_in_and_a_post(self, client):
        post = factories.post()

        assert client.post(f"/posts/{post.id}/sign-up").status_code == 302
        client.sign_in(factories.volunteer().person)
        assert client.post(f"/posts/{post.id + 1}/sign-up").status_code == 404


class TestMyEvents:
    def test_shows_what_comes_what_is_asked_and_what_was(self, client):
        volunteer = factories.volunteer()
        event = factories.event(title="大篷车", meeting_point="东门")
        coming = factories.assignment(factories.post(factories.shift(event)), volunteer)
        asked = factories.event(title="想请您来", starts_at=NOON + 50 * HOUR)
        factories.assignment(factories.post(factories.shift(asked)), volunteer, state=State.INVITED)
        past = factories.event(title="去年的活动", starts_at=NOON - 300 * HOUR)
        factories.assignment(factories.post(factories.shift(past)), volunteer)
        client.sign_in(volunteer.person)

        page = client.get("/me").text

        assert "大篷车" in page
        assert "集合：东门" in page
        assert f"/T/{ticket_code('V', coming.id, 1)}" in page
        assert "我能参加" in page
        assert page.index("想请您来") < page.index("大篷车") < page.index("去年的活动")
        assert "/me/record" in page

    def test_leaves_out_what_expired_and_what_was_declined(self, client):
        volunteer = factories.volunteer()
        for state in (State.DECLINED, State.EXPIRED, State.WITHDRAWN):
            event = factories.event(title=f"没有{state}")
            factories.assignment(factories.post(factories.shift(event)), volunteer, state=state)
        late = factories.event(title="没有过期")
        factories.assignment(
            factories.post(factories.shift(late)), volunteer, state=State.INVITED, expires_at=NOON
        )
        client.sign_in(volunteer.person)

        assert "没有" not in words(client.get("/me").text).replace("还没有", "")

    def test_teaches_when_it_is_empty(self, client):
        client.sign_in(factories.volunteer().person)

        page = client.get("/me").text

        assert "接下来还没有活动" in page
        assert "/me/suggestions" in page

    def test_invites_people_who_are_no_volunteers_to_join(self, client):
        client.sign_in(factories.organiser())

        page = client.get("/me").text

        assert "您还不是志愿者" in page
        assert "/join" in page

    def test_begins_with_four_tiles_in_the_large_edition(self, client):
        row = factories.assignment(
            factories.post(factories.shift(factories.event(contact_phone="04152123456")))
        )
        client.sign_in(row.volunteer.person)

        page = client.get("/me?elder=1").text

        tiles = re.findall(r'class="tile[^"]*" href="([^"]+)"', re.sub(r"\s+", " ", page))
        assert tiles == [
            "/me/suggestions",
            "#mine",
            f"/T/{ticket_code('V', row.id, 1)}",
            "tel:04152123456",
        ]
        assert 'class="tile' not in client.get("/me?elder=0").text

    def test_shows_that_an_event_was_called_off(self, client):
        row = factories.assignment(state=State.CANCELLED)
        client.sign_in(row.volunteer.person)

        assert "不用去了" in client.get("/me").text

    def test_needs_a_sign_in(self, client):
        assert client.get("/me").status_code == 302
        assert client.get("/me/suggestions").status_code == 302


class TestSuggestions:
    def test_are_the_best_first_with_reasons_one_for_each_event(self, client):
        volunteer = factories.volunteer(skills=[("robots", 3)], radius_km=200)
        far = factories.event(title="远的", at_venue=factories.venue("远处", "210624"))
        near = factories.event(title="近的")
        for event in (far, near):
            shift = factories.shift(event)
            factories.post(shift, skills=[("robots", 1)])
            factories.post(shift, title="引导员")
        client.sign_in(volunteer.person)

        page = words(client.get("/me/suggestions").text)

        assert page.index("近的") < page.index("远的")
        assert page.count("近的") == 1
        assert "您会机器人" in page

    def test_leave_out_what_does_not_suit(self, client):
        volunteer = factories.volunteer(windows=((6, 0, 1440),))
        db.session.add(DayOff(volunteer_id=volunteer.id, off_on=(NOON + 192 * HOUR).date()))
        db.session.commit()
        unsuitable = {
            "要技能": {"skills": [("robots", 1)]},
            "已满": {"max_people": 1, "full": True},
            "不在空闲时间": {"starts_at": NOON + 48 * HOUR},
            "请假那天": {"starts_at": NOON + 192 * HOUR},
            "草稿": {"status": Status.DRAFT},
            "太远的以后": {"starts_at": NOON + 24 * 50 * HOUR},
            "婉拒过": {"declined": True},
        }
        for title, how in unsuitable.items():
            event = factories.event(
                title=title,
                starts_at=how.get("starts_at", NOON + 24 * HOUR),
                status=how.get("status", Status.PUBLISHED),
            )
            post = factories.post(
                factories.shift(event),
                skills=how.get("skills", ()),
                max_people=how.get("max_people", 2),
            )
            if how.get("full"):
                factories.assignment(post)
            if how.get("declined"):
                factories.assignment(post, volunteer, state=State.DECLINED)
        client.sign_in(volunteer.person)

        page = client.get("/me/suggestions").text

        assert [title for title in unsuitable if title in page] == []
        assert "暂时没有正好适合您的活动" in page

    def test_respect_a_pause_and_a_no_to_matching(self, client):
        volunteer = factories.volunteer()
        factories.post(factories.shift(factories.event(title="近的")))
        client.sign_in(volunteer.person)
        volunteer.accepts_suggestions = False
        db.session.commit()
        assert "您选了不要推荐" in client.get("/me/suggestions").text

        volunteer.is_paused = True
        db.session.commit()
        page = client.get("/me/suggestions").text
        assert "您现在设为暂停服务" in page
        assert "近的" not in page

    def test_send_people_who_are_no_volunteers_to_join(self, client):
        client.sign_in(factories.person())

        assert client.get("/me/suggestions").location == "/join?next=/me/suggestions"


class TestMatch:
    def test_proposes_whom_to_ask_and_why_and_asks_them(self, client, organiser):
        who, of = organiser
        post = factories.post(
            factories.shift(factories.event(of=of, by=who)),
            min_people=1,
            max_people=1,
            skills=[("robots", 2)],
        )
        fit = factories.volunteer(
            "林小禾", skills=[("robots", 3)], who=factories.person("林小禾", "13912345678")
        )
        factories.volunteer("赵麦芽")
        event_id = post.shift.event_id

        page = client.get(f"/organise/events/{event_id}/match").text
        assert "林小禾 · 凤城市 通远堡镇" in page
        assert "139****5678" in page
        assert "会机器人，就在附近，周日有空" in page
        assert "赵麦芽" not in page
        assert re.search(rf'value="{post.id}:{fit.id}"\s+checked', page)

        response = client.post(
            f"/organise/events/{event_id}/invite",
            data={"proposed": f"{post.id}:{fit.id}"},
            follow_redirects=True,
        )
        assert "已向 1 人发出邀请" in response.text
        row = queries.find_assignment(post.id, fit.id)
        assert (row.state, row.source, row.invited_by_id) == (State.INVITED, Source.MATCHER, who.id)
        assert row.reasons[0] == {"code": "skill", "skill": "robots", "level": 3, "required": 2}
        assert db.session.scalars(select(OutboxMessage.kind)).all() == ["invitation"]

        page = client.get(f"/organise/events/{event_id}/match").text
        assert "名额都有人了" in page

    def test_explains_why_seats_stay_open_and_who_comes_near(self, client, organiser):
        who, of = organiser
        post = factories.post(
            factories.shift(factories.event(of=of, by=who)), min_people=2, skills=[("robots", 2)]
        )
        factories.volunteer("差一级", skills=[("robots", 1)])

        page = client.get(f"/organise/events/{post.shift.event_id}/match").text

        assert "会所需技能的人不够" in page
        assert "有 1 人只差一点：技能还不够" in page
        assert "差一级" in page
        assert "还差技能：机器人（熟练）" in page

    def test_never_proposes_the_paused_the_unwilling_and_those_who_said_no(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)), max_people=9)
        paused, unwilling = factories.volunteer("甲暂停"), factories.volunteer("乙不要")
        paused.is_paused, unwilling.accepts_suggestions = True, False
        db.session.commit()
        for state in (State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED):
            factories.assignment(post, factories.volunteer(f"丙{state}"), state=state)
        busy = factories.assignment(
            factories.post(factories.shift(starts_at=post.shift.starts_at)), state=State.INVITED
        )
        busy.volunteer.person.name = "丁已邀"
        db.session.commit()

        page = client.get(f"/organise/events/{post.shift.event_id}/match").text

        assert not re.search("甲|乙不要|丙|丁", page)

    def test_keeps_whoever_agreed_even_when_they_paused_since(self, client, organiser):
        who, of = organiser
        shift = factories.shift(factories.event(of=of, by=who))
        post = factories.post(shift)
        factories.post(shift, title="引导员")
        agreed = factories.assignment(post, factories.volunteer("赵麦芽"))
        agreed.volunteer.is_paused = True
        db.session.commit()

        page = words(client.get(f"/organise/events/{post.shift.event_id}/match").text)

        assert "已确认 1 人" in page
        assert "赵麦芽" not in page

    def test_can_ask_further_people_by_hand(self, client, organiser):
        who, of = organiser
        post = factories.post(
            factories.shift(factories.event(of=of, by=who)), min_people=1, max_people=1
        )
        people = [factories.volunteer() for _ in range(3)]
        address = f"/organise/events/{post.shift.event_id}"

        page = client.get(f"{address}/match").text
        assert "还有谁合适" in page
        assert page.count('name="further"') == 2

        client.post(f"{address}/invite", data={"further": f"{post.id}:{people[2].id}"})
        row = queries.find_assignment(post.id, people[2].id)
        assert row.source is Source.ORGANISER

    @pytest.mark.parametrize(
        "ticks", [{}, {"proposed": ""}, {"proposed": ["x", "1:", ":2", "①:②", "9" * 30 + ":1"]}]
    )
    def test_asks_for_at_least_one_tick(self, client, organiser, ticks):
        who, of = organiser
        event = factories.event(of=of, by=who)

        response = client.post(f"/organise/events/{event.id}/invite", data=ticks)

        assert response.status_code == 422
        assert "请至少勾选一位志愿者" in response.text

    def test_keeps_the_ticks_of_a_stale_page(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)), max_people=2)
        first, second = factories.volunteer(), factories.volunteer()

        response = client.post(
            f"/organise/events/{post.shift.event_id}/invite",
            data={"proposed": f"{post.id}:{second.id}"},
            csrf=False,
        )

        assert response.status_code == 422
        assert re.search(rf'value="{post.id}:{second.id}"\s+checked', response.text)
        assert not re.search(rf'value="{post.id}:{first.id}"\s+checked', response.text)
        assert db.session.scalar(select(func.count(Assignment.id))) == 0

    def test_is_only_for_the_events_of_ones_own(self, client, organiser):
        event = factories.event()

        assert client.get(f"/organise/events/{event.id}/match").status_code == 404
        response = client.post(f"/organise/events/{event.id}/invite", data={"proposed": "1:1"})
        assert response.status_code == 404

    def test_is_for_staff(self, client):
        event = factories.event()
        assert client.get(f"/organise/events/{event.id}/match").status_code == 302
        client.sign_in(factories.volunteer().person)
        assert client.get(f"/organise/events/{event.id}/match").status_code == 403

    def test_of_a_draft_is_a_rehearsal_and_of_a_begun_event_empty(self, client, organiser, at):
        who, of = organiser
        draft = factories.event(of=of, by=who, status=Status.DRAFT)
        factories.post(factories.shift(draft))
        factories.volunteer()

        page = client.get(f"/organise/events/{draft.id}/match").text
        assert "活动还没有发布" in page
        assert "发出邀请" not in page

        event = factories.event(of=of, by=who)
        factories.post(factories.shift(event))
        at(event.starts_at)
        assert "没有还要找人的岗位" in client.get(f"/organise/events/{event.id}/match").text


class TestRoster:
    def test_shows_who_comes_who_was_asked_and_who_will_not(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)), min_people=2)
        factories.assignment(post, factories.volunteer("赵麦芽"))
        factories.assignment(post, factories.volunteer("孙青禾"), state=State.INVITED)
        gone = factories.assignment(post, factories.volunteer("李望舒"), state=State.WITHDRAWN)
        gone.reason_given = "孩子病了"
        db.session.commit()

        page = words(client.get(f"/organise/events/{post.shift.event_id}/roster").text)

        for expected in ("赵麦芽", "孙青禾", "待答复", "李望舒", "孩子病了", "还缺 1 人", "****"):
            assert expected in page

    def test_prints_those_who_come(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        factories.assignment(post, factories.volunteer("赵麦芽"))
        factories.assignment(post, factories.volunteer("孙青禾"), state=State.INVITED)

        page = client.get(f"/organise/events/{post.shift.event_id}/roster?print=1").text

        assert "赵麦芽" in page
        assert "孙青禾" not in page

    @pytest.mark.parametrize("text", ["林小", "linxiao", "lxh", "5678", "５６７８"])
    def test_finds_people_by_name_pinyin_and_the_end_of_their_number(self, client, organiser, text):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        factories.volunteer(who=factories.person("林小禾", "13912345678"))

        page = client.get(f"/organise/events/{post.shift.event_id}/roster?q={text}").text

        assert "林小禾" in page
        assert "139****5678" in page

    @pytest.mark.parametrize("text", ["l", "678", "%", "😀", "x" * 300, "'"])
    def test_finds_nobody_by_odd_words(self, client, organiser, text):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        factories.volunteer("林小禾")

        page = client.get(f"/organise/events/{post.shift.event_id}/roster?q={text}").text

        assert "林小禾" not in page
        assert "没有找到" in page

    def test_adds_someone_who_agreed_on_the_phone(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        volunteer = factories.volunteer()
        address = f"/organise/events/{post.shift.event_id}/roster/add"

        client.post(
            address, data={"post_id": post.id, "volunteer_id": volunteer.id, "how": "phone"}
        )

        assert queries.find_assignment(post.id, volunteer.id).state is State.ACCEPTED

    def test_asks_someone_by_hand(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        volunteer = factories.volunteer()
        address = f"/organise/events/{post.shift.event_id}/roster/add"
        asked = {"post_id": post.id, "volunteer_id": volunteer.id, "how": "invite"}

        assert "邀请已发出" in client.post(address, data=asked, follow_redirects=True).text
        assert "没有发出" in client.post(address, data=asked, follow_redirects=True).text
        assert queries.find_assignment(post.id, volunteer.id).source is Source.ORGANISER

    @pytest.mark.parametrize(
        "typed",
        [
            {},
            {"post_id": "x", "volunteer_id": "1", "how": "phone"},
            {"post_id": "1", "volunteer_id": "", "how": "phone"},
            {"post_id": "1", "volunteer_id": "1", "how": "fax"},
            {"post_id": "9" * 30, "volunteer_id": "1", "how": "phone"},
            {"post_id": "1", "volunteer_id": "-1", "how": "phone"},
            {"post_id": "9999", "volunteer_id": "1", "how": "phone"},
        ],
    )
    def test_refuses_to_add_nonsense(self, client, organiser, typed):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)))
        factories.volunteer()

        response = client.post(f"/organise/events/{post.shift.event_id}/roster/add", data=typed)

        assert response.status_code == 422
        assert db.session.scalar(select(func.count(Assignment.id))) == 0

    def test_explains_why_someone_cannot_be_added(self, client, organiser):
        who, of = organiser
        post = factories.post(factories.shift(factories.event(of=of, by=who)), max_people=1)
        factories.assignment(post)
        asked = {"post_id": post.id, "volunteer_id": factories.volunteer().id, "how": "phone"}

        response = client.post(f"/organise/events/{post.shift.event_id}/roster/add", data=asked)

        assert response.status_code == 409
        assert "这个岗位刚刚报满了" in response.text
        asked["volunteer_id"] = 9999
        response = client.post(f"/organise/events/{post.shift.event_id}/roster/add", data=asked)
        assert response.status_code == 404

    def test_takes_someone_off_after_asking(self, client, organiser):
        who, of = organiser
        row = factories.assignment(factories.post(factories.shift(factories.event(of=of, by=who))))
        address = f"/organise/assignments/{row.id}/remove"

        assert "取消林小禾的安排？" in client.get(address).text
        assert client.post(address, data={"reason": "长" * 101}).status_code == 422
        page = client.post(address, data={"reason": "改到室内"}, follow_redirects=True).text

        assert "已取消" in page
        assert row_of(row).state is State.CANCELLED

    def test_is_only_for_the_events_of_ones_own(self, client, organiser):
        row = factories.assignment()
        event_id = row.post.shift.event_id

        assert client.get(f"/organise/events/{event_id}/roster").status_code == 404
        assert client.post(f"/organise/events/{event_id}/roster/add").status_code == 404
        assert client.post(f"/organise/assignments/{row.id}/remove").status_code == 404
        assert row_of(row).state is State.ACCEPTED

    def test_without_posts_says_what_to_do(self, client, organiser):
        who, of = organiser
        event = factories.event(of=of, by=who)

        assert "还没有岗位" in client.get(f"/organise/events/{event.id}/roster").text


def cost(client, address):
    client.get(address)
    db.session.remove()
    with counted_queries() as statements:
        assert client.get(address).status_code == 200
    return len(statements)


def test_pages_cost_the_same_queries_for_one_volunteer_and_for_thirty(client, organiser):
    who, of = organiser
    post = factories.post(
        factories.shift(factories.event(of=of, by=who)), min_people=2, max_people=9
    )
    factories.volunteer(skills=[("robots", 1)])
    factories.assignment(post)
    addresses = [f"/organise/events/{post.shift.event_id}/{each}" for each in ("match", "roster")]
    few = [cost(client, each) for each in addresses]

    for _ in range(30):
        factories.volunteer(skills=[("robots", 1)])
    for _ in range(3):
        factories.assignment(post)
        factories.assignment(post, state=State.INVITED)
    many = [cost(client, each) for each in addresses]

    assert many == few
    assert max(many) <= 12


def test_ones_own_pages_cost_the_same_queries_for_one_event_and_for_many(client):
    volunteer = factories.volunteer(skills=[("robots", 1)])
    client.sign_in(volunteer.person)

    def another():
        event = factories.event(at_venue=factories.venue())
        factories.post(factories.shift(event))
        later = factories.event(starts_at=NOON + 168 * HOUR)
        factories.assignment(factories.post(factories.shift(later)), volunteer)
        return event.id

    event_id = another()
    addresses = ["/me", "/me/suggestions", f"/e/{event_id}/volunteer"]
    few = [cost(client, each) for each in addresses]
    for _ in range(5):
        another()
    many = [cost(client, each) for each in addresses]

    assert many == few
    assert max(many) <= 13  # the page of one event reads its shifts, posts and skills as well
