"""Several events at once: published, called off, planned again, given to somebody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import listed
from volunteer_hub.core.pages import page, safe_next
from volunteer_hub.core.transaction import step, transaction
from volunteer_hub.events import actions
from volunteer_hub.events import queries as events
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.pages import board
from volunteer_hub.pages.cards import cards
from volunteer_hub.pages.forms import BulkForm
from volunteer_hub.pages.views import blueprint

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

ACTIONS: Final = {
    "publish": _l("发布"),
    "copy": _l("复制一场"),
    "assign": _l("换负责人"),
    "cancel": _l("取消"),
}
# These ask first: what is done cannot be undone, or needs something filled in.
ASKED_FIRST: Final = frozenset({"cancel", "assign"})
MOST_NAMED: Final = 5


@blueprint.post("/organise/season/events")
@access.role()
def change_events() -> ResponseReturnValue:
    form = BulkForm()
    scope = organisations.scope_of(current_user.person_id)
    back = safe_next(form.return_to.data, url_for("pages.season", view="list"))
    chosen = board.in_scope_of(scope, form.event_ids)
    action = form.action.data or ""
    if not chosen or action.removesuffix("!") not in ACTIONS:
        flash(_("请先勾选活动，再选要做什么。"), "warn")
        return redirect(back)
    if action in ASKED_FIRST:
        return _ask(action, form, chosen, back)
    if not form.validate() or _lacks(action, form):
        return _ask(action.removesuffix("!"), form, chosen, back)
    _do(action.removesuffix("!"), form, [event.id for event in chosen], scope)
    return redirect(back)


def _lacks(action: str, form: BulkForm) -> bool:
    """Say what has to be filled in before this can be done; tell whether anything."""
    if action == "cancel!" and not form.reason.data:
        form.blame("reason", _("请写一句原因，我们会告诉已报名的人"))
    if action == "assign!" and not form.contact_name.data:
        form.blame("contact_name", _("请填写负责人"))
    if action == "assign!" and not form.contact_phone.data:
        form.blame("contact_phone", _("请填写负责人的电话"))
    return bool(form.errors)


def _ask(action: str, form: BulkForm, chosen: list[Event], back: str) -> ResponseReturnValue:
    shown = page(
        "pages/season_bulk.html",
        form=form,
        action=action,
        title=ACTIONS[action],
        cards=cards(chosen, {}, now=clock.now(), endpoint="pages.organise_event"),
        back=back,
    )
    return shown, 422 if form.errors or getattr(form, "form_problems", []) else 200


def _do(action: str, form: BulkForm, event_ids: list[int], scope: Scope) -> None:
    """Do it once, however often the button is pressed; say what was done and what was not."""
    now = clock.now()
    act = _act(action, form, scope, now)
    refused: list[str] = []
    key = form.request_key.data
    with transaction():
        if once.first_answer(key) is not None:
            return
        # All are held first, in the order in which everybody holds events: one by one, the trip of
        # an earlier stop would be held while a later stop is waited for.
        for event_id in sorted(event_ids):
            events.lock_event_for_staff(event_id, scope)
        for event_id in event_ids:
            try:
                with step():
                    act(event_id)
            except DomainError as error:
                title = events.event_for_staff(event_id, scope, with_posts=False).title
                refused.append(f"{title}（{_(error.message)}）")
        once.remember(key, url_for("pages.season"), now=now)
    done = len(event_ids) - len(refused)
    if done:
        told = ngettext("%(num)s 场办好了", "%(num)s 场办好了", done)
        flash(f"{ACTIONS[action]}：{told}", "good")
    if refused:
        count = ngettext("%(num)s 场没有改", "%(num)s 场没有改", len(refused))
        flash(f"{count}：{listed(refused[:MOST_NAMED])}", "warn")


def _act(action: str, form: BulkForm, scope: Scope, now: datetime) -> Callable[[int], Any]:
    def assign(event_id: int) -> object:
        event = events.event_for_staff(event_id, scope)
        draft = replace(
            events.draft_of(event),
            contact_name=form.contact_name.data or "",
            contact_phone=form.contact_phone.data or "",
        )
        return actions.edit_event(
            event_id,
            draft,
            scope=scope,
            expected_version=event.version,
            moves_shifts=False,
            now=now,
        )

    reason = form.reason.data or ""
    return {
        "publish": lambda event_id: actions.publish_event(event_id, scope=scope, now=now),
        "copy": lambda event_id: actions.copy_event(event_id, scope=scope, now=now),
        "cancel": lambda event_id: actions.cancel_event(event_id, reason, scope=scope, now=now),
        "assign": assign,
    }[action]
