"""How evenly people are asked and serve, for the desk: figures about many, and no names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from volunteer_hub.core import access, clock
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.pages import page
from volunteer_hub.core.text import N_
from volunteer_hub.planning import queries, wording
from volunteer_hub.planning.queries import Counted
from volunteer_hub.planning.rules import Share, Spread, spread_of
from volunteer_hub.planning.views.base import blueprint, own_scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import queries as volunteers

LATELY: Final = timedelta(days=180)
# From which age on, and what the band is called.
BANDS: Final = (
    (60, N_("60 岁以上")),
    (45, N_("45—59 岁")),
    (30, N_("30—44 岁")),
    (18, N_("18—29 岁")),
    (0, N_("未满 18 岁")),
)


@blueprint.get("/organise/fairness")
@access.role()
def show_fairness() -> ResponseReturnValue:
    now = clock.now()
    counted = queries.shares_of(volunteers.seen_by(own_scope()), since=now - LATELY, now=now)
    this_year = now.astimezone(LOCAL).year
    return page(
        "planning/fairness.html",
        everybody=spread_of(_shares(counted, lambda _one: "")),
        by_district=_spreads(counted, _district, [each.short_name for each in regions.counties()]),
        by_age=_spreads(
            counted,
            lambda one: _band(one, this_year),
            [*(str(_(name)) for _from, name in BANDS), str(_("没填"))],
        ),
        days=LATELY.days,
        evenness=wording.evenness,
    )


def _spreads(
    counted: Iterable[Counted], group: Callable[[Counted], str], order: list[str]
) -> list[tuple[str, Spread]]:
    """Return the spread within each group, in a given order and never by the figures."""
    shares = _shares(counted, group)
    return [
        (name, spread_of(mine))
        for name in order
        if (mine := [share for share in shares if share.group == name])
    ]


def _shares(counted: Iterable[Counted], group: Callable[[Counted], str]) -> list[Share]:
    return [Share(group(one), one.asked, one.minutes) for one in counted]


def _district(one: Counted) -> str:
    return regions.path_of(one.home_region_id).split(" ")[0]


def _band(one: Counted, this_year: int) -> str:
    if one.birth_year is None:
        return str(_("没填"))
    age = this_year - one.birth_year
    return str(_(next(name for least, name in BANDS if age >= least)))
