"""One plan: how far it is, what it proposes and why, confirming it, asking for another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from volunteer_hub.assignments import queries as assignments
from volunteer_hub.assignments.rules import Limits, State
from volunteer_hub.assignments.views import shown
from volunteer_hub.core import access, clock, once
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.numbers import value_of
from volunteer_hub.core.pages import page
from volunteer_hub.core.transaction import transaction
from volunteer_hub.matching import Live, Pin, Plan, first_refusals, restore
from volunteer_hub.planning import actions, queries, wording
from volunteer_hub.planning.actions import Changes, Decided
from volunteer_hub.planning.forms import AgainForm, RowsForm
from volunteer_hub.planning.rules import (
    LIVE,
    Effort,
    PlanState,
)
from volunteer_hub.planning.views.base import blueprint, own_scope
from volunteer_hub.planning.weighing import WEIGHED, changed_weights, key_of

if TYPE_CHECKING:
    from volunteer_hub.events.models import Post
    from volunteer_hub.matching import Condition
    from volunteer_hub.planning.models import PlanRow, PlanRun

AT_ONCE: Final = 40  # proposals confirmed in one transaction; others wait for it
MOST_SHORT: Final = 40
LOOK_AGAIN_S: Final = 3  # without a script
PEOPLE_PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A proposal in words.

    Attributes:
        now: What has come in between since, if that is known already.
    """

    row: PlanRow
    home: str
    why: str
    against: str
    now: str


@dataclass(frozen=True, slots=True)
class ShownShort:
    """A post that stays short in a plan, and why."""

    post: Post
    missing: int
    lines: list[str]


@blueprint.get("/organise/plans/<int:run_id>")
@access.role()
def show_plan(run_id: int) -> ResponseReturnValue:
    run = queries.run_for_staff(run_id, own_scope())
    response = make_response(_plan_page(run))
    if run.state in LIVE:
        response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


@blueprint.post("/organise/plans/<int:run_id>/stop")
@access.role()
def stop_plan(run_id: int) -> ResponseReturnValue:
    with transaction():
        actions.stop(run_id, scope=own_scope(), now=clock.now())
    return redirect(url_for("planning.show_plan", run_id=run_id))


@blueprint.post("/organise/plans/<int:run_id>/confirm")
@access.role()
def confirm_plan(run_id: int) -> ResponseReturnValue:
    run, form = queries.run_for_staff(run_id, own_scope()), RowsForm()
    wants_all = form.everything.data == "1"
    is_fine = form.validate()
    if is_fine and not wants_all and not form.rows():
        form.refuse(_("请至少勾选一位志愿者。"))
        is_fine = False
    if not is_fine:
        return _plan_page(run, rows_form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = None if wants_all else form.rows()
    _say(_decided(run_id, chosen, goes_on=bool(form.goes_on.data)))
    return redirect(url_for("planning.show_plan", run_id=run_id))


def _decided(run_id: int, chosen: list[int] | None, *, goes_on: bool) -> Decided:
    """Confirm proposals, some at a time, so that nobody waits long for the rows they hold."""
    limits = Limits(a_week=current_app.config["INVITATIONS_A_WEEK"])
    ids = queries.row_ids_to_decide(run_id, chosen)
    invited = conflicts = 0
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        with transaction():
            decided = actions.decide(
                run_id, some, scope=own_scope(), limits=limits, now=clock.now(), goes_on=goes_on
            )
        invited, conflicts = invited + decided.invited, conflicts + decided.conflicts
    return Decided(invited, conflicts)


def _say(decided: Decided) -> None:
    if decided.invited:
        sent = ngettext("已向 %(num)s 人发出邀请。", "已向 %(num)s 人发出邀请。", decided.invited)
        flash(sent, "success")
    if decided.conflicts:
        left = ngettext(
            "有 %(num)s 人没有发，原因写在每一行。",
            "有 %(num)s 人没有发，原因写在每一行。",
            decided.conflicts,
        )
        flash(left, "warning")


@blueprint.post("/organise/plans/<int:run_id>/again")
@access.role()
def plan_again(run_id: int) -> ResponseReturnValue:
    run, form = queries.run_for_staff(run_id, own_scope()), AgainForm()
    if not form.validate():
        return _plan_page(run, again=form), HTTPStatus.UNPROCESSABLE_ENTITY
    changes = Changes(
        locked=form.locked_rows(),
        left_out=form.left_out_people(),
        weights=changed_weights(value_of, form.weights()),
        effort=Effort(form.effort.data or Effort.USUAL),
    )
    now = clock.now()
    try:
        with transaction():
            known = once.first_answer(form.request_key.data)
            if known is not None:
                return redirect(known)
            made = actions.ask_again(run_id, changes, scope=own_scope(), now=now)
            address = url_for("planning.show_plan", run_id=made.id)
            once.remember(form.request_key.data, address, now=now)
    except DomainError as error:
        if error.status is HTTPStatus.NOT_FOUND:
            raise
        form.refuse(" ".join(shown.in_words(error)))
        return _plan_page(queries.run_for_staff(run_id, own_scope()), again=form), error.status
    return redirect(address)


@blueprint.get("/organise/plans/<int:run_id>/posts/<int:post_id>")
@access.role()
def why_not(run_id: int, post_id: int) -> ResponseReturnValue:
    """Show for everybody who is not in a post of a plan the first rule that says no."""
    run = queries.run_for_staff(run_id, own_scope())
    stands = next((each for each in run.posts if each["id"] == post_id), None)
    post = queries.posts_by_id([post_id]).get(post_id)
    if stands is None or post is None:
        raise NotFoundError
    found = _first_refusals(run, post_id)
    number, last = request.args.get("page", 1, type=int), _pages(found)
    number = max(1, min(number, last))
    some = list(found)[(number - 1) * PEOPLE_PER_PAGE : number * PEOPLE_PER_PAGE]
    named = assignments.volunteers_by_id(some)
    return page(
        "planning/why_not.html",
        run=run,
        post=post,
        stands=stands,
        lines=wording.shortage_of(stands["why"]),
        counts=_counted(found),
        people=[(named[who], shown.home_of(named[who]), wording.refusal_of(found[who]))
                for who in some if who in named],
        is_forgotten=run.frame is None,
        number=number,
        last=last,
        address=_addresses("planning.why_not", run_id=run_id, post_id=post_id),
    )  # fmt: skip


def _first_refusals(run: PlanRun, post_id: int) -> dict[int, Condition | None]:
    """Return them as they were when the plan was made, those who might come first."""
    kept = queries.kept_of(run)
    if kept is None:
        return {}
    problem = restore(kept)
    known = {one.id for one in problem.volunteers}
    mine = [(row.volunteer_id, row.post_id) for row in queries.rows_of(run.id)]
    placed = [pair for pair in mine if pair[0] in known]
    plan = Plan(assignments=tuple({*problem.pins, *(Pin(*pair) for pair in placed)}))
    found = first_refusals(Live.of(problem, plan), post_id)
    order: dict[Condition | None, int] = {
        condition: place for place, condition in enumerate(wording.NEAREST)
    }
    return dict(sorted(found.items(), key=lambda pair: (order.get(pair[1], -1), pair[0])))


def _pages(found: Mapping[int, object]) -> int:
    return max(1, -(-len(found) // PEOPLE_PER_PAGE))


def _counted(found: Mapping[int, Condition | None]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for condition in found.values():
        said = wording.refusal_of(condition)
        counts[said] = counts.get(said, 0) + 1
    return list(counts.items())


def _addresses(endpoint: str, **values: Any) -> Callable[[int], str]:  # noqa: ANN401 - of a route
    return lambda number: url_for(endpoint, page=number, **values)


def _plan_page(
    run: PlanRun, *, rows_form: RowsForm | None = None, again: AgainForm | None = None
) -> str:
    is_done, form = run.state is PlanState.DONE, again or _again_form(run)
    rows = queries.page_of_rows(run.id, request.args.get("page", 1, type=int)) if is_done else None
    return page(
        "planning/plan.html",
        run=run,
        is_live=run.state in LIVE,
        is_done=is_done,
        title=wording.title_of(run),
        state=wording.state_of(run),
        stage=wording.stage_of(run),
        outcome=wording.outcome_of(run),
        changes=wording.changes_of(run),
        groups=_groups(rows.rows) if rows else [],
        rows=rows,
        short=_short(run) if is_done else [],
        others=[(each, wording.changes_of(each)) for each in queries.children_of(run)],
        rows_form=rows_form or RowsForm(formdata=None, goes_on=True),
        ticked=set(rows_form.rows()) if rows_form else None,
        again=form,
        weights=[form[name] for name in WEIGHED],
        address=_addresses("planning.show_plan", run_id=run.id),
    )


def _again_form(run: PlanRun) -> AgainForm:
    usual = {name: run.weights.get(name, value_of(key_of(name))) for name in WEIGHED}
    return AgainForm(formdata=None, effort=run.effort, **usual)


def _groups(rows: list[PlanRow]) -> list[tuple[Post, str, list[ShownRow]]]:
    """Return proposals by post."""
    settled = queries.settled_pairs({row.post_id for row in rows})
    groups: dict[int, tuple[Post, str, list[ShownRow]]] = {}
    for row in rows:
        place = shown.place_of(row.post.shift.event)
        group = groups.setdefault(row.post_id, (row.post, place, []))
        group[2].append(_row(row, settled.get((row.volunteer_id, row.post_id))))
    return list(groups.values())


def _row(row: PlanRow, state: State | None) -> ShownRow:
    return ShownRow(
        row=row,
        home=shown.home_of(row.volunteer),
        why=shown.told_to_organiser(row.reasons),
        against=wording.refusals_in_words(row.refusals),
        now=wording.since(row.state, state, row.post.shift.event.status),
    )


def _short(run: PlanRun) -> list[ShownShort]:
    lacking = [each for each in run.posts if each["missing"]][:MOST_SHORT]
    posts = queries.posts_by_id([each["id"] for each in lacking])
    return [
        ShownShort(posts[each["id"]], each["missing"], wording.shortage_of(each["why"]))
        for each in lacking
        if each["id"] in posts
    ]
