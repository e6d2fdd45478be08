"""What speakers offer, what organisers ask them for, and how they answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.assignments.actions.telling import place_in_words
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.access import Role
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.formats import when
from volunteer_hub.core.i18n import language
from volunteer_hub.core.pages import page
from volunteer_hub.core.security import limiter
from volunteer_hub.core.text import N_
from volunteer_hub.core.tokens import link_token, read_link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.talks import actions, queries
from volunteer_hub.talks.forms import AskForm, ReplyForm, TalkForm
from volunteer_hub.talks.rules import OPEN, TalkState
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.talks.models import Talk, TalkRequest
    from volunteer_hub.volunteers.models import Volunteer

blueprint = Blueprint("talks", __name__)
BOOKERS: Final = (Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER)
STATES: Final = {
    TalkState.ASKED: (N_("等待答复"), "warn"),
    TalkState.ACCEPTED: (N_("能来"), "good"),
    TalkState.DECLINED: (N_("这次来不了"), "grey"),
    TalkState.PROPOSED: (N_("想换一天"), "warn"),
}


def _scope() -> Scope:
    return organisations.scope_of(current_user.person_id)


def card(volunteer: Volunteer) -> dict[str, Any]:
    """Return what the page of a volunteer shows of their talks."""
    talks, is_known = queries.talks_and_bearing(volunteer.id, _scope())
    may_book = bool(access.roles() & set(BOOKERS))
    return {
        "may_book": may_book,
        "may_add": may_book and is_known,
        "talks": talks,
        "volunteer_id": volunteer.id,
    }


def _refuse(form: AskForm | ReplyForm, error: DomainError) -> None:
    form.refuse(f"{_(error.message)}。{_(error.next_step)}")


@blueprint.route("/me/talks", methods=["GET", "POST"])
@access.role(Role.VOLUNTEER)
def my_talks() -> ResponseReturnValue:
    volunteer = volunteers.volunteer_of(current_user.person_id)
    form = TalkForm()
    form.offer_words()
    if form.is_submitted() and form.validate():
        _offer(volunteer.id, form)
        flash(_("已登记，负责人现在能请您讲。"), "good")
        return redirect(url_for("talks.my_talks"))
    shown = page("talks/mine.html", form=form, talks=queries.talks_of(volunteer.id))
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def _offer(volunteer_id: int, form: TalkForm) -> None:
    now, key = clock.now(), form.request_key.data
    with transaction():
        if once.first_answer(key) is None:
            actions.offer(volunteer_id, form.draft(), by=current_user.person_id, now=now)
            once.remember(key, url_for("talks.my_talks"), now=now)


@blueprint.route("/me/talks/<int:talk_id>", methods=["GET", "POST"])
@access.role(Role.VOLUNTEER)
def edit_talk(talk_id: int) -> ResponseReturnValue:
    volunteer = volunteers.volunteer_of(current_user.person_id)
    form = TalkForm(obj=queries.own_talk(talk_id, volunteer.id))
    form.offer_words()
    if form.is_submitted() and form.validate():
        with transaction():
            by = current_user.person_id
            actions.edit(talk_id, form.draft(), volunteer_id=volunteer.id, by=by, now=clock.now())
        flash(_("已保存。"), "good")
        return redirect(url_for("talks.my_talks"))
    shown = page("talks/edit.html", form=form, back=url_for("talks.my_talks"), who="")
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.route("/organise/volunteers/<int:volunteer_id>/talks/new", methods=["GET", "POST"])
@access.role(*BOOKERS)
def offer_for(volunteer_id: int) -> ResponseReturnValue:
    volunteer = queries.known_volunteer(volunteer_id, _scope())
    form = TalkForm(by_phone=True)
    form.offer_words()
    back = url_for("volunteers.show_volunteer", volunteer_id=volunteer_id)
    if form.is_submitted() and form.validate():
        now, key = clock.now(), form.request_key.data
        with transaction():
            if once.first_answer(key) is None:
                actions.offer_for(volunteer_id, form.draft(), scope=_scope(), now=now)
                once.remember(key, back, now=now)
        flash(_("已登记。"), "good")
        return redirect(back)
    shown = page("talks/edit.html", form=form, back=back, who=volunteer.person.name)
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.get("/organise/talks")
@access.role(*BOOKERS)
def list_talks() -> ResponseReturnValue:
    scope = _scope()
    text = request.args.get("q", "").strip()[:60]
    audience = request.args.get("audience", "")[:40]
    talks = queries.talks_for_staff(scope, text=text, audience=audience)
    return page(
        "talks/list.html",
        talks=talks,
        asked=queries.requests_for_staff(scope, now=clock.now()),
        states=STATES,
        text=text,
        audience=audience,
        audiences=catalogue.choices("audience", language()),
        homes={each.volunteer_id: regions.path_of(each.volunteer.home_region_id) for each in talks},
    )


@blueprint.route("/organise/talks/<int:talk_id>", methods=["GET", "POST"])
@access.role(*BOOKERS)
def show_talk(talk_id: int) -> ResponseReturnValue:
    scope = _scope()
    talk, form = queries.talk_for_staff(talk_id, scope), AskForm()
    posts = queries.posts_to_ask_for(scope, now=clock.now())
    form.offer_posts(
        (post.id, f"{when(post.shift.starts_at)} {post.shift.event.title} · {post.title}")
        for post in posts
    )
    if not form.is_submitted():
        return _talk_page(talk, form)
    if not form.validate():
        return _talk_page(talk, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        location = _ask(talk_id, form, scope)
    except NotFoundError:
        raise
    except DomainError as error:
        _refuse(form, error)
        return _talk_page(queries.talk_for_staff(talk_id, _scope()), form), error.status
    return redirect(location)


def _ask(talk_id: int, form: AskForm, scope: Scope) -> str:
    now, key = clock.now(), form.request_key.data
    with transaction():
        location = once.first_answer(key)
        if location is None:
            asked = actions.ask(
                talk_id, int(form.post_id.data), form.note.data or "", scope=scope, now=now
            )
            location = url_for("talks.note_answer", request_id=asked.id)
            once.remember(key, location, now=now)
    return location


def _talk_page(talk: Talk, form: AskForm) -> str:
    return page(
        "talks/show.html",
        talk=talk,
        form=form,
        home=regions.path_of(talk.volunteer.home_region_id),
    )


@blueprint.route("/organise/talk-requests/<int:request_id>", methods=["GET", "POST"])
@access.role(*BOOKERS)
def note_answer(request_id: int) -> ResponseReturnValue:
    asked, form = queries.request_for_staff(request_id, _scope()), ReplyForm()
    if not form.is_submitted():
        return _request_page("talks/asked.html", asked, form)
    by = current_user.person_id
    status = _replied(asked, form, by)
    if status is not None:
        asked = queries.request_for_staff(request_id, _scope())
        return _request_page("talks/asked.html", asked, form), status
    flash(_("已记下主讲人的答复。"), "good")
    return redirect(url_for("talks.note_answer", request_id=request_id))


@blueprint.route("/talk/<token>", methods=["GET", "POST"])
@access.public
@limiter.limit("60 per hour", methods=["POST"])
def reply(token: str) -> ResponseReturnValue:
    request_id = read_link_token(actions.PURPOSE, token)
    if request_id is None:
        abort(HTTPStatus.NOT_FOUND)
    asked, form = queries.request_by_id(request_id), ReplyForm()
    if not form.is_submitted():
        return _request_page("talks/reply.html", asked, form)
    status = _replied(asked, form, None)
    if status is not None:
        return _request_page("talks/reply.html", queries.request_by_id(request_id), form), status
    return redirect(url_for("talks.reply", token=token))


def _replied(asked: TalkRequest, form: ReplyForm, by: int | None) -> HTTPStatus | None:
    """Note the answer; return the status of the page that says why not, or None when it is."""
    if not form.validate():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    request_id = asked.id
    try:
        with transaction():
            actions.answer(request_id, form.reply(), by=by, now=clock.now())
    except NotFoundError:
        raise
    except DomainError as error:
        _refuse(form, error)
        return error.status
    return None


def _request_page(template: str, asked: TalkRequest, form: ReplyForm) -> str:
    return page(
        template,
        asked=asked,
        talk=asked.talk,
        event=asked.post.shift.event,
        shift=asked.post.shift,
        form=form,
        states=STATES,
        is_open=asked.state in OPEN,
        place=place_in_words(asked.post.shift.event),
        token=link_token(actions.PURPOSE, asked.id),
    )
