"""Every read of plans: what there is to plan, how plans stand, what is in them, who is asked."""

from __future__ import annotations

from volunteer_hub.planning.queries.fairness import Counted, shares_of
from volunteer_hub.planning.queries.posts import (
    Wanted,
    open_posts,
    open_posts_in,
    posts_by_id,
    still_manages,
)
from volunteer_hub.planning.queries.runs import (
    ROWS_PER_PAGE,
    RowPage,
    children_of,
    kept_of,
    left_out_of,
    live_count,
    lock_next,
    lock_rows,
    lock_run,
    page_of_rows,
    people_there,
    posts_there,
    row_ids_to_decide,
    rows_of,
    run_by_id,
    run_for_staff,
    runs_of,
    settled_pairs,
)

__all__ = [
    "ROWS_PER_PAGE",
    "Counted",
    "RowPage",
    "Wanted",
    "children_of",
    "kept_of",
    "left_out_of",
    "live_count",
    "lock_next",
    "lock_rows",
    "lock_run",
    "open_posts",
    "open_posts_in",
    "page_of_rows",
    "people_there",
    "posts_by_id",
    "posts_there",
    "row_ids_to_decide",
    "rows_of",
    "run_by_id",
    "run_for_staff",
    "runs_of",
    "settled_pairs",
    "shares_of",
    "still_manages",
]
