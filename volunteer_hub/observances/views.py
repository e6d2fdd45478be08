from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.formats import listed, local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.observances import actions, queries
from volunteer_hub.observances.errors import UnsoundDatesError
from volunteer_hub.observances.forms import AnnouncedForm
from volunteer_hub.observances.rules import Announced, Observance, Occurrence, Span

blueprint = Blueprint("observances", __name__, url_prefix="/organise/science-days")
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2087


@blueprint.get("")
@access.role()
def science_days() -> ResponseReturnValue:
    this_year = local(clock.now()).year
    year = _known_year(request.args.get("year", this_year, type=int))
    return page(
        "observances/year.html",
        year=year,
        years=[
            (str(each), url_for("observances.science_days", year=each), each == year)
            for each in range(max(FIRST_YEAR, this_year - 1), this_year + 4)
        ],
        occurrences=queries.occurrences_of_year(year),
        labels=queries.labels(),
        people_of=_people_of,
        can_edit=Role.CITY_OFFICE in access.roles(),
    )


def _known_year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFoundError
    return year


def _people_of(observance: Observance) -> str:
    names = (catalogue.name_of("audience", code, language()) for code in observance.audience_codes)
    return listed(names)


@blueprint.route("/<int:year>/<key>", methods=["GET", "POST"])
@access.role(Role.CITY_OFFICE)
def announce(year: int, key: str) -> ResponseReturnValue:
    observance = queries.observance_by_key(key)
    if not observance.can_be_announced:
        raise NotFoundError
    usual = _occurrence(observance, _known_year(year))
    form = AnnouncedForm(
        data={"first": usual.span.first, "last": usual.span.last, "source": usual.source}
    )
    if form.validate_on_submit() and _announce(form, key, year):
        flash(_("日期已保存"), "good")
        return redirect(url_for("observances.science_days", year=year))
    shown = page(
        "observances/announce.html",
        form=form,
        year=year,
        observance=observance,
        entered=queries.find_announced(key, year),
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def _occurrence(observance: Observance, year: int) -> Occurrence:
    for each in queries.occurrences_of_year(year):
        if each.observance.key == observance.key:
            return each
    raise NotFoundError


def _announce(form: AnnouncedForm, key: str, year: int) -> bool:
    """Tell whether it was kept; if not, the form says why."""
    try:
        with transaction():
            span = Span(form.first.data, form.last.data)
            actions.announce(
                key,
                year,
                Announced(span, form.source.data or ""),
                by=current_user.person_id,
                now=clock.now(),
            )
    except UnsoundDatesError as error:
        form.blame("first", _(error.problem, **error.values))
        return False
    return True


@blueprint.post("/<int:year>/<key>/withdraw")
@access.role(Role.CITY_OFFICE)
def withdraw(year: int, key: str) -> ResponseReturnValue:
    with transaction():
        actions.withdraw(key, year, by=current_user.person_id, now=clock.now())
    flash(_("已改回往年的日期"), "good")
    return redirect(url_for("observances.science_days", year=year))
