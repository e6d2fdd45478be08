from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import local
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.guardians import actions, queries, rules
from volunteer_hub.guardians.errors import CareMissingError, ConsentClosedError
from volunteer_hub.guardians.forms import AskForm, GiveForm
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.volunteers import ages
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer

blueprint = Blueprint("guardians", __name__)
STAFF: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE)


def _today() -> date:
    return local(clock.now()).date()


def card(volunteer: Volunteer) -> dict[str, Any]:
    """Return what the page of a volunteer shows of their guardian: nothing of adults."""
    is_minor = not volunteers.bearing_of(volunteer).is_adult_on(_today())
    consent = queries.newest_of(volunteer.id) if is_minor else None
    return {
        "is_minor": is_minor,
        "consent": consent,
        "standing": queries.standing_of(consent, now=clock.now()) if consent else None,
        "volunteer_id": volunteer.id,
        "may_withdraw": bool(access.roles() & set(STAFF)),
    }


@blueprint.route("/me/guardian", methods=["GET", "POST"])
@access.signed_in
@limiter.limit("20 per hour", methods=["POST"])
def my_guardian() -> ResponseReturnValue:
    person_id, form, status = current_user.person_id, AskForm(), HTTPStatus.OK
    volunteer = volunteers.find_volunteer_of(person_id)
    if volunteer is None:
        return redirect(url_for("volunteers.join"))
    if volunteers.bearing_of(volunteer).is_adult_on(_today()):
        return redirect(url_for("assignments.my_events"))
    if form.is_submitted():
        if form.validate() and _is_asked(form, person_id):
            flash(_("链接已发给监护人。对方同意后，您就能报名了。"), "good")
            return redirect(url_for("guardians.my_guardian"))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    consent = queries.newest_of(volunteers.volunteer_of(person_id).id)
    standing = queries.standing_of(consent, now=clock.now()) if consent else None
    return page("guardians/mine.html", form=form, consent=consent, standing=standing), status


def _is_asked(form: AskForm, person_id: int) -> bool:
    """Send the link, or say in the form why not."""
    try:
        with transaction():
            actions.ask(person_id, form.draft(), now=clock.now())
    except DomainError as error:
        form.blame("phone", f"{_(error.message)}。{_(error.next_step)}")
        return False
    return True


@blueprint.route("/guardian/<token>", methods=["GET", "POST"])
@access.public
@limiter.limit("60 per hour", methods=["POST"])
def consent(token: str) -> ResponseReturnValue:
    consent_id = read_link_token(actions.PURPOSE, token)
    if consent_id is None:
        abort(HTTPStatus.NOT_FOUND)
    form, asked = GiveForm(), queries.consent_by_id(consent_id)
    form.keep_to(queries.care_of(asked.volunteer, on=_today()))
    if not form.is_submitted():
        return _consent_page(token, consent_id, form)
    if not form.validate():
        return _consent_page(token, consent_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction():
            actions.give(consent_id, form.given(asked.guardian_name), now=clock.now())
    except (ConsentClosedError, CareMissingError) as error:
        return _consent_page(token, consent_id, form), error.status
    return redirect(url_for("guardians.consent", token=token))


@blueprint.route("/guardian/<token>/withdraw", methods=["GET", "POST"])
@access.public
@limiter.limit("60 per hour", methods=["POST"])
def take_back(token: str) -> ResponseReturnValue:
    """Let a guardian take their consent back, by the link they agreed at."""
    consent_id = read_link_token(actions.PURPOSE, token)
    if consent_id is None:
        abort(HTTPStatus.NOT_FOUND)
    asked = queries.given_consent(consent_id)
    if request.method == "GET":
        child = asked.volunteer.person.name
        return page("guardians/take_back.html", child=child, token=token)
    with transaction():
        actions.withdraw_by_link(consent_id, now=clock.now())
    return redirect(url_for("guardians.consent", token=token))


@blueprint.get("/privacy/children")
@access.public
def children() -> ResponseReturnValue:
    """Show the rules for children's data, and the ages that count here."""
    return page(
        "guardians/children.html",
        lines=rules.CHILD_TEXT,
        version=rules.CHILD_VERSION,
        child=value_of(ages.CHILD),
        accompanied=value_of(ages.ACCOMPANIED),
        youngest=value_of(ages.YOUNGEST),
    )


def _consent_page(token: str, consent_id: int, form: GiveForm) -> str:
    asked = queries.consent_by_id(consent_id)
    return page(
        "guardians/consent.html",
        form=form,
        token=token,
        consent=asked,
        child_lines=rules.CHILD_TEXT if "agrees_for_child" in form else (),
        child=asked.volunteer.person.name,
        standing=queries.standing_of(asked, now=clock.now()),
        lines=rules.TEXT,
        version=rules.VERSION,
    )


@blueprint.route("/organise/volunteers/<int:volunteer_id>/guardian", methods=["GET", "POST"])
@access.role(*STAFF)
def withdraw(volunteer_id: int) -> ResponseReturnValue:
    address = url_for("volunteers.show_volunteer", volunteer_id=volunteer_id)
    if request.method == "GET":  # the answer was opened again
        return redirect(address)
    with transaction():
        scope = organisations.scope_of(current_user.person_id)
        volunteers.volunteer_for_staff(volunteer_id, scope)
        actions.withdraw(volunteer_id, by=scope.person_id, now=clock.now())
    flash(_("已记下：监护人撤回了同意，不再安排新的活动。"), "good")
    return redirect(address)
