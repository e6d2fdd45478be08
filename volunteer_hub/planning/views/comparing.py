"""Two plans side by side: how good each is, who moved, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask.typing import ResponseReturnValue

from volunteer_hub.assignments import queries as assignments
from volunteer_hub.core import access
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import read_id
from volunteer_hub.planning import queries, wording
from volunteer_hub.planning.rules import PlanState, Row, Second, compare
from volunteer_hub.planning.views.base import blueprint, own_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from volunteer_hub.planning.models import PlanRow, PlanRun

MOST_CHANGES = 200


@blueprint.get("/organise/plans/<int:run_id>/compare")
@access.role()
def compare_plans(run_id: int) -> ResponseReturnValue:
    scope = own_scope()
    first = queries.run_for_staff(run_id, scope)
    second = queries.run_for_staff(read_id(request.args.get("to", "")) or first.id, scope)
    if PlanState.DONE not in (first.state, second.state) or first.state is not second.state:
        raise NotFoundError
    was, now = queries.rows_of(first.id), queries.rows_of(second.id)
    found = compare(_as_rows(was), _as_rows(now), _second(second, was))
    changes = found.changes[:MOST_CHANGES]
    posts = queries.posts_by_id(
        {post for change in changes for post in (*change.before, *change.after)}
    )
    names = {post.id: f"{post.shift.event.title} · {post.title}" for post in posts.values()}
    people = assignments.volunteers_by_id([change.volunteer_id for change in changes])
    return page(
        "planning/compare.html",
        runs=[_shown(first, was), _shown(second, now)],
        first=first,
        second=second,
        same=found.same,
        changes=[(people[each.volunteer_id], wording.change_of(each, names))
                 for each in changes if each.volunteer_id in people],
        more=max(0, len(found.changes) - MOST_CHANGES),
    )  # fmt: skip


def _as_rows(rows: Iterable[PlanRow]) -> list[Row]:
    return [Row(row.volunteer_id, row.post_id, row.parts) for row in rows]


def _second(run: PlanRun, was: Iterable[PlanRow]) -> Second:
    posts = {each["id"] for each in run.posts}
    settled = queries.settled_pairs({row.post_id for row in was} & posts)
    return Second(left_out=queries.left_out_of(run.id), settled=settled, posts=posts)


def _shown(run: PlanRun, rows: list[PlanRow]) -> dict[str, object]:
    return {
        "run": run,
        "title": wording.title_of(run),
        "outcome": wording.outcome_of(run),
        "changes": wording.changes_of(run),
        "people": len(rows),
        "missing": sum(each["missing"] for each in run.posts),
        "points": sum(sum(row.parts.values()) for row in rows),
    }
