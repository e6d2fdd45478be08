"""``flask match``: plans for files in vmatch/1, the format in which matchers can be compared."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from volunteer_hub.matching.check import check
from volunteer_hub.matching.lookup import Lookup, MalformedProblemError
from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.scoring import score_of
from volunteer_hub.matching.solver import solve
from volunteer_hub.matching.vmatch import (
    Instance,
    NotVmatchError,
    read_instance,
    read_plan,
    write_plan,
)
from volunteer_hub.matching.weights import Limits, Method

commands = click.Group("match", help="Plans for problems in files (vmatch/1).")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EFFORTS = {
    "usual": Limits(),
    "fast": Limits(rounds=3, polishes=False),
    "polished": Limits(rounds=6, polishes=True),
    "greedy": Limits(method=Method.GREEDY),
}


@commands.command("solve")
@click.argument("instance_file", type=_FILE)
@click.argument("plan_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--fast", "effort", flag_value="fast", help="Three rounds only, no second look.")
@click.option("--polished", "effort", flag_value="polished", help="Look at every place again.")
@click.option("--greedy", "effort", flag_value="greedy", help="Seat after seat; no proof.")
def solve_command(instance_file: Path, plan_file: Path, effort: str | None) -> None:
    """Write the plan for an instance, and say how good it is."""
    instance = _instance(instance_file)
    began = time.process_time()
    plan = solve(instance.problem, limits=EFFORTS[effort or "usual"])
    spent = time.process_time() - began
    document = json.dumps(write_plan(instance, plan), ensure_ascii=False)
    plan_file.write_text(document + "\n", encoding="utf-8")
    click.echo(_said(plan))
    click.echo(f"{plan.engine}, {spent:.2f} s of CPU")
    for violation in plan.violations:
        click.echo(f"accepted assignments break {violation}", err=True)


@commands.command("check")
@click.argument("instance_file", type=_FILE)
@click.argument("plan_file", type=_FILE)
def check_command(instance_file: Path, plan_file: Path) -> None:
    """Say which hard rules a plan breaks; the exit status is 1 if there are any."""
    instance = _instance(instance_file)
    plan = read_plan(instance, _document(plan_file))
    violations = check(instance.problem, plan)
    lookup = Lookup.of(instance.problem)
    known = [
        pin
        for pin in plan.assignments
        if pin.volunteer_id in lookup.volunteers and pin.post_id in lookup.posts
    ]
    click.echo(_said(Plan(assignments=plan.assignments, score=score_of(lookup, known))))
    for violation in violations:
        click.echo(str(violation), err=True)
    click.echo(f"{len(violations)} rules broken")
    if violations:
        raise click.exceptions.Exit(1)


def _said(plan: Plan) -> str:
    score = plan.score
    said = (
        f"{len(plan.assignments)} assignments, T1 {score.open_seats}, "
        f"T2 {score.missing_experience}, T3 {score.quality}, Z {score.total}"
    )
    return said if plan.bound is None else f"{said}, at most {plan.bound} (gap {plan.gap})"


def _instance(path: Path) -> Instance:
    try:
        instance = read_instance(_document(path))
        Lookup.of(instance.problem)
    except (NotVmatchError, MalformedProblemError) as error:
        raise click.ClickException(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise click.ClickException(f"not a sound instance: {error!r}") from error
    return instance


def _document(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{path.name} is not JSON: {error}") from error
    return document
