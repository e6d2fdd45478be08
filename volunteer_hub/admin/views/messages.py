"""Messages on their way, what they say, and the clock's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.admin import preview, wording
from volunteer_hub.admin.views.base import blueprint
from volunteer_hub.core import access, clock, jobs
from volunteer_hub.core.access import Role
from volunteer_hub.core.jobs import JobStatus
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, channels, kinds, lines, packing, queries
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.queries import MessageFilter, Shelf
from volunteer_hub.notifications.wording import WordingError

LATEST_BATCHES: Final = 2
LANGUAGES: Final = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as the page shows it."""

    title: str
    interval: str
    took: str
    is_late: bool
    status: JobStatus


@blueprint.get("/messages")
@access.role(Role.CITY_OFFICE)
def messages() -> ResponseReturnValue:
    wanted = _filter()
    shown = queries.messages_in(wanted, _page_number())
    counts = queries.counts_by_shelf()
    known = sorted({*channels.all_of_them(), *([wanted.channel] if wanted.channel else [])})

    def address(**changes: Any) -> str:  # noqa: ANN401 - parts of an address
        kept = {"shelf": wanted.shelf, "kind": wanted.kind, "channel": wanted.channel}
        return url_for("admin.messages", **{**kept, **changes})

    return render_template(
        "admin/messages.html",
        lines=lines.lines_of(shown.messages, now=clock.now()),
        shown=shown,
        wanted=wanted,
        counts={shelf.value: count for shelf, count in counts.items()},
        kinds=[(kind.name, _(kind.label)) for kind in kinds.registered()],
        channels=[(name, lines.channel_in_words(name)) for name in known],
        down=[
            (lines.channel_in_words(each.channel), each)
            for each in queries.channels_that_are_down()
        ],
        batches=queries.progress_of_batches(LATEST_BATCHES) if _is_first_look(wanted) else [],
        address=address,
        page_address=lambda number: address(page=number),
    )


def _is_first_look(wanted: MessageFilter) -> bool:
    return wanted == MessageFilter() and _page_number() == 1


def _filter() -> MessageFilter:
    """Return what the address asks for; what it gets wrong is left out."""
    shelf, kind, channel = (request.args.get(name, "") for name in ("shelf", "kind", "channel"))
    return MessageFilter(
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ALL,
        kind=kind if kinds.find_kind(kind) else None,
        channel=channel if channel in lines.CHANNELS_IN_WORDS else None,
    )


def _page_number() -> int:
    return min(request.args.get("page", 1, type=int), 100_000)


@blueprint.post("/deliveries/<int:delivery_id>/again")
@access.role(Role.CITY_OFFICE)
def send_again(delivery_id: int) -> ResponseReturnValue:
    with transaction():
        actions.send_again(delivery_id, by=current_user.person_id, now=clock.now())
    flash(_("马上再发一次。"), "success")
    return redirect(url_for("admin.messages", shelf=Shelf.WAITING))


@blueprint.post("/messages/<int:message_id>/again")
@access.role(Role.CITY_OFFICE)
def route_again(message_id: int) -> ResponseReturnValue:
    with transaction():
        actions.route_again(message_id, by=current_user.person_id, now=clock.now())
    flash(_("马上再发一次。"), "success")
    return redirect(url_for("admin.messages", shelf=Shelf.WAITING))


@blueprint.post("/channels/<channel>/again")
@access.role(Role.CITY_OFFICE)
def send_all_again(channel: str) -> ResponseReturnValue:
    with transaction():
        count = actions.send_all_again(channel, by=current_user.person_id, now=clock.now())
    if count:
        flash(_("马上再发 %(count)s 条。", count=count), "success")
    else:
        flash(_("没有可以再发的：没有送到的都已经过期。"), "info")
    return redirect(url_for("admin.messages", shelf=Shelf.FAILED, channel=channel))


@blueprint.get("/messages/preview")
@access.role(Role.CITY_OFFICE)
def preview_message() -> ResponseReturnValue:
    known = kinds.registered()
    asked = kinds.find_kind(request.args.get("kind", ""))
    kind = asked or known[0]
    language = request.args.get("in", "zh") if request.args.get("in") in LANGUAGES else "zh"
    real = queries.latest_params_of(kind.name) if request.args.get("on") == "real" else None
    with force_locale(packing.LOCALES[language]):
        sample = _sample(kind, language, real)
    return render_template(
        "admin/preview.html",
        kind=kind,
        kinds=[(each.name, _(each.label)) for each in known],
        language=language,
        languages=LANGUAGES,
        sample=sample,
        wants_real=request.args.get("on") == "real",
    )


@blueprint.get("/messages/all")
@access.role(Role.CITY_OFFICE)
def all_messages() -> ResponseReturnValue:
    language = request.args.get("in", "zh") if request.args.get("in") in LANGUAGES else "zh"
    with force_locale(packing.LOCALES[language]):
        samples = [
            (_(kind.label), kind.name, preview.sample_of(kind, language))
            for kind in kinds.registered()
        ]
    return render_template(
        "admin/all_messages.html", samples=samples, language=language, languages=LANGUAGES
    )


def _sample(kind: Kind, language: str, real: Mapping[str, Any] | None) -> preview.Sample:
    """Return the real message, or the invented one when there is none that can be worded."""
    try:
        return preview.sample_of(kind, language, real)
    except WordingError:
        return preview.sample_of(kind, language)


@blueprint.get("/jobs")
@access.role(Role.CITY_OFFICE)
def all_jobs() -> ResponseReturnValue:
    now = clock.now()
    shown = [_job_line(status, is_late=_is_late(status, now)) for status in jobs.status_of_all()]
    return render_template("admin/jobs.html", lines=shown)


def _is_late(status: JobStatus, now: datetime) -> bool:
    return status.next_at is None or now > status.next_at + jobs.LATE_AFTER


def _job_line(status: JobStatus, *, is_late: bool) -> JobLine:
    return JobLine(
        title=wording.job_in_words(status.name),
        interval=wording.interval_in_words(status.every_s),
        took=wording.length_in_words(status.took) if status.took is not None else "",
        is_late=is_late,
        status=status,
    )
