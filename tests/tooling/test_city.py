"""A real city: started by init, never mixed with demo data."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.tooling.test_backups import ROOT, run
from tools import guards
from tools.listening import Listening
from tools.ports import free_port

LINK = re.compile(r"http://127\.0\.0\.1:5000(/setup/[\w-]{32})\n")
UNITS = """name,kind,region,parent
示例服务队,volunteer_team,210682,示例市科协
示例市科协,science_association,210600,
"""
REGIONS = """code,name,parent,level
999900,示例市,,city
999901,示例县,999900,county
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    place = tmp_path_factory.mktemp("city")
    (place / "units.csv").write_text(UNITS.replace("volunteer_team", "government"), "utf-8")
    done = run(place, "init", "--units", place / "units.csv")
    assert done.returncode == 0, done.stderr
    return place, done.stdout


def rows(place, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(place / "volunteer_hub.db")) as database:
        return database.execute(statement).fetchall()


def test_it_prints_one_link_and_what_comes_next(city):
    _place, said = city
    assert len(LINK.findall(said)) == 1
    assert "python3 run.py --lan" in said
    assert f"{city[0]}/secret_key" in said


def test_it_loads_regions_words_campaigns_and_units_and_no_people(city):
    place, _said = city
    assert rows(place, "SELECT count(*) FROM region") == [(975,)]
    assert rows(place, "SELECT count(*) > 100 FROM catalogue_entry") == [(1,)]
    assert rows(place, "SELECT count(*) > 5 FROM campaign") == [(1,)]
    assert rows(place, "SELECT count(*) FROM person") == [(0,)]
    child = "SELECT o.name, p.name FROM organisation o JOIN organisation p ON p.id = o.parent_id"
    assert rows(place, child) == [("示例服务队", "示例市科协")]


def test_run_again_it_changes_nothing_but_the_link(city):
    place, said = city
    again = run(place, "init", "--units", place / "units.csv")
    assert again.returncode == 0, again.stderr
    assert LINK.findall(again.stdout) != LINK.findall(said)
    assert rows(place, "SELECT count(*) FROM organisation") == [(2,)]


def test_another_city_brings_its_own_regions(tmp_path):
    (tmp_path / "regions.csv").write_text(REGIONS, "utf-8")
    done = run(tmp_path, "init", "--regions", tmp_path / "regions.csv")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path, "SELECT name FROM region ORDER BY id") == [("示例市",), ("示例县",)]


def test_a_file_with_problems_is_named_line_by_line_and_init_can_be_repeated(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(UNITS, "utf-8")
    done = run(tmp_path, "init", "--units", file)
    assert done.returncode == 1
    assert "volunteer_team" in done.stderr
    plain = run(tmp_path, VH_PORT=str(free_port()))  # nothing of demo data may come in now
    assert plain.stderr == "python3 run.py init did not finish here. Run it again.\n"
    assert rows(tmp_path, "SELECT count(*) FROM person") == [(0,)]

    file.write_text(UNITS.replace("volunteer_team", "government"), "utf-8")
    assert run(tmp_path, "init", "--units", file).returncode == 0


def test_a_file_that_is_not_there_ends_it(tmp_path):
    done = run(tmp_path, "init", "--units", tmp_path / "none.csv")
    assert done.returncode == 2
    assert "none.csv" in done.stderr


def test_a_site_with_demo_data_cannot_become_a_city(tmp_path):
    assert run(tmp_path, "flask", "db", "upgrade").returncode == 0
    mark_as_demo(tmp_path)
    done = run(tmp_path, "init")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("This site holds demo data. A real site:")


def mark_as_demo(place) -> None:
    with closing(sqlite3.connect(place / "volunteer_hub.db")) as database, database:
        database.execute(
            "INSERT INTO person (name, pinyin, initials, phone, created_at, is_demo)"
            " VALUES ('演示', '', '', '13900000001', '2026-01-01', 1)"
        )


@pytest.fixture(scope="module")
def demo_site(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    assert run(place, "flask", "db", "upgrade").returncode == 0
    mark_as_demo(place)
    return place


KEY, ADDRESS = "k" * 40, "https://kepu.example.cn"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is refused here


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        ([], "VH_SECRET_KEY", KEY),
        ([], "VH_PUBLIC_URL", "http://127.0.0.1"),
        (["worker"], "VH_PUBLIC_URL", ADDRESS),
    ],
)
def test_demo_data_and_a_real_setting_do_not_start_together(demo_site, command, name, value):
    refused = run(demo_site, *command, **{name: value}, VH_PORT=str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(f"{name} is set, but this site holds demo")


@pytest.mark.parametrize("arguments", [[], ["flask", "demo", "load"]])
@pytest.mark.parametrize(("name", "value"), [("VH_SECRET_KEY", KEY), ("VH_PUBLIC_URL", ADDRESS)])
def test_demo_data_is_not_loaded_beside_a_real_setting(tmp_path, arguments, name, value):
    refused = run(tmp_path, *arguments, **{name: value}, VH_PORT=str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} is set, but this site holds demo data")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "volunteer_hub.db").exists()


def test_a_live_site_does_not_serve_demo_data(demo_site):
    refused = run(
        demo_site, VH_ENVIRONMENT="production", VH_SECRET_KEY=KEY, VH_PUBLIC_URL=ADDRESS,
        VH_PORT=str(free_port()),
    )  # fmt: skip
    assert refused.returncode == 1
    assert "this site holds demo data" in refused.stderr


def test_a_server_that_imports_the_site_refuses_the_mix_as_well(demo_site):
    refused = subprocess.run(
        [sys.executable, "-c", "import run; run.app"],
        cwd=ROOT, env={"VH_DATA_DIR": str(demo_site), "VH_PUBLIC_URL": ADDRESS},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.startswith("VH_PUBLIC_URL is set, but this site holds demo data")


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.5", "::", "hub.example.cn"])
def test_demo_data_stays_on_this_machine(host):
    problem = guards.demo_beside_real({}, Listening(host=host))
    assert problem is not None
    assert problem.startswith(f"VH_HOST is {host}, but this site holds demo data")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_this_machine_is_this_machine(host):
    assert guards.demo_beside_real({"VH_ENVIRONMENT": "development"}, Listening(host=host)) is None
    assert guards.open_development(Listening(host=host), is_development=True) is None


def test_a_network_does_not_get_to_see_development_pages(tmp_path):
    refused = run(tmp_path, VH_HOST=EVERYWHERE, VH_DEMO="0", VH_PORT=str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.startswith("VH_HOST is 0.0.0.0, but in development everybody")
    assert refused.stderr.count("\n") == 1
    assert guards.open_development(Listening(host=EVERYWHERE), is_development=False) is None


def test_lan_needs_a_real_site(tmp_path, demo_site):
    refused = run(tmp_path, "--lan", VH_HOST="192.0.2.7", VH_PORT=str(free_port()))
    assert refused.stderr.endswith("First: python3 run.py init\n")
    refused = run(demo_site, "--lan", VH_HOST="192.0.2.7", VH_PORT=str(free_port()))
    assert refused.stderr.splitlines()[-1].startswith("Demo data is shown on this machine only.")
