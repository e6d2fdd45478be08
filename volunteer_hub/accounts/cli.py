from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from volunteer_hub.accounts import actions, passwords, queries, rules
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction

commands = AppGroup("accounts", help="Look after people's accounts.")


def read_contact(text: str) -> str:
    """Return a typed contact in its one spelling.

    Raises:
        click.BadParameter: It is neither a mobile number nor an e-mail address.
    """
    contact = rules.read_contact(text)
    if contact is None:
        raise click.BadParameter(_("请填写 11 位手机号或邮箱"))
    return contact


@commands.command("set-password")
@click.argument("contact")
@click.option("--name", default="", help="Whose, when several share the phone.")
@click.password_option(help="Asked for, without showing it, when not given.")
def set_password(contact: str, name: str, password: str) -> None:
    """Give the person with CONTACT (phone or e-mail) a password; signs their devices out."""
    known_as = read_contact(contact)
    person = queries.find_named(known_as, name)
    if person is None and queries.people_behind(known_as):
        raise click.ClickException(_("这个手机号由几个人共用，请用 --name 写明是谁"))
    if person is None:
        raise click.ClickException(_("没有使用这个手机号或邮箱的账号"))
    own = rules.known_words(person.name, person.pinyin, person.phone, person.email)
    problem = rules.password_problem(password, own=own)
    if problem is not None:
        raise click.ClickException(_(problem.value))
    person_id, password_hash = person.id, passwords.make_hash(password)
    with transaction():
        actions.set_password(person_id, password_hash, by=None, keep=None, now=clock.now())
    click.echo(_("密码已设置，其他设备已退出登录。"))
