from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import rules
from volunteer_hub.accounts.cli import read_contact
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import actions
from volunteer_hub.organisations.errors import NoOfficeThereError

CITY = "210600"


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
            person = people.find_person(contact) or accounts.create_person(name, contact, now=now)
            actions.appoint(person.id, region, by=None, now=now)
            code = accounts.make_code(contact, now=now)
            known_as = person.name
    except NoOfficeThereError as error:
        raise click.ClickException(f"{_(error.message)}。{_(error.next_step)}") from error
    click.echo(_("%(name)s 已是办公室工作人员。", name=known_as))
    click.echo(_("登录验证码：%(code)s（10 分钟内有效，只能用一次）", code=code))
    click.echo(_("登录时选“已经有验证码了”，填写手机号和这个验证码。"))
