from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _

from volunteer_hub.core import clock
from volunteer_hub.notifications import broadcasts, kinds, lengths, packing, queries

commands = AppGroup("messages", help="Look after messages.")
LONGEST_NAME = 60


@commands.command("announce")
@click.argument("name")
@click.option("--title", required=True, help="What it is about.")
@click.option("--text", required=True, help="What it says.")
def announce(name: str, title: str, text: str) -> None:
    """Tell everybody who has an account something; again under the same NAME tells nobody twice."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise click.BadParameter(f"1 to {LONGEST_NAME} characters", param_hint="NAME")
    drafts = broadcasts.announcement(name, title, text)
    count = broadcasts.broadcast(drafts, now=clock.now())
    click.echo(_("已排队 %(count)s 条", count=count))


@commands.command("progress")
@click.argument("name")
def progress(name: str) -> None:
    """Show how far an announcement got."""
    found = queries.progress_of(name)
    click.echo(
        _(
            "共 %(total)s 条：已送出 %(sent)s，等待 %(waiting)s，没有送到 %(failed)s",
            total=found.total,
            sent=found.sent,
            waiting=found.to_route + found.waiting,
            failed=found.failed + found.expired,
        )
    )


@commands.command("lengths")
def show_lengths() -> None:
    """List how long the text message of each kind is, and as how many parts it is billed."""
    click.echo("| kind | zh | parts | longest | en | parts | longest | alphabet |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for kind in kinds.registered():
        cells = [kind.name]
        alphabet = ""
        for language in ("zh", "en"):
            with force_locale(packing.LOCALES[language]):
                usual, longest = lengths.of(kind), lengths.longest_of(kind)
            cells += [f"{usual.signs}", f"{usual.parts}", f"{longest.parts}"]
            alphabet = usual.alphabet
        click.echo("| " + " | ".join([*cells, alphabet]) + " |")
