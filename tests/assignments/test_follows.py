"""What volunteers follow, and the weekly message about what fits."""

from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.pages import DAY, agreed, audited, messages, words
from tests.client import counted_queries
from tests.factories import HOUR, NOON, TOWNSHIP
from volunteer_hub.assignments import actions, queries, tasks
from volunteer_hub.assignments.models import FollowKind, State
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.notifications.kinds import render
from volunteer_hub.regions.queries import townships_by_county

COUNTY = "210682"
OTHER_TOWNSHIP = "210682106"
# Wednesday 9 September, 18:00 in Dandong.
WEDNESDAY = NOON + 4 * DAY + 6 * HOUR
PLACE, CAMPAIGN, SKILL = FollowKind.PLACE, FollowKind.CAMPAIGN, FollowKind.SKILL
TEAM = FollowKind.TEAM


@pytest.fixture(autouse=True)
def at_noon(at):
    at(NOON)


def follows(volunteer, *wishes):
    with transaction():
        actions.follow(volunteer.person_id, wishes, now=NOON)
    return volunteer


def wishes_of(volunteer):
    return queries.wishes_by_person([volunteer.person_id]).get(volunteer.person_id, set())


def open_post(days=6, skills=(), title="科普大篷车进校园", **more):
    event = factories.event(title, starts_at=NOON + days * DAY, **more)
    return factories.post(factories.shift(event), skills=skills)


def digest(now=WEDNESDAY):
    tasks.write_digests(now)
    return messages("digest")


def titles(message):
    return [each.split("\t")[1] for each in message.params["events"]]


class TestThePage:
    @pytest.fixture
    def volunteer(self, client):
        """Return a volunteer who is signed in."""
        volunteer = factories.volunteer()
        client.sign_in(volunteer.person)
        return volunteer

    def test_keeps_what_was_chosen(self, client, volunteer):
        chosen = {"campaign": ["silver", "caravan"], "place": [TOWNSHIP], "skill": ["robots"]}

        page = client.post("/me/follow", data=chosen, follow_redirects=True).text

        assert "已保存" in page
        assert page.count("checked") == 4
        assert wishes_of(volunteer) == {
            (CAMPAIGN, "silver"), (CAMPAIGN, "caravan"), (PLACE, TOWNSHIP), (SKILL, "robots")
        }  # fmt: skip
        client.post("/me/follow", data={"campaign": ["silver"]})
        assert wishes_of(volunteer) == {(CAMPAIGN, "silver")}
        client.post("/me/follow", data={"none": "1"})
        assert wishes_of(volunteer) == set()
        assert len(audited("person.follow")) == 3

    @pytest.mark.parametrize(
        "chosen",
        [{"campaign": "nothing"}, {"place": "999999999"}, {"skill": "🦆"}, {"place": COUNTY}],
    )
    def test_takes_what_is_offered(self, client, volunteer, chosen):
        response = client.post("/me/follow", data=chosen)

        assert response.status_code == 422
        assert "请从列表里选择" in response.text
        assert wishes_of(volunteer) == set()

    def test_has_a_limit(self, client, volunteer):
        towns = [node.code for nodes in townships_by_county().values() for node in nodes][:31]

        response = client.post("/me/follow", data={"place": towns})

        assert response.status_code == 422
        assert "最多关注 30 项" in response.text
        client.post("/me/follow", data={"place": towns[:30]})
        assert len(wishes_of(volunteer)) == 30

    def test_open_too_long_writes_nothing_and_keeps_the_choice(self, client, volunteer):
        response = client.post("/me/follow", data={"campaign": "silver"}, csrf=False)

        assert response.status_code == 422
        assert "checked" in response.text
        assert wishes_of(volunteer) == set()

    def test_shows_what_there_is_now(self, client, volunteer):
        follows(volunteer, (CAMPAIGN, "caravan"))
        assert "眼下没有还要人的活动" in client.get("/me/follow").text

        open_post()

        page = words(client.get("/me/follow").text)
        assert "现在就有" in page
        assert "科普大篷车进校园" in page

    def test_is_for_residents_too_who_see_events_instead_of_posts(self, client):
        resident = factories.person()
        client.sign_in(resident)
        assert "用得上的特长" not in client.get("/me/follow").text
        team = factories.organisation(name="凤城市科普服务队")
        factories.event("观星之夜", of=team, starts_at=NOON + 3 * DAY)

        client.post("/me/follow", data={"team": [str(team.id)], "place": [TOWNSHIP]})

        db.session.rollback()
        assert queries.wishes_by_person([resident.id]) == {
            resident.id: {(TEAM, str(team.id)), (PLACE, TOWNSHIP)}
        }
        assert "观星之夜" in client.get("/me/follow").text

    def test_costs_few_queries(self, client, volunteer):
        follows(volunteer, (CAMPAIGN, "caravan"))
        costs = []
        for _ in range(2):
            open_post()
            client.get("/me/follow")
            with counted_queries() as statements:
                client.get("/me/follow")
            costs.append(len(statements))

        assert costs[0] == costs[1] <= 12

    def test_is_linked_from_my_events(self, client, volunteer):
        assert 'href="/me/follow"' in client.get("/me").text


class TestTheDigest:
    def test_comes_once_a_week(self, app):
        volunteer = follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        open_post()

        assert digest(WEDNESDAY - HOUR) == []
        [sent] = digest()
        assert len(digest(WEDNESDAY + DAY)) == 1
        assert sent.recipient_id == volunteer.person_id
        assert sent.dedupe_key == f"digest:p{volunteer.person_id}:2026-W37"
        assert sent.params["path"] == "/me/follow"
        open_post(days=13, title="下一周的")
        assert [each.dedupe_key[-8:] for each in digest(WEDNESDAY + 7 * DAY)] == [
            "2026-W37", "2026-W38"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("wish", "is_met"),
        [
            ((CAMPAIGN, "caravan"), True),
            ((CAMPAIGN, "silver"), False),
            ((PLACE, TOWNSHIP), True),
            ((PLACE, COUNTY), True),
            ((PLACE, OTHER_TOWNSHIP), False),
            ((SKILL, "robots"), True),
            ((SKILL, "scratch"), False),
        ],
    )
    def test_is_about_what_is_followed(self, app, wish, is_met):
        follows(factories.volunteer(skills=[("robots", 2)]), wish)
        open_post(skills=[("robots", 1)])

        assert bool(digest()) is is_met

    def test_is_about_the_team_that_is_followed(self, app):
        team, other = factories.organisation(), factories.organisation()
        follows(factories.volunteer(), (TEAM, str(team.id)))
        open_post(title="别人的", of=other)
        open_post(title="自己队的", of=team)

        [sent] = digest()

        assert titles(sent) == ["自己队的"]

    def test_tells_residents_of_events_that_need_nobody(self, app):
        resident = factories.person()
        with transaction():
            actions.follow(resident.id, [(CAMPAIGN, "caravan"), (SKILL, "robots")], now=NOON)
        factories.event("人够了", starts_at=NOON + 6 * DAY)
        factories.event("草稿", starts_at=NOON + 6 * DAY, status=Status.DRAFT)
        factories.event("别的", starts_at=NOON + 6 * DAY, campaign_code="silver")
        factories.event("太远", starts_at=NOON + 26 * DAY)

        [sent] = digest()

        assert (sent.recipient_id, titles(sent)) == (resident.id, ["人够了"])
        assert "欢迎您来" in render("digest", sent.params, "林小禾").text
        assert len(digest(WEDNESDAY + HOUR)) == 1

    def test_leaves_out_what_they_cannot_take(self, app):
        volunteer = follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        open_post(title="不会", skills=[("robots", 1)])
        full = open_post(title="满了")
        for _ in range(2):
            factories.assignment(full)
        open_post(title="不缺人", status=Status.DRAFT)
        open_post(title="太远的将来", days=4 + 22)
        open_post(title="过去了", days=1)
        factories.assignment(open_post(title="婉拒过"), to=volunteer, state=State.DECLINED)
        busy = agreed(open_post(title="已报名", days=8), to=volunteer)
        open_post(title="同一时间", days=8)
        open_post(title="合适")

        [sent] = digest()

        assert titles(sent) == ["合适"]
        assert busy.state is State.ACCEPTED

    def test_names_five_at_most_the_earliest_first(self, app):
        follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        for days in (12, 11, 10, 9, 8, 7):
            open_post(days=days, title=f"第{days}天")

        [sent] = digest()

        assert titles(sent) == [f"第{days}天" for days in (7, 8, 9, 10, 11)]

    def test_does_not_come_when_nothing_fits(self, app):
        follows(factories.volunteer(), (CAMPAIGN, "caravan"))

        assert digest() == []
        open_post()
        assert len(digest(WEDNESDAY + HOUR)) == 1

    def test_does_not_come_to_those_who_pause_or_left(self, app):
        paused = follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        paused.is_paused = True
        gone = follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        gone.person.erased_at = NOON
        factories.volunteer()
        db.session.commit()
        open_post()

        assert digest() == []

    def test_asks_neither_for_distance_nor_for_free_times(self, app):
        follows(factories.volunteer(radius_km=1, windows=((0, 0, 60),)), (CAMPAIGN, "caravan"))
        open_post()

        assert len(digest()) == 1

    def test_goes_to_many_in_parts(self, app, monkeypatch):
        monkeypatch.setattr("volunteer_hub.assignments.digests.AT_ONCE", 2)
        for _ in range(5):
            follows(factories.volunteer(), (CAMPAIGN, "caravan"))
        open_post()

        assert len(digest()) == 5
        assert len(digest(WEDNESDAY + HOUR)) == 5
