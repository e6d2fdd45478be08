"""``flask match replay``: make a plan once more from what was kept, and see that it is the same."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.matching import plan_digest
from volunteer_hub.matching.cli import commands
from volunteer_hub.planning import queries, working


def register() -> None:
    """Add the command to those of the matcher."""
    commands.add_command(replay_command)


@click.command("replay")
@click.argument("run_id", type=int)
@with_appcontext
def replay_command(run_id: int) -> None:
    """Make a kept plan once more; the exit status is 1 unless it is the same to the last place."""
    try:
        run = queries.run_by_id(run_id)
    except NotFoundError as error:
        raise click.ClickException(f"there is no plan {run_id}") from error
    made = working.replayed(run) if run.result_digest else None
    if made is None:
        raise click.ClickException("nothing was kept of it, or it was never done")
    digest, plan = made
    is_whole = digest == run.input_digest
    is_same = plan_digest(plan.assignments) == run.result_digest
    click.echo(f"engine {run.engine} then, {plan.engine} now, seed {run.seed}")
    click.echo(
        f"input  {run.input_digest[:16]} {'complete' if is_whole else 'since forgotten in part'}"
    )
    click.echo(f"result {run.result_digest[:16]} {'the same' if is_same else 'not the same'}")
    if not is_same:
        raise click.exceptions.Exit(1)
