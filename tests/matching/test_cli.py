"""``flask match``: from a file to a plan and back, for sound files and for others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from volunteer_hub.matching.cli import commands

INSTANCE = Path(__file__).parent / "data/instance.json"
DOCUMENT = json.loads(INSTANCE.read_text("utf-8"))


def run(*words):
    return CliRunner().invoke(commands, [str(word) for word in words])


def written(folder, **changes):
    path = folder / "instance.json"
    path.write_text(json.dumps(DOCUMENT | changes), "utf-8")
    return path


def test_the_commands_are_there(app):
    assert app.cli.commands["match"] is commands


@pytest.mark.parametrize("effort", [(), ("--fast",), ("--polished",), ("--greedy",)])
def test_a_plan_that_is_written_is_found_sound_when_read(tmp_path, effort):
    solved = run("solve", INSTANCE, tmp_path / "plan.json", *effort)
    checked = run("check", INSTANCE, tmp_path / "plan.json")

    assert (solved.exit_code, checked.exit_code) == (0, 0), solved.output + checked.output
    score = solved.output.splitlines()[0].split(", at most")[0]
    assert checked.output.splitlines() == [score, "0 rules broken"]


def test_a_plan_says_how_good_it_is_and_how_good_one_could_be(tmp_path):
    run("solve", INSTANCE, tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    greedy = run("solve", INSTANCE, tmp_path / "greedy.json", "--greedy")

    assert plan["instance"] == DOCUMENT["name"]
    assert plan["meta"]["gap"] == plan["meta"]["bound"] - plan["meta"]["Z"] == 0
    assert "at most" not in greedy.output


def test_rules_that_a_plan_breaks_are_named_one_by_one(tmp_path):
    plan = tmp_path / "plan.json"
    first = DOCUMENT["volunteers"][0]["id"]
    plan.write_text(json.dumps({"assignments": [[first, "nothing"], ["nobody", "nothing"]]}))

    checked = run("check", INSTANCE, plan)

    assert checked.exit_code == 1
    assert "unknown" in checked.output
    assert f"{2 + len(DOCUMENT['pinned'])} rules broken" in checked.output


def test_accepted_assignments_that_contradict_one_another_are_reported(tmp_path):
    shift = DOCUMENT["shifts"][0]
    who = DOCUMENT["volunteers"][0]["id"]
    twin = shift | {"id": "twin", "roles": [shift["roles"][0] | {"id": "twin.post"}]}
    given = written(
        tmp_path,
        shifts=[*DOCUMENT["shifts"], twin],
        pinned=[[who, shift["roles"][0]["id"]], [who, "twin.post"], ["nobody", "twin.post"]],
    )

    solved = run("solve", given, tmp_path / "plan.json")

    assert solved.exit_code == 0
    assert "accepted assignments break" in solved.output
    plan = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert [who, "twin.post"] in plan["assignments"]


@pytest.mark.parametrize("missing", [{"volunteers": []}, {"shifts": []}])
def test_without_people_or_without_shifts_there_is_a_plan_all_the_same(tmp_path, missing):
    given = written(tmp_path, pinned=[], previous=[], declined=[], **missing)

    assert run("solve", given, tmp_path / "plan.json").exit_code == 0
    assert json.loads((tmp_path / "plan.json").read_text("utf-8"))["assignments"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("{}", "not vmatch/1"),
        ('{"format": "vmatch/1"}', "not a sound instance"),
        (json.dumps(DOCUMENT | {"volunteers": [{"id": "v"}]}), "not a sound instance"),
    ],
)
def test_files_that_are_no_instances_are_refused_in_words(tmp_path, text, said):
    path = tmp_path / "instance.json"
    path.write_text(text, "utf-8")

    refused = run("solve", path, tmp_path / "plan.json")

    assert refused.exit_code == 1
    assert said in refused.output
