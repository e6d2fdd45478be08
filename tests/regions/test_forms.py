import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from tests import factories
from volunteer_hub.regions import queries
from volunteer_hub.regions.forms import RegionField, TownshipField, VenueField

TONGYUANPU = "210682118"


class PlaceForm(Form):
    home = TownshipField("家在哪里")
    place = RegionField("地点")
    venue = VenueField("阵地")


@pytest.fixture
def form(app):
    """A function that fills in the form as a page would."""
    with app.test_request_context():
        yield lambda *pairs, **kept: PlaceForm(MultiDict(pairs) if pairs else None, **kept)


def the(code):
    return queries.region_by_code(code)


@pytest.mark.parametrize("typed", [TONGYUANPU, "凤城市 通远堡镇", "凤城市通远堡镇", " 通远堡镇 "])
def test_a_clear_place_is_taken_and_shown_in_full(form, typed):
    filled = form(("place", typed))

    assert filled.validate()
    assert filled.place.data == the(TONGYUANPU).id
    assert filled.place.text == "凤城市 通远堡镇"


def test_a_name_that_several_have_is_asked_back(form):
    filled = form(("place", "新农村"))

    assert not filled.validate()
    assert filled.place.data is None
    assert filled.place.errors == ["您是指哪一个？请选一个。"]
    shown = filled.place()
    assert shown.count('type="radio"') == 3
    assert "凤城市 四门子镇 新农村" in shown


def test_the_choice_that_answers_the_question_counts(form):
    filled = form(("place", "新农村"), ("place", "210682119201"))

    assert filled.validate()
    assert filled.place.text == "凤城市 四门子镇 新农村"


def test_a_choice_left_over_from_other_text_does_not_count(form):
    filled = form(("place", "长甸镇"), ("place", "210682119201"))

    assert filled.validate()
    assert filled.place.text == "宽甸满族自治县 长甸镇"


def test_a_choice_without_text_counts(form):
    assert form(("place", ""), ("place", TONGYUANPU)).place.data == the(TONGYUANPU).id


def test_an_unknown_place_is_said_and_kept(form):
    filled = form(("place", "无名<地方>"))

    assert not filled.validate()
    assert "没有找到" in filled.place.errors[0]
    assert 'value="无名&lt;地方&gt;"' in filled.place()


def test_an_empty_place_is_nothing(form):
    filled = form(("place", "  "))

    assert filled.validate()
    assert filled.place.data is None


def test_a_kept_place_is_shown_in_full(form):
    assert 'value="凤城市 通远堡镇"' in form(place=the(TONGYUANPU).id).place()


def test_townships_stand_under_their_county(form):
    shown = form(home=the(TONGYUANPU).id).home()

    assert shown.count("<optgroup") == 6
    assert shown.count("<option") == 90
    assert 'data-search="tongyuanbaozhen tybz tongyuanbuzhen;tongyuanpuzhen"' in shown
    assert f'selected value="{the(TONGYUANPU).id}"' in shown


def test_a_village_is_shown_by_its_township(form):
    assert form(home=the("210682118202").id).home.data == the(TONGYUANPU).id


@pytest.mark.parametrize("typed", ["x", "0", "999999"])
def test_only_townships_of_the_list_are_taken(form, typed):
    filled = form(("home", typed))

    assert not filled.validate()
    assert filled.home.errors == ["请从列表里选一个乡镇或街道"]


def test_a_township_may_be_left_open(form):
    filled = form(("home", ""))

    assert filled.validate()
    assert filled.home.data is None


def test_a_venue_is_taken_by_name_place_or_choice(form):
    venue = factories.venue("示例文化站", region_code=TONGYUANPU)
    factories.venue("示例科技馆", region_code=TONGYUANPU)

    for typed in ("示例文化站", "示例文化站（凤城市 通远堡镇）", f"#{venue.id}"):
        filled = form(("venue", typed))
        assert filled.validate()
        assert filled.venue.data == venue.id
        assert filled.venue.text == "示例文化站（凤城市 通远堡镇）"


def test_venues_of_one_name_are_asked_back_with_where_they_are(form):
    factories.venue("示例文化站", region_code=TONGYUANPU)
    other = factories.venue("示例文化站", region_code="210682119")

    asked = form(("venue", "示例文化站"))
    answered = form(("venue", "示例文化站"), ("venue", f"#{other.id}"))

    assert not asked.validate()
    assert asked.venue().count('type="radio"') == 2
    assert answered.validate()
    assert answered.venue.data == other.id
