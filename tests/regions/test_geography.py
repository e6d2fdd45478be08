import pytest

from volunteer_hub.regions.geography import (
    Datum,
    Place,
    distance,
    haversine_km,
    map_address,
    to_gcj02,
    to_wgs84,
)

CITY = (40.12917, 124.39472)
CITY_ON_AMAP = (40.13077, 124.40056)


def test_a_point_is_no_distance_from_itself():
    assert haversine_km(*CITY, *CITY) == 0


def test_a_degree_of_latitude_is_111_kilometres():
    assert haversine_km(40, 124, 41, 124) == pytest.approx(111.19, abs=0.01)


def test_a_distance_is_approximate_when_either_end_is():
    exact, guessed = Place(40, 124, is_approximate=False), Place(41, 124, is_approximate=True)

    assert distance(exact, exact).is_approximate is False
    assert distance(exact, guessed).is_approximate is True
    assert distance(guessed, exact).km == pytest.approx(111.19, abs=0.01)


def test_map_apps_are_half_a_kilometre_off_here():
    lat, lng = to_gcj02(*CITY)

    assert (round(lat, 5), round(lng, 5)) == CITY_ON_AMAP
    assert 0.5 < haversine_km(*CITY, lat, lng) < 0.55


def test_a_pin_copied_from_a_map_app_comes_back_to_where_it_was():
    assert haversine_km(*to_wgs84(*CITY_ON_AMAP, Datum.GCJ02), *CITY) < 0.002


def test_a_pin_from_a_phone_stays_as_it_is():
    assert to_wgs84(*CITY, Datum.WGS84) == CITY


def test_a_baidu_pin_lies_beyond_the_other_map_apps():
    # Baidu shifts the shifted point again, by about a kilometre.
    lat, lng = to_wgs84(40.13668, 124.40712, Datum.BD09)

    assert haversine_km(lat, lng, *CITY) < 0.05


def test_the_map_link_carries_the_shifted_point_and_an_escaped_name():
    address = map_address("文化站&东", *CITY)

    assert "position=124.400560%2C40.130767" in address
    assert address.endswith("name=%E6%96%87%E5%8C%96%E7%AB%99%26%E4%B8%9C")
