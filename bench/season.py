"""A city with years of events, and how the site's own code looks through them.

``python -m bench.season fill EVENTS UPCOMING VENUES`` fills an empty database;
``python -m bench.season search`` times searches and compares them with looking at every text;
``python -m bench.season series`` times a series of 200. Each prints what it found as JSON, in the
environment of the site.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from statistics import median
from typing import Any, Final

from flask import Flask
from sqlalchemy import Select, insert, select, text

from bench.figures import percentile
from bench.fill import PASSWORD, PHONE
from tools import site
from volunteer_hub.accounts import passwords
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions as events
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.models import Event, Status
from volunteer_hub.listings import actions, queries
from volunteer_hub.listings.models import EventSearch
from volunteer_hub.listings.rules import Wanted
from volunteer_hub.organisations.models import Appointment, Organisation
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Level, Region, Venue

AT_ONCE: Final = 1000
YEARS_BACK: Final = 4
ROUNDS: Final = 20
SERIES_S: Final = 1.0
TITLES: Final = (
    "科普大篷车进校园", "银龄科普讲座", "板栗修剪实用技术培训", "智能手机课堂", "天文观测夜",
    "食品安全宣传", "防灾减灾演练", "科学家精神进校园", "青少年机器人竞赛", "健康中国行义诊",
    "科普大集", "气象站开放日",
)  # fmt: skip
TOPICS: Final = ("微信视频", "土星和木星", "怎样识别谣言", "草莓大棚", "心肺复苏", "航模", "")
AUDIENCES: Final = ("youth", "elders", "farmers", "workers", "public")
# One sign, two, more, pinyin, initials, several words, what is everywhere and what is nowhere.
ASKED: Final = (
    "航", "科", "茶", "天文", "科普", "板栗", "大篷车", "智能手机", "科学家精神进校园", "dapeng",
    "kpdpc", "凤城 大篷车", "东港 科普", "第7小学", "量子纠缠", "zzzz", "k",
)  # fmt: skip


def fill(app: Flask, events: str, upcoming: str, venues: str) -> dict[str, Any]:
    """Make the city: venues in all townships, events of past years and of the coming one."""
    chance = random.Random(20261124)  # noqa: S311 - the same city each time
    site.prepare(app)
    with app.app_context():
        now = clock.now()
        with transaction():
            facts = _people(now)
            places = _venues(chance, int(venues), now)
            kinds = db.session.scalars(select(Campaign.id).order_by(Campaign.id)).all()
            rows = _events(chance, int(events), int(upcoming), places, kinds, facts, now)
            while some := list(islice(rows, AT_ONCE)):
                db.session.execute(insert(Event), some)
        started = time.perf_counter()
        with transaction():
            indexed = actions.rebuild(now=now)
        took = time.perf_counter() - started
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return {"indexed": indexed, "index_s": took, "phone": PHONE, "password": PASSWORD}


def _people(now: datetime) -> dict[str, int]:
    """Add somebody in the city's office, and an organisation."""
    city = db.session.scalars(select(Region).where(Region.level == Level.CITY)).one()
    person = Person(name="周望星", phone=PHONE, password_hash=passwords.make_hash(PASSWORD),
                    created_at=now)  # fmt: skip
    unit = Organisation(name="测速科协", kind_code="science_association", region_id=city.id,
                        created_at=now)  # fmt: skip
    db.session.add_all([person, unit])
    db.session.flush()
    db.session.add(Appointment(person_id=person.id, region_id=city.id, appointed_at=now))
    db.session.flush()
    return {"organisation_id": unit.id, "created_by_id": person.id}


def _venues(chance: random.Random, count: int, now: datetime) -> list[tuple[int, int]]:
    """Return the id and the region of each venue."""
    townships = db.session.scalars(select(Region).where(Region.level == Level.TOWNSHIP)).all()
    rows = []
    for number in range(count):
        region = chance.choice(townships)
        rows.append({
            "name": f"{region.short_name}第{number + 1}小学", "pinyin": f"{region.pinyin}xiaoxue",
            "initials": f"{region.initials}xx", "type_code": "school", "region_id": region.id,
            "created_at": now, "is_step_free": number % 5 == 0,
        })  # fmt: skip
    db.session.execute(insert(Venue), rows)
    return [(row[0], row[1]) for row in db.session.execute(select(Venue.id, Venue.region_id))]


def _events(  # noqa: PLR0913 - all that an event is made of
    chance: random.Random,
    count: int,
    upcoming: int,
    places: list[tuple[int, int]],
    campaigns: Any,  # noqa: ANN401 - ids
    facts: dict[str, int],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for number in range(count):
        days = (
            chance.uniform(0, 365) if number < upcoming else -chance.uniform(0.2, 365 * YEARS_BACK)
        )
        starts_at = now + timedelta(days=days)
        venue_id, region_id = chance.choice(places)
        yield {
            **facts, "campaign_id": chance.choice(campaigns), "venue_id": venue_id,
            "region_id": region_id, "title": f"{chance.choice(TITLES)} 第 {number % 997} 场",
            "topic": chance.choice(TOPICS), "audience_codes": [chance.choice(AUDIENCES)],
            "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3),
            "status": Status.PUBLISHED if number < upcoming else Status.CONFIRMED,
            "capacity": 60, "poster_code": f"{number:010d}", "created_at": now,
            "published_at": now, "language_codes": [],
        }  # fmt: skip


def search(app: Flask) -> dict[str, Any]:
    """Time each search, and count those whose result is not what ``LIKE`` alone finds."""
    with app.app_context():
        now = clock.now()
        times: dict[str, list[float]] = {word: [] for word in ASKED}
        county = db.session.scalars(select(Region.id).where(Region.code == "210682")).one()
        narrow = {"region_id": county, "audience_code": "youth", "is_step_free": True}
        for _ in range(ROUNDS):
            for word in ASKED:
                started = time.perf_counter()
                queries.event_ids(Wanted(text=word), now=now, limit=queries.COUNTED + 1)
                times[word].append((time.perf_counter() - started) * 1000)
                db.session.rollback()
        wrong = [word for word in ASKED if not _is_right(Wanted(text=word), now)]
        wrong += [f"{word} +3" for word in ASKED if not _is_right(Wanted(text=word, **narrow), now)]
        plans = {word: _plan(Wanted(text=word, **narrow), now) for word in ("航", "科普", "大篷车")}
    everything = [each for found in times.values() for each in found]
    return {
        "p50": median(everything), "p99": percentile(everything, 0.99),
        "worst": max((median(found), word) for word, found in times.items()),
        "wrong": wrong, "plans": plans, "searches": len(everything),
    }  # fmt: skip


def _is_right(wanted: Wanted, now: datetime) -> bool:
    found = queries.event_ids(wanted, now=now, limit=100_000)
    oracle = select(EventSearch.event_id).where(EventSearch.ends_at > now)
    for word in wanted.words:
        oracle = oracle.where(EventSearch.haystack.contains(word, autoescape=True))
    if wanted.region_id is not None:
        below = select(Region.id).where(
            (Region.id == wanted.region_id) | (Region.county_id == wanted.region_id)
        )
        oracle = oracle.join(Event, Event.id == EventSearch.event_id).join(
            Venue, Venue.id == Event.venue_id
        )
        oracle = oracle.where(Event.region_id.in_(below), Venue.is_step_free.is_(True))
        rows = db.session.execute(oracle.add_columns(Event.audience_codes)).all()
        kept = {event_id for event_id, codes in rows if wanted.audience_code in codes}
    else:
        kept = set(db.session.scalars(oracle))
    return len(found) == len(kept) and set(found) == kept


def _plan(wanted: Wanted, now: datetime) -> str:
    statement: Select[Any] = queries.matching_statement(wanted, now=now, limit=20)
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    compiled = statement.compile(db.engine)
    rows = db.session.connection().exec_driver_sql(
        explain + str(compiled), _bound(compiled)
    )  # fmt: skip
    return "\n".join(str(row[-1]) for row in rows)


def _bound(compiled: Any) -> Any:  # noqa: ANN401 - as each driver takes them
    known = compiled.construct_params()
    processors = compiled._bind_processors
    values = {name: processors.get(name, lambda v: v)(value) for name, value in known.items()}
    order = compiled.positiontup
    return tuple(values[name] for name in order) if order else values


def series(app: Flask) -> dict[str, Any]:
    """Time a series of 200 in one transaction, and take it back."""
    took = []
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.phone == PHONE)).one()
        unit = db.session.scalars(select(Organisation.id)).one()
        starts_at = clock.now() + timedelta(days=30)
        draft = EventDraft(organisation_id=unit, title="课后服务", starts_at=starts_at,
                           ends_at=starts_at + timedelta(hours=3))  # fmt: skip
        with transaction():
            source = events.create_event(
                draft, campaign_code="caravan", scope=scope_of(person), now=clock.now()
            ).id
        for _ in range(3):
            try:
                with transaction():
                    started = time.perf_counter()
                    events.make_series(
                        source, "FREQ=DAILY;COUNT=200", is_holiday=None, scope=scope_of(person),
                        now=clock.now(),
                    )  # fmt: skip
                    db.session.flush()
                    took.append(time.perf_counter() - started)
                    raise _TakenBackError
            except _TakenBackError:
                db.session.rollback()
    return {"seconds": median(took)}


class _TakenBackError(Exception):
    pass


WORK: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "fill": fill, "search": search, "series": series,
}  # fmt: skip

if __name__ == "__main__":
    found_here = WORK[sys.argv[1]](site.build(), *sys.argv[2:])
    sys.stdout.write(json.dumps(found_here, ensure_ascii=False) + "\n")
