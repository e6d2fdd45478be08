"""Records that may be one person's: merged, told apart, and two again."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import read_id
from volunteer_hub.core.transaction import transaction
from volunteer_hub.people import actions, queries, wording
from volunteer_hub.people.views.base import OFFICES, blueprint, own_scope
from volunteer_hub.regions import queries as regions


@blueprint.get("/organise/volunteers/twins")
@access.role(*OFFICES)
def twins() -> ResponseReturnValue:
    scope = own_scope()
    pairs = queries.pairs_for_staff(scope)
    return page(
        "people/twins.html",
        pairs=[(pair, wording.why_alike(pair.why)) for pair in pairs],
        homes={
            one.home_region_id: regions.path_of(one.home_region_id)
            for pair in pairs
            for one in pair[:2]
        },
        merges=queries.merges_to_undo(scope, now=clock.now()),
    )


def _asked(name: str) -> int:
    """Return the id that a hidden field holds.

    Raises:
        NotFoundError: It holds none.
    """
    found = read_id(request.form.get(name, ""))
    if found is None:
        raise NotFoundError
    return found


@blueprint.post("/organise/volunteers/twins/merge")
@access.role(*OFFICES)
def merge_twins() -> ResponseReturnValue:
    kept, gone = _asked("kept"), _asked("gone")
    with transaction():
        actions.merge(kept, gone, scope=own_scope(), now=clock.now())
    flash(_("已合并成一条。弄错了，可以在下面分开。"), "good")
    return redirect(url_for("people.twins"))


@blueprint.post("/organise/volunteers/twins/apart")
@access.role(*OFFICES)
def not_twins() -> ResponseReturnValue:
    first, second = _asked("kept"), _asked("gone")
    with transaction():
        actions.say_not_twins(first, second, scope=own_scope(), now=clock.now())
    flash(_("好的，不再提示这两位。"), "good")
    return redirect(url_for("people.twins"))


@blueprint.post("/organise/merges/<int:merge_id>/undo")
@access.role(*OFFICES)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    with transaction():
        actions.undo_merge(merge_id, scope=own_scope(), now=clock.now())
    flash(_("已分开，各自的资料都还给了各自。"), "good")
    return redirect(url_for("people.twins"))
