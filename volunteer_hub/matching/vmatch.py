"""The problem and the plan in vmatch/1, the JSON format in which matchers can be compared.

In the format everything has a text id; here each gets the number of its place in the order of
those ids, so that two spellings of one instance give one problem.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.problem import Declined, Pin, Post, Problem, Shift, Volunteer, Window
from volunteer_hub.matching.weights import Priority, Travel, Weights

FORMAT: Final = "vmatch/1"
_ROUNDING: Final = 1e-6  # of a minute
Document = Mapping[str, Any]


class NotVmatchError(ValueError):
    """The document says it is something else."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem read from vmatch/1, and what its parts are called there."""

    name: str
    problem: Problem
    volunteer_ids: Mapping[str, int]
    shift_ids: Mapping[str, int]
    post_ids: Mapping[str, int]

    def pin(self, names: Iterable[str]) -> Pin:
        """Return the assignment that a pair of names stands for; -1 for whoever is not there."""
        volunteer, post = names
        return Pin(self.volunteer_ids.get(volunteer, -1), self.post_ids.get(post, -1))


def read_instance(document: Document) -> Instance:
    """Return the problem in a vmatch/1 instance; posts may be filled to their maximum.

    Raises:
        NotVmatchError: The document is in another format.
    """
    if document.get("format") != FORMAT:
        raise NotVmatchError(f"not {FORMAT}: {document.get('format')!r}")
    shifts = document["shifts"]
    volunteer_ids = _numbered(person["id"] for person in document["volunteers"])
    shift_ids = _numbered(shift["id"] for shift in shifts)
    post_ids = _numbered(role["id"] for shift in shifts for role in shift["roles"])
    events = _numbered(str(shift["event"]) for shift in shifts)
    venues = _numbered(str(shift["venue"]) for shift in shifts)

    def pins(kind: str) -> tuple[Pin, ...]:
        return tuple(
            Pin(volunteer_ids[who], post_ids[role])
            for who, role in document.get(kind, ())
            if who in volunteer_ids and role in post_ids
        )

    problem = Problem(
        volunteers=tuple(
            _volunteer(person, volunteer_ids[person["id"]]) for person in document["volunteers"]
        ),
        shifts=tuple(
            _shift(
                shift,
                shift_ids[shift["id"]],
                event_id=events[str(shift["event"])],
                venue_id=venues[str(shift["venue"])],
            )
            for shift in shifts
        ),
        posts=tuple(
            _post(role, post_ids[role["id"]], shift_ids[shift["id"]])
            for shift in shifts
            for role in shift["roles"]
        ),
        pins=pins("pinned"),
        previous=pins("previous"),
        declined=tuple(
            Declined(volunteer_ids[who], shift_ids[shift])
            for who, shift in document.get("declined", ())
            if who in volunteer_ids and shift in shift_ids
        ),
        fill_to="max",
        weights=_weights(document["params"]),
        travel=_travel(document["params"]),
    )
    return Instance(document["name"], problem, volunteer_ids, shift_ids, post_ids)


def write_plan(instance: Instance, plan: Plan) -> dict[str, Any]:
    """Return a plan as a vmatch/1 document."""
    volunteers = {number: name for name, number in instance.volunteer_ids.items()}
    posts = {number: name for name, number in instance.post_ids.items()}
    return {
        "instance": instance.name,
        "assignments": [[volunteers[who], posts[post]] for who, post in plan.assignments],
        "meta": {
            "engine": plan.engine,
            "steps": plan.steps,
            "Z": plan.score.total,
            "T1": plan.score.open_seats,
            "T2": plan.score.missing_experience,
            "T3": plan.score.quality,
            "bound": plan.bound,
            "gap": plan.gap,
            "T1_of_best_in_fractions": plan.best_open_seats,
            "violations": len(plan.violations),
        },
    }


def read_plan(instance: Instance, document: Document) -> Plan:
    """Return the assignments of a vmatch/1 plan, neither judged nor put in order."""
    return Plan(assignments=tuple(instance.pin(pair) for pair in document["assignments"]))


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}


def _volunteer(person: Document, number: int) -> Volunteer:
    return Volunteer(
        id=number,
        lat=person["lat"],
        lng=person["lng"],
        radius_km=person["radius_km"],
        skills=person["skills"],
        windows=tuple(Window(*window) for window in person["avail"]),
        blackout_days=frozenset(person["blackout"]),
        max_minutes_week=math.floor(_minutes(person["max_hours_week"]) + _ROUNDING),
        total_minutes=_minutes(person["total_hours"]),
        minutes_90d=_minutes(person["hours_90d"]),
        reliability=person["reliability"],
        wishes=frozenset(person["prefs"]),
        team=person["team"],
        credentials=person["creds"],
        languages=frozenset(person["langs"]),
    )


def _shift(shift: Document, number: int, *, event_id: int, venue_id: int) -> Shift:
    return Shift(
        id=number,
        event_id=event_id,
        start=shift["start"],
        end=shift["end"],
        lat=shift["lat"],
        lng=shift["lng"],
        venue_id=venue_id,
        audience=shift["audience"],
        priority=Priority(shift["priority"]),
        experienced_people=shift["need_exp"],
    )


def _post(role: Document, number: int, shift_id: int) -> Post:
    return Post(
        id=number,
        shift_id=shift_id,
        name=role["name"],
        min_people=role["min"],
        max_people=role["max"],
        skills=role["skills"],
        credential=role["cred"],
        language=role["lang"],
        min_experience_minutes=_minutes(role["min_exp_hours"]),
    )


def _weights(params: Document) -> Weights:
    return Weights(
        open_seat=params["W1"],
        missing_experience=params["W2"],
        priority={Priority(name): weight for name, weight in params["prio_w"].items()},
        experienced_minutes=_minutes(params["exp_hours"]),
        extra_cost=params["extra_cost"],
        load_step=params["load_step"],
        team_bonus=params["team_bonus"],
        kept_bonus=params["keep_bonus"],
    )


def _travel(params: Document) -> Travel:
    return Travel(
        speed_kmh=params["speed_kmh"],
        detour=params["detour"],
        buffer_minutes=params["buffer_min"],
        night_rest_minutes=0,
    )


def _minutes(hours: float) -> float:
    return hours * 60
