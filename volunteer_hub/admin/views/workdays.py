"""Public holidays and the weekends worked instead, year by year."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.admin import wording
from volunteer_hub.admin.forms import WorkdaysForm
from volunteer_hub.admin.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.transaction import transaction
from volunteer_hub.workdays import actions
from volunteer_hub.workdays.queries import work_calendar
from volunteer_hub.workdays.rules import Year

NOVEMBER = 11


@blueprint.route("/workdays", methods=["GET", "POST"])
@access.role(Role.CITY_OFFICE)
def workdays() -> ResponseReturnValue:
    form = WorkdaysForm()
    if form.is_submitted() and form.validate() and _load(form):
        flash(_("已载入。工作日从现在起按新的算。"), "success")
        return redirect(url_for("admin.workdays"))
    calendar, here = work_calendar(), clock.now().astimezone(LOCAL)
    # The days of a year are published in the November before.
    wanted = [here.year, *([here.year + 1] if here.month >= NOVEMBER else [])]
    page = render_template(
        "admin/workdays.html",
        form=form,
        years=[_shown(year) for _number, year in sorted(calendar.years.items(), reverse=True)],
        missing=[
            year
            for year in wanted
            if year not in calendar.years or not calendar.years[year].is_published
        ],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def _shown(year: Year) -> tuple[Year, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return a year with its holidays and its worked weekends in words."""
    rest, work = (
        wording.days_in_words(each for each in year.days if each.is_workday is kind)
        for kind in (False, True)
    )
    return year, rest, work


def _load(form: WorkdaysForm) -> bool:
    """Load the file of the form; tell whether all of it was taken, else the form says what not."""
    rows = form.read()
    if not rows:
        form.blame("file", _("文件里没有可以读的行"))
        return False
    with transaction():
        report = actions.load_workdays(rows, by=current_user.person_id, now=clock.now())
    for problem in report.problems[:10]:
        text = _(problem.message, **problem.values)
        form.refuse(_("第 %(line)s 行", line=problem.line) + f" {problem.code}：{text}")
    return not report.problems
