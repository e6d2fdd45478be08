from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import local
from volunteer_hub.core.forms import ActionForm, OnceForm
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.core.text import N_
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries, rules
from volunteer_hub.events.errors import (
    EventChangedError,
    EventClosedError,
    NotReadyError,
    SomebodySignedUpError,
)
from volunteer_hub.events.forms import CancelForm, EditEventForm, EventFields, NewEventForm
from volunteer_hub.events.views.base import blueprint, event_address, kept, own_scope, status_of
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.programmes.rules import CampaignEntry, Template
from volunteer_hub.regions import queries as regions

NINE = time(9)
SATURDAY = 5
EARLIEST_YEAR = 2000  # nearer the first year there is, another time zone has no such moment
_SAVED = N_("已保存")
_DRAFTED = N_("草稿已保存。请看看班次和岗位，然后发布。")
_KEPT = N_("活动已保存。把新地点添加好，就回到这个活动。")
LONGEST_NEW_NAME = 30  # it travels in an address


@blueprint.route("/events/new", methods=["GET", "POST"])
@access.role()
def new_event() -> ResponseReturnValue:
    code = request.args.get("campaign")
    if code is None:
        venue_id = request.args.get("venue", type=int)
        return page(
            "events/choose_campaign.html", campaigns=programmes.campaigns(), venue_id=venue_id
        )
    campaign, scope = programmes.campaign_by_code(code), own_scope()
    form = NewEventForm(data=_first_values(campaign))
    form.offer(scope)
    new_name = _name_of_new_venue(form, None)
    if form.validate_on_submit():
        location = kept(form, lambda: _create(form, campaign, scope, new_name))
        if location is not None:
            flash(_(_KEPT if _wants_new_venue() else _DRAFTED), "good")
            return redirect(location)
    shown = page(
        "events/event_form.html",
        form=form,
        event=None,
        campaign=campaign,
        is_talk=campaign.code in rules.ELDER_TALKS,
        newer=[],
    )
    return shown, status_of(form)


def _create(form: NewEventForm, campaign: CampaignEntry, scope: Scope, new_name: str) -> str:
    """Create the event once, however often the button is pressed; returns where to go."""
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        event = actions.create_event(
            form.draft(), campaign_code=campaign.code, scope=scope, now=now, language=language()
        )
        location = _after_saving(event.id, new_name)
        once.remember(key, location, now=now)
    return location


def _first_values(campaign: CampaignEntry) -> dict[str, Any]:
    """Return what the form of a new event starts with: the template, next Saturday, the planner."""
    template = campaign.template(language())
    starts_at = _next_saturday(clock.now())
    ends_at = starts_at + timedelta(minutes=template.minutes)
    person = accounts.person_by_id(current_user.person_id)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "offered_start": starts_at,
        "offered_end": ends_at,
        "organisation_id": queries.last_organisation_of(person.id),
        "venue_id": request.args.get("venue", type=int),
        "summary": campaign.summary(language()),
        "audience_codes": list(campaign.audience_codes),
        "theme_code": campaign.theme_code,
        "form_code": campaign.form_code,
        "contact_name": person.name,
        "contact_phone": person.phone or "",
        **_from_template(template),
    }


def _from_template(template: Template) -> dict[str, Any]:
    return {
        "title": template.title,
        "risk_notice": template.risk_notice,
        "what_to_bring": template.what_to_bring,
        **template.registration,
    }


def _next_saturday(now: datetime) -> datetime:
    today = now.astimezone(clock.LOCAL).date()
    days = (SATURDAY - today.weekday() - 1) % 7 + 1
    return datetime.combine(today + timedelta(days=days), NINE, clock.LOCAL)


def _wants_new_venue() -> bool:
    return request.form.get("then") == "new_venue"


def _name_of_new_venue(form: EventFields, saved_id: int | None) -> str:
    """Return what was typed of a venue that will be added next, so it need not be found here."""
    return form.venue_id.set_aside(saved_id)[:LONGEST_NEW_NAME] if _wants_new_venue() else ""


def _after_saving(event_id: int, new_name: str) -> str:
    """Return where to go: to add a venue when that was asked for, or to the event."""
    if _wants_new_venue():
        back = url_for("events.edit_event", event_id=event_id)
        return url_for("regions.new_venue", next=back, name=new_name or None)
    return event_address(event_id)


@blueprint.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_event(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = queries.event_for_staff(event_id, scope)
    if event.status in ("cancelled", "confirmed"):
        raise EventClosedError
    saved = queries.draft_of(event)
    form = EditEventForm(data=_saved_values(saved) | {"version": event.version})
    form.offer(scope, own_organisation_id=event.organisation_id)
    if event.series_id is None:
        del form.reach
    new_name = _name_of_new_venue(form, saved.venue_id)
    status, newer = status_of(form), list[tuple[str, str]]()
    if form.validate_on_submit():
        try:
            if kept(form, lambda: _edit(form, event_id, scope)) is not None:
                flash(_(_KEPT if _wants_new_venue() else _SAVED), "good")
                return redirect(_after_saving(event_id, new_name))
        except EventChangedError as error:
            event = queries.event_for_staff(event_id, scope)
            form.refuse(f"{_(error.message)}。{_(error.next_step)}")
            form.accept_newer(event.version)
            status, newer = HTTPStatus.CONFLICT, form.differences(queries.draft_of(event))
    shown = page(
        "events/event_form.html",
        form=form,
        event=event,
        campaign=programmes.campaign_by_code(event.campaign.code),
        is_talk=event.campaign.code in rules.ELDER_TALKS,
        newer=newer,
    )
    return shown, status


def _edit(form: EditEventForm, event_id: int, scope: Scope) -> int:
    before = queries.draft_of(queries.event_for_staff(event_id, scope))
    draft, now = form.draft(), clock.now()
    actions.edit_event(
        event_id,
        draft,
        scope=scope,
        expected_version=form.version.data,
        moves_shifts=form.moves_shifts.data,
        now=now,
    )
    if "reach" in form:
        reach = rules.Reach(form.reach.data)
        actions.edit_others(event_id, before, draft, reach=reach, scope=scope, now=now)
    return event_id


def _saved_values(saved: Any) -> dict[str, Any]:  # noqa: ANN401 - a draft
    values = asdict(saved)
    added = request.args.get("venue", type=int)
    moved = _moved(saved, request.args.get("starts_at", ""))
    return values | ({"venue_id": added} if added else {}) | moved


def _moved(saved: Any, text: str) -> dict[str, Any]:  # noqa: ANN401 - a draft
    """Return start and end when the address asks for another start: an offer, not yet saved."""
    try:
        starts_at = datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL)
    except ValueError:
        return {}
    if starts_at.year < EARLIEST_YEAR:
        return {}
    return {"starts_at": starts_at, "ends_at": starts_at + (saved.ends_at - saved.starts_at)}


@blueprint.post("/events/<int:event_id>/publish")
@access.role()
def publish_event(event_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.publish_event(event_id, scope=own_scope(), now=clock.now())
    except NotReadyError as error:
        flash(f"{_(error.message)}。{_(error.next_step)}", "warn")
    else:
        flash(_("活动已发布，志愿者可以报名了。"), "good")
    return redirect(event_address(event_id))


@blueprint.post("/events/<int:event_id>/withdraw")
@access.role()
def withdraw_event(event_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.withdraw_event(event_id, scope=own_scope(), now=clock.now())
    except SomebodySignedUpError as error:
        flash(f"{_(error.message)}。{_(error.next_step)}", "warn")
    else:
        flash(_("活动已撤回，现在是草稿，群众看不到了。"), "good")
    return redirect(event_address(event_id))


@blueprint.route("/events/<int:event_id>/cancel", methods=["GET", "POST"])
@access.role()
def cancel_event(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = queries.event_for_staff(event_id, scope)
    if event.status == "draft":
        return _discard(event_id, scope)
    form = CancelForm()
    if form.validate_on_submit():
        with transaction():
            actions.cancel_event(event_id, form.reason.data or "", scope=scope, now=clock.now())
        flash(_("活动已取消，我们会通知已报名的人。"), "good")
        return redirect(event_address(event_id))
    phase = queries.phase_of(event, now=clock.now())
    shown = page("events/cancel.html", form=form, event=event, has_begun=phase != rules.Phase.OPEN)
    return shown, status_of(form)


def _discard(event_id: int, scope: Scope) -> ResponseReturnValue:
    """Ask whether to throw a draft away, and do it."""
    form = ActionForm()
    if form.is_submitted():
        with transaction():
            actions.discard_draft(event_id, scope=scope, now=clock.now())
        flash(_("草稿已删除"), "good")
        return redirect(url_for("pages.organise_events"))
    return page("events/discard.html", event=queries.event_for_staff(event_id, scope))


@blueprint.post("/events/<int:event_id>/copy")
@access.role()
def copy_event(event_id: int) -> ResponseReturnValue:
    key, now = OnceForm().request_key.data, clock.now()
    with transaction():
        location = once.first_answer(key)
        if location is None:
            copy = actions.copy_event(event_id, scope=own_scope(), now=now)
            location = event_address(copy.id)
            once.remember(key, location, now=now)
    flash(_("已复制为新的草稿。请核对时间，然后发布。"), "good")
    return redirect(location)


@blueprint.get("/events/<int:event_id>/poster")
@access.role()
def poster(event_id: int) -> ResponseReturnValue:
    event = queries.event_for_staff(event_id, own_scope())
    large = "1" if event.is_elder_friendly else None
    path = url_for("checkin.open_poster", poster_code=event.poster_code, elder=large)
    address = current_app.config["PUBLIC_URL"] + path
    return page(
        "events/poster.html",
        event=event,
        address=address,
        place=regions.path_of(event.region_id),
        is_one_day=local(event.starts_at).date() == local(event.ends_at).date(),
        code=qr_svg(address, _("签到和报名的二维码")),
        is_talk=event.campaign.code in rules.ELDER_TALKS,
    )
