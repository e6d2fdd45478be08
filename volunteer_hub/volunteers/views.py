from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.rules import version_of
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.security import limiter
from volunteer_hub.core.transaction import short_write, transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import actions, cards, joining, queries, rules
from volunteer_hub.volunteers.errors import (
    AlreadyVolunteerError,
    NotForReserveError,
    TooYoungError,
)
from volunteer_hub.volunteers.forms import (
    LEVELS,
    WEEKDAYS,
    JoinForm,
    OfferFields,
    ProfileForm,
    extra_hours_of,
    hours_in_words,
    shown_profile,
)
from volunteer_hub.volunteers.rules import WishKind

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer

blueprint = Blueprint("volunteers", __name__)
CALLERS = frozenset({Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER})


def _today() -> date:
    return local(clock.now()).date()


def _offer_page(template: str, form: OfferFields, status: HTTPStatus) -> ResponseReturnValue:
    """Return a page with the questions about what somebody offers."""
    tree = {
        group: [skill for skill in skills if skill.code not in rules.COMMON_SKILLS]
        for group, skills in catalogue.skill_tree()
    }
    asks_for_languages = isinstance(form, ProfileForm)
    spoken = [group for group in tree if group.code == rules.LANGUAGES and asks_for_languages]
    common = [catalogue.entry("skill", code) for code in rules.COMMON_SKILLS]
    return page(
        template,
        form=form,
        common_skills=common,
        skill_groups=[each for each in tree.items() if each[1] and each[0] not in spoken],
        language_skills=[skill for group in spoken for skill in tree[group]],
        levels=LEVELS,
        weekdays=WEEKDAYS,
    ), status


@blueprint.route("/join", methods=["GET", "POST"])
@access.public
@limiter.limit("60 per minute; 600 per hour", methods=["POST"])
def join() -> ResponseReturnValue:
    asked = request.args.get("next", "")
    form = JoinForm(today=_today(), data={"next": asked, **joining.asked_for_another()})
    target = safe_next(form.next.data, url_for("assignments.my_events"))
    is_adding = joining.is_adding(form)
    if current_user.is_authenticated and not is_adding:
        if queries.find_volunteer_of(current_user.person_id) is not None:
            return redirect(target)
        del form.name, form.contact, form.code, form.who
    if not form.is_submitted():
        return _offer_page("volunteers/join.html", form, HTTPStatus.OK)
    if not form.validate():
        return _offer_page("volunteers/join.html", form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if "contact" in form:
            return joining.join(form, target)
        return _become_volunteer(form, target)
    except TooYoungError as error:
        _blame(form, error)
        return _offer_page("volunteers/join.html", form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _become_volunteer(form: JoinForm, target: str) -> ResponseReturnValue:
    """Make whoever is signed in a volunteer, and go on."""
    try:
        with transaction():
            actions.become_volunteer(current_user.person_id, form.draft(), now=clock.now())
    except AlreadyVolunteerError:
        return redirect(target)
    flash(_("欢迎加入！您已经是科普志愿者了。"), "good")
    return redirect(target)


def _blame(form: OfferFields, error: DomainError) -> None:
    form.blame("birth_year", f"{_(error.message)}。{_(error.next_step)}")


@blueprint.route("/me/profile", methods=["GET", "POST"])
@access.signed_in
def profile() -> ResponseReturnValue:
    person_id, today = current_user.person_id, _today()
    volunteer = queries.find_volunteer_of(person_id)
    if volunteer is None:
        return redirect(url_for("volunteers.join"))
    form = ProfileForm(
        today=today,
        known_days_off=[day.off_on for day in volunteer.days_off if day.off_on >= today],
        known_extra=extra_hours_of(volunteer, today=today),
        data=shown_profile(volunteer, people.person_by_id(person_id).name, today=today),
    )
    if not form.is_submitted():
        return _offer_page("volunteers/profile.html", form, HTTPStatus.OK)
    if form.validate() and _is_profile_changed(form):
        flash(_("资料已保存。"), "good")
        return redirect(url_for("volunteers.profile"))
    return _offer_page("volunteers/profile.html", form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _is_profile_changed(form: ProfileForm) -> bool:
    """Keep the profile, or say in the form why not."""
    try:
        with transaction():
            actions.change_profile(
                current_user.person_id, form.name.data or "", form.draft(), now=clock.now()
            )
    except (TooYoungError, NotForReserveError) as error:
        _blame(form, error)
        return False
    return True


@blueprint.get("/conduct")
@access.public
def conduct() -> ResponseReturnValue:
    who = current_user.person_id if current_user.is_authenticated else None
    volunteer = queries.find_volunteer_of(who) if who is not None else None
    return page(
        "volunteers/conduct.html",
        version=version_of("code_of_conduct"),
        is_asked=volunteer is not None and queries.owes_conduct(volunteer),
        entry=queries.find_entry(volunteer.id) if volunteer is not None else None,
    )


@blueprint.route("/me/conduct", methods=["GET", "POST"])
@access.signed_in
def agree_to_conduct() -> ResponseReturnValue:
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("volunteers.conduct"))
    with transaction():
        actions.agree_to_conduct(current_user.person_id, now=clock.now())
    flash(_("谢谢您，已记下。"), "good")
    return redirect(url_for("assignments.my_events"))


@blueprint.post("/me/conduct/refuse")
@access.signed_in
def refuse_entry() -> ResponseReturnValue:
    with transaction():
        actions.refuse_entry(current_user.person_id, now=clock.now())
    flash(_("好的，不会再给您安排活动。哪天改了主意，随时欢迎。"), "good")
    return redirect(url_for("volunteers.conduct"))


def _minors(volunteers: Iterable[Volunteer]) -> set[int]:
    """Return the ids of those who are under age today."""
    today = _today()
    return {
        one.id
        for one in volunteers
        if rules.age_group(today, one.birth_year, one.birth_month) is not rules.AgeGroup.ADULT
    }


def _wishes_in_words(volunteer: Volunteer) -> list[str]:
    """Return whom and what somebody would like to work for."""
    return [_wish_in_words(wish.kind, wish.code) for wish in volunteer.wishes]


def _wish_in_words(kind: WishKind, code: str) -> str:
    if kind is WishKind.AUDIENCE:
        return catalogue.name_of("audience", code, language())
    campaign = programmes.find_campaign(code)
    return campaign.name(language()) if campaign else code


@blueprint.get("/organise/volunteers/<int:volunteer_id>")
@access.role()
def show_volunteer(volunteer_id: int) -> ResponseReturnValue:
    volunteer = queries.volunteer_for_staff(volunteer_id, _own_scope())
    is_minor = bool(_minors([volunteer]))
    shown = _volunteer_page(volunteer, is_contact_shown=False)
    if is_minor:
        with short_write():
            actions.note_minor_seen(volunteer_id, by=current_user.person_id, now=clock.now())
    return shown


@blueprint.route("/organise/volunteers/<int:volunteer_id>/contact", methods=["GET", "POST"])
@access.role(Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER)
def show_contact(volunteer_id: int) -> ResponseReturnValue:
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("volunteers.show_volunteer", volunteer_id=volunteer_id))
    person_id = current_user.person_id
    with transaction():
        queries.volunteer_for_staff(volunteer_id, organisations.scope_of(person_id))
        actions.show_contact(volunteer_id, by=person_id, now=clock.now())
    volunteer = queries.volunteer_for_staff(volunteer_id, _own_scope())
    return _volunteer_page(volunteer, is_contact_shown=True)


def _own_scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def _volunteer_page(volunteer: Volunteer, *, is_contact_shown: bool) -> ResponseReturnValue:
    today = _today()
    return page(
        "volunteers/show.html",
        volunteer=volunteer,
        home=regions.path_of(volunteer.home_region_id),
        teams=[each.organisation for each in organisations.memberships_of(volunteer.person_id)],
        is_minor=bool(_minors([volunteer])),
        is_contact_shown=is_contact_shown,
        may_call=bool(access.roles() & CALLERS),
        level_names=dict(LEVELS),
        free=[
            (WEEKDAYS[window.weekday], rules.clock_span(window.starts_minute, window.ends_minute))
            for window in volunteer.windows
        ],
        days_off=[day.off_on for day in volunteer.days_off if day.off_on >= today],
        extra=[hours_in_words(hours) for hours in extra_hours_of(volunteer, today=today)],
        is_resting=queries.bearing_of(volunteer).rests_on(today),
        wishes=_wishes_in_words(volunteer),
        cards=cards.cards_of(volunteer),
    )
