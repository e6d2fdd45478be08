from __future__ import annotations

import csv
from pathlib import Path

import click
from flask import current_app, url_for
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import rules, set_up
from volunteer_hub.accounts.cli import read_contact
from volunteer_hub.catalogue.cli import FILE, tell
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions, queries
from volunteer_hub.organisations.errors import NoOfficeThereError

CITY = "210600"
commands = AppGroup("organisations", help="Look after units and volunteer teams.")


@click.command("create-office")
@click.argument("name")
@click.argument("phone")
@click.option("--region", default=CITY, show_default=True, help="Code of the city or a county.")
@with_appcontext
def create_office(name: str, phone: str, region: str) -> None:
    """Appoint NAME with PHONE (or e-mail) to an office and print a code to sign in with.

    Running it again for the same person appoints nobody twice and prints a new code.
    """
    contact, now = read_contact(phone), clock.now()
    if not rules.is_name(name) or len(name) > rules.LONGEST_NAME:
        raise click.BadParameter(_("请填写真实姓名，不要有数字和符号"))
    try:
        with transaction():
            person = people.find_named(contact, name)
            if person is None and people.people_behind(contact):
                raise click.ClickException(_("这个手机号由几个人共用，其中没有叫这个名字的人"))
            person = person or accounts.create_person(name, contact, now=now)
            actions.appoint(person.id, region, by=None, now=now)
            code = accounts.make_code(contact, now=now)
            known_as = person.name
    except NoOfficeThereError as error:
        raise click.ClickException(f"{_(error.message)}。{_(error.next_step)}") from error
    click.echo(_("%(name)s 已是办公室工作人员。", name=known_as))
    click.echo(_("登录验证码：%(code)s（10 分钟内有效，只能用一次）", code=code))
    click.echo(_("登录时选“已经有验证码了”，填写手机号和这个验证码。"))


@click.command("set-up-link")
@click.option("--address", help="What the link starts with; VH_PUBLIC_URL when not given.")
@with_appcontext
def set_up_link(address: str | None) -> None:
    """Print a link that lets the first office account be made in a browser: 24 hours, once."""
    if queries.has_office():
        click.echo(_("已经有办公室账号了，请直接登录。"))
        return
    with transaction():
        token = set_up.issue(now=clock.now())
    with current_app.test_request_context():
        path = url_for("organisations.set_up_site", token=token)
    click.echo(_("请用这个链接建立第一个办公室账号（24 小时内有效，只能用一次）："))
    click.echo(f"  {address or current_app.config['PUBLIC_URL']}{path}")


@commands.command("load")
@click.option("--file", "path", type=FILE, required=True, help="name, kind, region, parent")
def load(path: Path) -> None:
    """Add or change the units and teams in a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file, transaction():
        report = actions.load_units(csv.DictReader(file), now=clock.now())
    tell(report)
