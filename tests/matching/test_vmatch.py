"""Reading instances and writing plans in the format matchers are compared in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from volunteer_hub.matching import Pin, Priority, check, solve
from volunteer_hub.matching.__main__ import main
from volunteer_hub.matching.vmatch import NotVmatchError, read_instance, read_plan, write_plan

DOCUMENT = json.loads((Path(__file__).parent / "data/instance.json").read_text("utf-8"))


def test_everything_in_an_instance_is_read():
    instance = read_instance(DOCUMENT)
    given, first = instance.problem, DOCUMENT["volunteers"][0]
    person = {each.id: each for each in given.volunteers}[instance.volunteer_ids[first["id"]]]

    assert (len(given.volunteers), len(given.posts)) == (48, 24)
    assert (len(given.pins), len(given.previous), len(given.declined)) == (4, 6, 3)
    assert person.max_minutes_week == 60 * first["max_hours_week"]
    assert person.skills == first["skills"]
    assert {each.priority for each in given.shifts} <= set(Priority)
    assert given.fill_to == "max"


def test_a_plan_survives_being_written_and_read():
    instance = read_instance(DOCUMENT)
    plan = solve(instance.problem)
    document = json.loads(json.dumps(write_plan(instance, plan)))

    assert document["instance"] == DOCUMENT["name"]
    assert read_plan(instance, document).assignments == plan.assignments


def test_the_plan_for_the_instance_breaks_no_rule_and_keeps_what_was_accepted():
    instance = read_instance(DOCUMENT)
    plan = solve(instance.problem)

    assert check(instance.problem, plan) == []
    assert {instance.pin(pair) for pair in DOCUMENT["pinned"]} <= set(plan.assignments)
    assert all(isinstance(pin, Pin) for pin in plan.assignments)


def test_the_order_in_a_document_does_not_matter():
    turned = DOCUMENT | {"volunteers": DOCUMENT["volunteers"][::-1]}

    assert solve(read_instance(turned).problem) == solve(read_instance(DOCUMENT).problem)


@pytest.mark.parametrize("document", [{}, {"format": "vmatch/2"}])
def test_other_formats_are_refused(document):
    with pytest.raises(NotVmatchError):
        read_instance(document)


def test_the_bench_compares_the_search_with_the_greedy(capsys, monkeypatch):
    monkeypatch.setattr("volunteer_hub.matching.__main__.SIZES", ((60, 30),))

    main(["bench", "--seed", "3"])

    heading, line = capsys.readouterr().out.splitlines()
    assert "open seats" in heading
    assert line.startswith("60x30")
