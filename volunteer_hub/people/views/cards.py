"""One volunteer entered by phone call, the card handed over to them, and getting in with it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import sessions
from volunteer_hub.accounts.errors import ContactTakenError, PhoneFullError, SameNameError
from volunteer_hub.accounts.views.base import go_on
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import paper_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.people import actions, queries
from volunteer_hub.people.actions.cards import PURPOSE
from volunteer_hub.people.actions.entering import Cause
from volunteer_hub.people.forms import ClaimForm, EnterForm
from volunteer_hub.people.rules.cards import read_code, spelled
from volunteer_hub.people.views.base import KEEPERS, blueprint, own_scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.forms import LEVELS

if TYPE_CHECKING:
    from volunteer_hub.volunteers.models import Volunteer

BY_PHONE = "phone"


class Doubles(NamedTuple):
    """Who may be the one about to be entered.

    Attributes:
        alike: By name and home.
        behind: Who has the number.
        others: How many have it who are not this person's business.
    """

    alike: list[Volunteer]
    behind: list[Volunteer]
    others: int


@blueprint.route("/organise/volunteers/enter", methods=["GET", "POST"])
@access.role(*KEEPERS)
def enter_one() -> ResponseReturnValue:
    scope = own_scope()
    form = EnterForm(today=local(clock.now()).date())
    own = organisations.organisations_in(scope)
    form.offer((one.id, one.shown_name(language())) for one in own)
    if not form.is_submitted():
        return _enter_page(form, None)
    before = _first_answer(form)
    if before is not None:
        return redirect(url_for("people.show_card", volunteer_id=before))
    doubles = _doubles(form) if form.validate() else None
    if doubles is None or not _is_told_apart(form, doubles):
        return _enter_page(form, doubles, HTTPStatus.UNPROCESSABLE_ENTITY)
    volunteer_id = _entered(form)
    if volunteer_id is None:
        return _enter_page(form, doubles, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("people.show_card", volunteer_id=volunteer_id))


def _enter_page(
    form: EnterForm, doubles: Doubles | None, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    tree = {
        group: [skill for skill in skills if skill.code not in rules.COMMON_SKILLS]
        for group, skills in catalogue.skill_tree()
    }
    found = [*doubles.alike, *doubles.behind] if doubles else []
    shown = page(
        "people/enter.html",
        form=form,
        doubles=doubles,
        homes={one.home_region_id: regions.path_of(one.home_region_id) for one in found},
        common_skills=[catalogue.entry("skill", code) for code in rules.COMMON_SKILLS],
        skill_groups=[each for each in tree.items() if each[1]],
        levels=LEVELS,
    )
    return shown, status


def _doubles(form: EnterForm) -> Doubles | None:
    """Return who may be the one about to be entered; None when they are too young for it."""
    draft, scope = form.draft(), own_scope()
    group = rules.age_group(form.today, draft.birth_year, draft.birth_month)
    if group is rules.AgeGroup.CHILD:
        form.blame("birth_year", _("未满 14 周岁，要由监护人陪着来登记"))
        return None
    behind, count = queries.behind_phone(draft.contact, scope)
    known = {one.id for one in behind}
    alike = [one for one in queries.alike_to(draft, scope) if one.id not in known]
    return Doubles(alike, behind, count - len(behind))


def _is_told_apart(form: EnterForm, doubles: Doubles) -> bool:
    """Tell whether the organiser said of everybody who may be the same that they are not."""
    if doubles.alike and not form.is_other.data:
        form.blame("is_other", _("请先看看是不是已经登记过的人"))
    if (doubles.behind or doubles.others) and not form.shares.data:
        form.blame("shares", _("这个号码已经有人在用，请问清楚是不是同一个人"))
    return not form.errors


def _first_answer(form: EnterForm) -> int | None:
    """Return whom the same form entered a moment ago: the button was pressed twice."""
    if not form.validate():
        return None
    with transaction():
        before = once.first_answer(form.request_key.data)
    return int(before) if before and before.isdigit() else None


def _entered(form: EnterForm) -> int | None:
    """Enter the person once however often the button is pressed, or say in the form why not."""
    now, key, scope = clock.now(), form.request_key.data, own_scope()
    of = organisations.organisation_by_id(int(form.organisation.data))
    cause = Cause(
        organisation_id=of.id, organisation_name=of.name, by=scope.person_id, channel=BY_PHONE
    )
    try:
        with transaction():
            before = once.first_answer(key)
            if before is not None:
                return int(before)
            made = actions.enter_one(form.draft(), cause, shares=bool(form.shares.data), now=now).id
            actions.make_card(made, scope=scope, now=now)
            once.remember(key, str(made), now=now)
    except (ContactTakenError, SameNameError, PhoneFullError) as error:
        form.blame("contact", f"{_(error.message)}。{_(error.next_step)}")
        return None
    return made


@blueprint.get("/organise/volunteers/<int:volunteer_id>/card")
@access.role(*KEEPERS)
def show_card(volunteer_id: int) -> ResponseReturnValue:
    volunteer = queries.entered_for_staff(volunteer_id, own_scope())
    found = queries.find_open_card(volunteer.person_id, now=clock.now())
    if found is None:
        return redirect(url_for("volunteers.show_volunteer", volunteer_id=volunteer_id))
    code = spelled(paper_code(PURPOSE, found.id))
    address = current_app.config["PUBLIC_URL"] + url_for(
        "people.claim_account", code=code.replace(" ", "")
    )
    return page(
        "people/card_paper.html",
        volunteer=volunteer,
        claim=found,
        code=code,
        qr=qr_svg(address, _("登录用的二维码")),
        address=current_app.config["PUBLIC_URL"] + url_for("people.claim_account"),
    )


@blueprint.post("/organise/volunteers/<int:volunteer_id>/card/new")
@access.role(*KEEPERS)
def make_card(volunteer_id: int) -> ResponseReturnValue:
    with transaction():
        actions.make_card(volunteer_id, scope=own_scope(), now=clock.now())
    return redirect(url_for("people.show_card", volunteer_id=volunteer_id))


@blueprint.post("/organise/volunteers/<int:volunteer_id>/card/revoke")
@access.role(*KEEPERS)
def revoke_card(volunteer_id: int) -> ResponseReturnValue:
    with transaction():
        actions.revoke_card(volunteer_id, scope=own_scope(), now=clock.now())
    flash(_("那张卡已经作废。"), "good")
    return redirect(url_for("volunteers.show_volunteer", volunteer_id=volunteer_id))


def card(volunteer: Volunteer) -> Mapping[str, Any]:
    """Return what the page of one volunteer says of their card, to those who keep records."""
    may_keep = bool(access.roles() & set(KEEPERS)) and volunteer.entry is not None
    found = queries.find_open_card(volunteer.person_id, now=clock.now()) if may_keep else None
    return {"may_keep": may_keep, "open": found}


@blueprint.route("/claim", methods=["GET", "POST"])
@access.public
@limiter.limit("60 per minute", methods=["POST"])
def claim_account() -> ResponseReturnValue:
    """Let in whoever holds a card and knows the number that was entered with it."""
    form = ClaimForm(data={"code": request.args.get("code", "")[:30]})
    if not form.is_submitted():
        return page("people/claim.html", form=form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate():
        if _is_let_in(form):
            flash(_("欢迎您！请看一看下面，再答复愿不愿意。"), "good")
            return go_on(url_for("volunteers.conduct"))
        status = HTTPStatus.TOO_MANY_REQUESTS if form.form_problems else status
    return page("people/claim.html", form=form), status


def _is_let_in(form: ClaimForm) -> bool:
    """Sign the browser in, or say that it does not fit: never what of it."""
    now, address = clock.now(), request.remote_addr or "unknown"
    counted = f"claim:{form.contact.typed}"
    with transaction():
        limit = accounts.begin_password_try(counted, address=address, now=now)
    if limit is not None:
        form.refuse(_("试的次数太多了，请过 15 分钟再试，或者请登记您的单位帮忙。"))
        return False
    with transaction():
        person = actions.claim(read_code(form.code.data or ""), form.contact.typed, now=now)
        if person is not None:
            accounts.forget_password_tries(counted)
            sessions.start(person.id)
    if person is None:
        form.blame("code", _("编号和手机号对不上，或者卡已经用过、过期。请登记您的单位再打一张。"))
    return person is not None
