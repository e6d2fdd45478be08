"""Loading the demo data, step by step, so that a progress bar can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from volunteer_hub.catalogue import actions as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.demo import season
from volunteer_hub.demo.cast import (
    Cast,
    make_organisations,
    make_staff,
    make_teams,
    make_venues,
    make_volunteers,
)
from volunteer_hub.demo.journey import make_trip
from volunteer_hub.demo.life import Life
from volunteer_hub.demo.papers import make_papers
from volunteer_hub.demo.plans import make_plans
from volunteer_hub.demo.speakers import make_speakers
from volunteer_hub.demo.things import make_things
from volunteer_hub.demo.tree import make_tree
from volunteer_hub.programmes import actions as programmes
from volunteer_hub.regions import actions as regions

Step = tuple[str, Callable[[], object]]


def load_shipped(*, now: datetime) -> None:
    """Load what every site needs: regions, words and campaigns; a second time changes nothing."""
    regions.load_shipped_regions(now=now)
    catalogue.load_shipped_catalogue(now=now)
    programmes.load_shipped_campaigns()


def load_demo(*, now: datetime) -> Iterator[str]:
    """Load the demo data inside the caller's transaction, yielding the name of each step done.

    Args:
        now: The moment the half year lies around; the same local day gives the same people,
            places and events.
    """
    random = Random(f"volunteer hub {now.astimezone(LOCAL).date()}")  # noqa: S311 - no secrets
    cast = Cast()
    life = Life(cast, [], random, now)
    steps: tuple[Step, ...] = (
        ("regions and words", lambda: load_shipped(now=now)),
        ("organisations", lambda: make_organisations(cast, now=now)),
        ("venues", lambda: make_venues(cast, random, now=now)),
        ("sign-ins", lambda: make_staff(cast, now=now)),
        ("volunteers", lambda: make_volunteers(cast, random, now=now)),
        ("papers", lambda: make_papers(cast, now=now)),
        ("teams", lambda: make_teams(cast, now=now)),
        ("tree of teams", lambda: make_tree(cast, now=now)),
        ("events", lambda: life.events.extend(season.make_events(cast, random, now=now))),
        ("speakers", lambda: make_speakers(cast, life.events, now=now)),
        ("vehicles and kits", lambda: make_things(cast, life.events, now=now)),
        ("a trip", lambda: life.events.extend(make_trip(cast, now=now))),
        ("posts taken", life.take_posts),
        ("registrations", life.register),
        ("attendance", life.come),
        ("service records", life.confirm),
        ("plans", lambda: make_plans(cast, now=now)),
    )
    for name, work in steps:
        work()
        yield name


STEPS = 17
