"""Writing to everybody who was found, and lists to ring them up."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.formats import local
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import broadcasts
from volunteer_hub.notifications.kinds import render
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.people import actions, queries
from volunteer_hub.people.actions.desk import WRITTEN
from volunteer_hub.people.forms import MessageForm
from volunteer_hub.people.views.asked import Asked, asked_for
from volunteer_hub.people.views.base import KEEPERS, blueprint, own_scope

MOST_PHONES: Final = 500
MOST_PEOPLE: Final = 5000


@blueprint.route("/organise/volunteers/message", methods=["GET", "POST"])
@access.role(*KEEPERS)
def write() -> ResponseReturnValue:
    asked, form = asked_for(request.values), MessageForm()
    if not form.is_submitted():
        return _message_page(asked, form)
    if not form.validate():
        return _message_page(asked, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if len(_whom(asked)) > MOST_PEOPLE:
        form.refuse(_("一次最多写给 5,000 人，请把范围缩小一点。"))
        return _message_page(asked, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.form.get("step") != "send":
        return _message_page(asked, form, is_looked_at=True)
    return _send(asked, form)


def _message_page(
    asked: Asked,
    form: MessageForm,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    is_looked_at: bool = False,
) -> ResponseReturnValue:
    whom = _whom(asked)
    shown = page(
        "people/write.html",
        form=form,
        asked=asked.values,
        count=len(whom),
        preview=render(WRITTEN, _words(form), None) if is_looked_at else None,
    )
    return shown, status


def _whom(asked: Asked) -> list[int]:
    today = local(clock.now()).date()
    return queries.people_to_write_to(own_scope(), asked.wanted, asked.tag, today=today)


def _words(form: MessageForm) -> dict[str, str]:
    """Return what the message says, with whose staff writes it below."""
    organisation_id = queries.marking_organisation(own_scope())
    sender = str(_("科普志愿服务办公室"))
    if organisation_id is not None:
        sender = organisations.organisation_by_id(organisation_id).shown_name(language())
    return {
        "title": form.title.data or "",
        "text": form.text.data or "",
        "organisation": sender,
    }


def _send(asked: Asked, form: MessageForm) -> ResponseReturnValue:
    """Write to everybody, once however often the button is pressed."""
    now, key = clock.now(), form.request_key.data
    done = url_for("people.desk", **asked.values)
    words = _words(form)
    with transaction():
        if once.first_answer(key) is not None:
            return redirect(done)
        whom = _whom(asked)
        written = actions.note_message(
            whom,
            organisation_id=queries.marking_organisation(own_scope()),
            by=current_user.person_id,
            now=now,
        )
        once.remember(key, done, now=now)
    # In transactions of its own, so that others get in between.
    broadcasts.broadcast(actions.drafts(written, whom, words), now=now)
    said = ngettext("正在发给 %(num)s 人。", "正在发给 %(num)s 人。", len(whom))
    flash(said, "good")
    return redirect(done)


@blueprint.route("/organise/volunteers/phones", methods=["GET", "POST"])
@access.role(*KEEPERS)
def print_phones() -> ResponseReturnValue:
    if request.method == "GET":  # the answer was opened again
        return redirect(url_for("people.desk"))
    asked, scope = asked_for(request.form), own_scope()
    with transaction():
        found = queries.phones(scope, asked.wanted, asked.tag, most=MOST_PHONES)
        shown = [each.volunteer.id for each in found if each.may_be_shown]
        actions.note_phones(shown, by=scope.person_id, now=clock.now())
    return page(
        "people/phones.html",
        rows=queries.phones(scope, asked.wanted, asked.tag, most=MOST_PHONES),
        made_at=clock.now(),
        asked=asked.values,
    )
