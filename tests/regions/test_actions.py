import pytest
from sqlalchemy import func, select

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.regions import actions, queries
from volunteer_hub.regions.errors import VenueExistsError
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.regions.rules import VenueDraft

pytestmark = pytest.mark.usefixtures("app")

OTHER_CITY = [
    {"code": "210500", "name": "本溪市", "level": "city", "lat": "41.3", "lng": "123.8"},
    {"code": "210521", "name": "示例县", "level": "county", "parent": "210500"},
    {"code": "210521100", "name": "示例镇", "level": "township", "parent": "210521"},
    {"code": "210521100200", "name": "示例村村民委员会", "level": "village", "parent": "210521100"},
]
TONGYUANPU = {"code": "210682118", "name": "通远堡镇", "level": "township", "parent": "210682"}


def load(rows, now=NOON):
    with transaction():
        return actions.load_regions(rows, now=now)


def row(code):
    return db.session.scalars(select(Region).where(Region.code == code)).one()


def test_loading_the_shipped_file_again_changes_nothing():
    with transaction():
        report = actions.load_shipped_regions(now=NOON)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 975)
    assert report.problems == []
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 0


def test_every_shipped_region_knows_its_county_and_has_a_point():
    villages = select(func.count(Region.id)).where(Region.level == "village")
    lost = select(func.count(Region.id)).where(Region.lat.is_(None))

    assert db.session.scalar(villages.where(Region.county_id.is_(None))) == 0
    assert db.session.scalar(villages.where(Region.township_id.is_(None))) == 0
    assert db.session.scalar(lost) == 0
    assert row("210682118").is_approximate is False
    assert row("210682118202").is_approximate is True
    assert row("210602").is_approximate is True


def test_another_city_loads_from_the_same_shape_and_is_noted():
    report = load(OTHER_CITY)

    village = row("210521100200")
    assert (report.added, report.changed, report.problems) == (4, 0, [])
    assert village.short_name == "示例村"
    assert village.full_name == "本溪市示例县示例镇示例村"
    assert (village.pinyin, village.initials) == ("shilicun", "slc")
    assert (village.lat, village.lng, village.is_approximate) == (41.3, 123.8, True)
    assert village.county_id == row("210521").id
    note = db.session.scalars(select(AuditEntry)).one()
    assert (note.action, note.details) == ("regions.load", {"added": 4, "changed": 0})


def test_a_new_load_is_seen_at_once():
    assert queries.search_regions("示例镇") == []

    load(OTHER_CITY)

    assert queries.search_regions("示例镇")[0].code == "210521100"


def test_codes_keep_their_rows_when_names_change():
    before = row("210682118").id

    report = load([TONGYUANPU | {"name": "新名镇"}])

    assert (report.added, report.changed) == (0, 1)
    assert queries.region_by_code("210682118").short_name == "新名镇"
    assert queries.region_by_code("210682118").id == before


def test_a_row_without_a_point_does_not_take_one_away():
    load([TONGYUANPU])

    assert row("210682118").lat == 40.79222


def test_a_better_point_reaches_the_villages_below():
    load(
        [
            {"code": "210624105", "name": "长甸镇", "level": "township", "parent": "210624",
             "lat": "40.5", "lng": "124.9"}
        ]
    )  # fmt: skip

    village = row("210624105200")
    assert (village.lat, village.lng, village.is_approximate) == (40.5, 124.9, True)
    assert row("210624105").is_approximate is False


def test_good_rows_are_kept_and_bad_ones_named():
    report = load([*OTHER_CITY, {"code": "9", "name": "哪里", "level": "village", "parent": "8"}])

    assert report.added == 4
    assert [(problem.line, problem.code) for problem in report.problems] == [(6, "9")]


def test_a_page_costs_one_query_however_often_it_asks():
    queries.tree()  # read by an earlier page of this process
    db.session.rollback()
    with counted_queries() as statements:
        for _ in range(3):
            queries.path_of(queries.region_by_code("210682118").id)
            queries.search_regions("cdz")

    assert len(statements) == 1


def test_a_region_that_is_not_there_is_not_found():
    with pytest.raises(NotFoundError):
        queries.region_by_code("999")
    assert queries.path_of(None) == ""


def draft(**changes):
    given = {
        "name": "通远堡镇文化站",
        "type_code": "culture_station",
        "region_id": row("210682118").id,
    }
    return VenueDraft(**(given | changes))


def add(**changes):
    with transaction():
        return actions.add_venue(draft(**changes), by=factories.person().id, now=NOON)


def test_a_venue_is_added_with_its_spelling_and_noted():
    venue = add()

    assert (venue.pinyin, venue.initials) == ("tongyuanbaozhenwenhuazhan", "tybzwhz")
    assert db.session.scalars(select(AuditEntry.action)).all() == ["venue.add"]


def test_two_venues_in_one_place_need_two_names():
    add()

    with pytest.raises(VenueExistsError):
        add()
    add(region_id=row("210682119").id)


def test_the_name_of_a_closed_venue_is_free_again():
    first = add()
    with transaction():
        actions.change_venue(first.id, draft(is_active=False), by=first.id, now=NOON)

    add()

    assert db.session.scalar(select(func.count(Venue.id))) == 2


def test_a_venue_can_be_changed_without_getting_in_its_own_way():
    venue = add()

    with transaction():
        actions.change_venue(venue.id, draft(capacity=80), by=venue.id, now=NOON)

    assert venue.capacity == 80


def test_a_venue_in_no_region_is_refused():
    with pytest.raises(NotFoundError):
        add(region_id=0)


@pytest.mark.parametrize(
    "text", ["文化站", "tongyuanbao", "tybz", "通远堡", "凤城", "fengcheng 文化"]
)
def test_a_venue_is_found_by_name_spelling_or_where_it_is(text):
    venue = add()
    add(name="长甸镇文化馆", region_id=row("210624105").id)

    found = queries.venues(text)

    assert (found.total, [it.id for it in found.venues]) == (1, [venue.id])


def test_venues_can_be_kept_to_a_county_a_kind_and_those_in_use():
    venue = add()
    add(name="旧站", is_active=False)
    fengcheng, donggang = row("210682").id, row("210681").id

    assert queries.venues(within=fengcheng).total == 1
    assert queries.venues(within=donggang).total == 0
    assert queries.venues(type_code="school").total == 0
    assert queries.venues(with_closed=True).total == 2
    assert [it.id for it in queries.search_venues("站", within=fengcheng)] == [venue.id]


def test_a_page_beyond_the_last_is_the_last():
    for number in range(21):
        add(name=f"示例站{number:02d}")

    last = queries.venues(page=9)

    assert (last.page, last.pages, len(last.venues)) == (2, 2, 1)


def test_a_list_of_venues_costs_the_same_with_one_and_three():
    costs = []
    for number in range(3):
        add(name=f"示例站{number}")
        db.session.rollback()
        with counted_queries() as statements:
            [queries.path_of(venue.region.id) for venue in queries.venues().venues]
        costs.append(len(statements))

    assert len(set(costs)) == 1


def test_the_place_of_a_venue_is_its_pin_or_its_region():
    here = queries.place_of_venue(add(lat=40.8, lng=123.9))
    around = queries.place_of_venue(add(name="村部", region_id=row("210682118202").id))

    assert (here.lat, here.is_approximate) == (40.8, False)
    assert (around.lat, around.is_approximate) == (40.79222, True)
