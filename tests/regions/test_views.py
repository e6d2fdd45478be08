import re

import pytest
from sqlalchemy import select

from tests import factories
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.organisations.models import Function
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.regions.remoteness import MARK_ACTION

TONGYUANPU = "210682118"
FILLED = {
    "name": "示例文化站",
    "type_code": "culture_station",
    "region_id": "通远堡镇",
    "datum": "gcj02",
    "is_active": "y",
    "request_key": "k1",
}
VENUE_PAGES = ["/organise/venues", "/organise/venues/new", "/organise/venues/search?q=a"]


@pytest.fixture
def staff(client):
    """A browser on which an organiser is signed in."""
    client.sign_in(factories.organiser())
    return client


def the_venue():
    db.session.rollback()
    return db.session.scalars(select(Venue)).one()


def test_anyone_can_walk_from_county_to_village(client):
    counties = client.get("/regions")
    county = client.get("/regions/210682")
    village = client.get("/regions/210682118202")

    assert 'href="/regions/210682"' in counties.text
    assert 'href="/regions/210682118"' in county.text
    assert "凤城市 通远堡镇 老堡村" in village.text
    assert "210682118202" in village.text


def test_a_region_that_is_not_there_is_a_page_that_says_so(client):
    assert client.get("/regions/999").status_code == 404


def test_a_search_without_scripts_is_a_page_of_links(client):
    page = client.get("/regions/search?q=typ")

    assert 'href="/regions/210682118"' in page.text
    assert "<h1>" in page.text


def test_a_search_from_a_field_is_a_list_of_choices_for_it(client):
    answer = client.get(
        "/regions/search?field=home&levels=township&home=tongyuanpu",
        headers={"HX-Request": "true"},
    )

    assert 'name="home"' in answer.text
    assert 'value="210682118"' in answer.text
    assert "<html" not in answer.text
    assert answer.text.count('type="radio"') == 1


def test_a_program_gets_the_choices_as_json(client):
    answer = client.get("/regions/search?q=cdz", headers={"Accept": "application/json"})

    assert answer.json["choices"][0] == {
        "value": "210624105",
        "name": "宽甸满族自治县 长甸镇",
        "note": "",
    }


def test_what_is_typed_is_never_markup(client):
    page = client.get("/regions/search?q=<b>x</b>")

    assert "<b>x" not in page.text


def test_searching_without_end_is_refused(client):
    answers = {client.get("/regions/search?q=a", headers={"Accept": "application/json"}).status_code
               for _ in range(121)}  # fmt: skip

    assert answers == {200, 429}


@pytest.mark.parametrize("address", VENUE_PAGES)
def test_whoever_is_not_signed_in_is_asked_to(client, address):
    assert client.get(address).location.startswith("/sign-in?next=")


@pytest.mark.parametrize("address", VENUE_PAGES)
def test_only_staff_come_to_venues(client, address):
    client.sign_in(factories.person())

    assert client.get(address).status_code == 403


def test_a_team_leader_may_look_after_venues(client):
    client.sign_in(factories.organiser(function=Function.TEAM_LEADER))

    assert client.get("/organise/venues").status_code == 200


def test_an_empty_list_says_what_to_do(staff):
    assert "还没有阵地" in staff.get("/organise/venues").text
    assert "没有符合条件的阵地" in staff.get("/organise/venues?q=x").text


def test_a_venue_is_added_once_however_often_the_button_is_pressed(staff):
    first = staff.post("/organise/venues/new", data=FILLED)
    second = staff.post("/organise/venues/new", data=FILLED)

    venue = the_venue()
    assert first.location == second.location == f"/organise/venues/{venue.id}"
    page = staff.get(first.location)
    assert "示例文化站" in page.text
    assert "凤城市 通远堡镇" in page.text
    assert "还没有准确坐标" in page.text


def test_after_adding_one_goes_back_to_where_the_venue_was_missing(staff):
    inside = staff.post("/organise/venues/new?next=/organise/events/new", data=FILLED)
    other = FILLED | {"request_key": "k2", "name": "另一站"}
    outside = staff.post("/organise/venues/new?next=https://example.com", data=other)

    assert inside.location == "/organise/events/new?venue=1"
    assert outside.location.startswith("/organise/venues/")


def test_a_form_that_cannot_be_used_says_what_to_do_and_keeps_what_was_typed(staff):
    wrong = FILLED | {"name": "", "region_id": "新农村", "coordinates": "here", "capacity": "０"}

    page = staff.post("/organise/venues/new", data=wrong)

    assert "请填写阵地名称" in page.text
    assert "您是指哪一个？请选一个。" in page.text
    assert "请填写一对坐标" in page.text
    assert "请填写 1 到 100000 之间的数" in page.text
    assert 'value="here"' in page.text


def test_two_venues_of_one_name_in_one_place_are_refused_beside_the_name(staff):
    staff.post("/organise/venues/new", data=FILLED)

    page = staff.post("/organise/venues/new", data=FILLED | {"request_key": "k2"})

    assert "这个地方已经有同名的阵地" in page.text


def test_a_pin_from_a_map_app_is_kept_as_gps_has_it(staff):
    staff.post("/organise/venues/new", data=FILLED | {"coordinates": "124.40056,40.13077"})

    venue = the_venue()
    assert (round(venue.lat, 4), round(venue.lng, 4)) == (40.1292, 124.3947)
    page = staff.get(f"/organise/venues/{venue.id}")
    assert "https://uri.amap.com/marker?position=124.4005" in page.text


def test_changing_a_venue_keeps_its_pin_where_it_is(staff):
    staff.post("/organise/venues/new", data=FILLED | {"coordinates": "124.40056,40.13077"})
    venue = the_venue()
    before = (venue.lat, venue.lng)
    shown = staff.get(f"/organise/venues/{venue.id}/edit").text

    assert 'value="凤城市 通远堡镇"' in shown
    answer = staff.post(
        f"/organise/venues/{venue.id}/edit",
        data=FILLED
        | {"name": "新名站", "coordinates": f"{before[0]:.6f}, {before[1]:.6f}", "datum": "wgs84"},
    )

    assert answer.location == f"/organise/venues/{venue.id}"
    venue = the_venue()
    assert venue.name == "新名站"
    assert (venue.lat, venue.lng) == pytest.approx(before, abs=1e-6)


def test_a_closed_venue_leaves_the_list(staff):
    staff.post("/organise/venues/new", data=FILLED)
    closing = {name: value for name, value in FILLED.items() if name != "is_active"}

    staff.post(f"/organise/venues/{the_venue().id}/edit", data=closing)

    assert "示例文化站" not in staff.get("/organise/venues").text
    assert "已停用" in staff.get("/organise/venues?with_closed=y").text


def test_long_lists_have_pages_that_keep_the_filter(staff):
    for number in range(21):
        factories.venue(f"示例站{number:02d}", region_code=TONGYUANPU)

    page = staff.get("/organise/venues?q=示例&page=2&_external=1")

    assert "共 21 处" in page.text
    assert 'rel="prev" href="/organise/venues?page=1&amp;q=' in page.text


def test_venues_are_searched_from_a_field(staff):
    venue = factories.venue("示例文化站", region_code=TONGYUANPU)

    answer = staff.get(
        "/organise/venues/search?field=venue&venue=示例", headers={"HX-Request": "true"}
    )

    assert f'value="#{venue.id}"' in answer.text
    assert "凤城市 通远堡镇" in answer.text


def test_the_pages_are_there_in_english_too(staff):
    assert staff.get("/organise/venues?lang=en").status_code == 200


def test_the_city_office_decides_which_townships_are_remote(client):
    address = f"/regions/{TONGYUANPU}"
    assert "/office/regions" not in client.get(address).text
    client.sign_in(factories.office())
    assert "现在按偏远乡镇排" in client.get(address).text  # 40 km from its county's seat

    moved = client.post(f"/office{address}/remote", data={"is_remote": "near"})
    again = client.post(f"/office{address}/remote", data={"is_remote": "near"})

    assert (moved.location, again.location) == (address, address)
    page = client.get(address).text
    assert "现在不按偏远乡镇排" in page
    assert re.search(r'value="near"[^>]* checked|checked[^>]* value="near"', page)
    [note] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == MARK_ACTION))
    assert note.details == {"was": None, "is": False}


@pytest.mark.parametrize(
    ("code", "value", "status"),
    [("210682", "remote", 404), (TONGYUANPU, "", 422), (TONGYUANPU, "farther", 422)],
)
def test_only_a_township_is_marked_and_with_one_of_the_answers(client, code, value, status):
    client.sign_in(factories.office())

    answer = client.post(f"/office/regions/{code}/remote", data={"is_remote": value})

    assert answer.status_code == status
    assert db.session.scalars(select(Region.id).where(Region.is_remote.is_not(None))).all() == []
