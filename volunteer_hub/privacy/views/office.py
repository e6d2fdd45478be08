from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock, numbers
from volunteer_hub.core.access import Role
from volunteer_hub.core.formats import local
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import N_
from volunteer_hub.core.transaction import short_write, transaction
from volunteer_hub.privacy import actions, minors, queries
from volunteer_hub.privacy.forms import NumberForm
from volunteer_hub.privacy.views.base import blueprint

GROUPS = {
    "keep": (N_("信息保存多久"), N_("到期后系统自己删除。够用就好，越短越好。")),
    "complaints": (N_("答复期限"), N_("办公室多久内答复来信。")),
    "hours": (N_("补录的规矩"), N_("没有签到记录的时长怎样复核、公示多久。")),
    "second": (N_("第二步验证"), N_("工作人员登录时，除密码或短信外再要一个验证器上的数字。")),
    "match": (N_("推荐人选时什么更要紧"), N_("分数越高越要紧。缺的人数总是先补，和这些分数无关。")),
    "places": (N_("偏远乡镇"), N_("活动在偏远乡镇的，排班时缺人先补。")),
    "ages": (N_("年龄"), N_("各省的规定不一样，按本省的来改。18 岁成年由法律定，不能改。")),
}


@blueprint.get("/office/numbers/of/<group>")
@access.role(Role.CITY_OFFICE)
def numbers_of(group: str) -> ResponseReturnValue:
    if group not in GROUPS:
        abort(HTTPStatus.NOT_FOUND)
    title, lead = GROUPS[group]
    lines = [(number, value_of(number.key)) for number in numbers.registered(group)]
    return page("privacy/numbers.html", title=title, lead=lead, lines=lines)


@blueprint.route("/office/numbers/<number_key>", methods=["GET", "POST"])
@access.role(Role.CITY_OFFICE)
def change_number(number_key: str) -> ResponseReturnValue:
    number = numbers.find(number_key)
    if number is None:
        abort(HTTPStatus.NOT_FOUND)
    form, status = NumberForm(value=value_of(number_key)), HTTPStatus.OK
    if form.is_submitted():
        if form.validate() and form.is_within(number):
            with transaction():
                value = form.value.data if form.value.data is not None else number.usual
                numbers.change(number_key, value, by=current_user.person_id, now=clock.now())
            flash(_("已保存，从现在起按新的数。"), "good")
            return redirect(url_for("privacy.numbers_of", group=number.group))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return page("privacy/number.html", form=form, number=number), status


@blueprint.get("/office/minors")
@access.role(Role.CITY_OFFICE)
def minors_seen() -> ResponseReturnValue:
    """Show who looked at the data of people under age in a year, for the yearly audit."""
    this_year = local(clock.now()).year
    year = request.args.get("year", this_year, type=int)
    if not this_year - minors.YEARS_BACK <= year <= this_year:
        abort(HTTPStatus.NOT_FOUND)
    looks = queries.looks_at_minors(year)
    return page(
        "privacy/minors.html",
        year=year,
        years=range(this_year, this_year - minors.YEARS_BACK - 1, -1),
        total=len(looks),
        by_person=minors.by_person(looks),
    )


@blueprint.get("/office/minors.csv")
@access.role(Role.CITY_OFFICE)
def minors_csv() -> ResponseReturnValue:
    this_year = local(clock.now()).year
    year = request.args.get("year", this_year, type=int)
    if not this_year - minors.YEARS_BACK <= year <= this_year:
        abort(HTTPStatus.NOT_FOUND)
    content = minors.csv_of(queries.looks_at_minors(year))
    with short_write():
        actions.note_minors_exported(current_user.person_id, year, now=clock.now())
    headers = {"Content-Disposition": f"attachment; filename=minors-{year}.csv"}
    return content, {"Content-Type": "text/csv; charset=utf-8", **headers}
