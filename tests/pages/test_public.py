from tests import factories
from tests.client import counted_queries
from tests.factories import NOON


def test_the_front_page_leads_to_caravan_campaign_and_talk_with_one_tap(client, at):
    at(NOON)

    page = client.get("/")

    for code in ("caravan", "sanxiaxiang", "silver"):
        assert f'href="/campaigns/{code}"' in page.text


def test_the_front_page_shows_the_next_events(client, at):
    at(NOON)
    factories.event(title="大篷车到通远堡")

    assert "大篷车到通远堡" in client.get("/").text


def test_a_draft_is_not_public(client, at):
    at(NOON)
    draft = factories.event(status="draft")

    assert client.get(f"/e/{draft.id}").status_code == 404


def test_an_event_page_names_posts_and_their_places(client, at):
    at(NOON)
    shift = factories.shift()
    factories.post(shift, title="机器人讲解", max_people=3)

    page = client.get(f"/e/{shift.event_id}")

    assert "机器人讲解" in page.text
    assert "至少还缺 1 人" in page.text


def test_lists_cost_the_same_queries_however_many_events(client, at):
    at(NOON)
    factories.post(factories.shift(factories.event()))
    with counted_queries() as one:
        client.get("/events")
    for _ in range(2):
        factories.post(factories.shift(factories.event()))
    with counted_queries() as three:
        client.get("/events")

    assert len(three) == len(one)
    assert len(one) <= 12
