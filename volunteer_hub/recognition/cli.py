from __future__ import annotations

import click
from flask.cli import AppGroup

from volunteer_hub.core.formats import hours_of
from volunteer_hub.recognition.queries import check

commands = AppGroup("recognition", help="Look after the record of service.")
MOST_SHOWN = 50


@commands.command("check")
def check_command() -> None:
    """Prove that the ledger, the confirmed records and the scans say the same."""
    records, minutes, wrong = 0, 0, []
    for some in check.check_records():
        records += some.records
        minutes += some.minutes
        wrong += some.wrong
    for record_id, what in wrong[:MOST_SHOWN]:
        click.echo(f"record {record_id}: {what}", err=True)
    total = check.total_minutes()
    if total != minutes:
        click.echo(f"records add up to {minutes} minutes, the ledger to {total}", err=True)
    if wrong or total != minutes:
        raise click.ClickException(f"{len(wrong)} things do not reconcile.")
    click.echo(f"{records} records, {hours_of(minutes)} hours: all reconcile.")
