from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock, once
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries
from volunteer_hub.events.forms import (
    NewPostForm,
    NewShiftForm,
    PostForm,
    ShiftForm,
    post_values,
)
from volunteer_hub.events.views.base import blueprint, event_address, kept, own_scope, status_of
from volunteer_hub.organisations.queries import Scope


@blueprint.route("/events/<int:event_id>/shifts/new", methods=["GET", "POST"])
@access.role()
def new_shift(event_id: int) -> ResponseReturnValue:
    scope = own_scope()
    event = queries.event_for_staff(event_id, scope)
    number = len(event.shifts) + 1
    form = NewShiftForm(
        data={
            "title": _("第 %(number)s 班", number=number) if event.shifts else _("全程"),
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
        }
    )
    if form.validate_on_submit():
        location = kept(form, lambda: _create_shift(form, event_id, scope))
        if location is not None:
            flash(_("班次已添加。接着加第一个岗位。"), "good")
            return redirect(location)
    return page("events/shift_form.html", form=form, event=event, shift=None), status_of(form)


def _create_shift(form: NewShiftForm, event_id: int, scope: Scope) -> str:
    """Create the shift once; returns where its first post is added."""
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        shift = actions.create_shift(event_id, form.draft(), scope=scope, now=now)
        location = url_for("events.new_post", shift_id=shift.id)
        once.remember(key, location, now=now)
    return location


@blueprint.route("/shifts/<int:shift_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_shift(shift_id: int) -> ResponseReturnValue:
    scope = own_scope()
    shift = queries.shift_for_staff(shift_id, scope)
    event_id = shift.event_id
    form = ShiftForm(obj=shift)
    if form.validate_on_submit():
        saved = kept(
            form,
            lambda: actions.edit_shift(shift_id, form.draft(), scope=scope, now=clock.now()),
        )
        if saved is not None:
            flash(_("班次已保存"), "good")
            return redirect(event_address(event_id))
        shift = queries.shift_for_staff(shift_id, scope)
    shown = page("events/shift_form.html", form=form, event=shift.event, shift=shift)
    return shown, status_of(form)


@blueprint.post("/shifts/<int:shift_id>/delete")
@access.role()
def delete_shift(shift_id: int) -> ResponseReturnValue:
    with transaction():
        event_id = actions.delete_shift(shift_id, scope=own_scope(), now=clock.now())
    flash(_("班次已删除"), "good")
    return redirect(event_address(event_id))


@blueprint.route("/shifts/<int:shift_id>/posts/new", methods=["GET", "POST"])
@access.role()
def new_post(shift_id: int) -> ResponseReturnValue:
    scope = own_scope()
    shift = queries.shift_for_staff(shift_id, scope)
    form = NewPostForm()
    form.offer()
    if form.validate_on_submit():
        location = kept(form, lambda: _create_post(form, shift_id, scope))
        if location is not None:
            flash(_("岗位“%(post)s”已添加", post=form.title.data), "good")
            return redirect(location)
        shift = queries.shift_for_staff(shift_id, scope)
    return page("events/post_form.html", form=form, shift=shift, post=None), status_of(form)


def _create_post(form: NewPostForm, shift_id: int, scope: Scope) -> str:
    """Create the post once; returns where to go: to the next post, or to the event."""
    key, now = form.request_key.data, clock.now()
    location = once.first_answer(key)
    if location is None:
        post = actions.create_post(shift_id, form.draft(), scope=scope, now=now)
        location = event_address(post.shift.event_id)
        if request.form.get("then") == "another":
            location = url_for("events.new_post", shift_id=shift_id)
        once.remember(key, location, now=now)
    return location


@blueprint.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@access.role()
def edit_post(post_id: int) -> ResponseReturnValue:
    scope = own_scope()
    post = queries.post_for_staff(post_id, scope)
    event_id = post.shift.event_id
    form = PostForm(data=post_values(queries.draft_of_post(post)))
    form.offer()
    if form.validate_on_submit():
        saved = kept(
            form, lambda: actions.edit_post(post_id, form.draft(), scope=scope, now=clock.now())
        )
        if saved is not None:
            flash(_("岗位已保存"), "good")
            return redirect(event_address(event_id))
        post = queries.post_for_staff(post_id, scope)
    return page("events/post_form.html", form=form, shift=post.shift, post=post), status_of(form)


@blueprint.post("/posts/<int:post_id>/delete")
@access.role()
def delete_post(post_id: int) -> ResponseReturnValue:
    with transaction():
        event_id = actions.delete_post(post_id, scope=own_scope(), now=clock.now())
    flash(_("岗位已删除"), "good")
    return redirect(event_address(event_id))
