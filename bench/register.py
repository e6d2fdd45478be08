"""A register of many volunteers, and a list to be taken, within the site's own code.

``python -m bench.register people N`` adds N volunteers; ``python -m bench.register take ROWS``
sends in a list of that many rows, looks at it and takes it. Each prints what it did as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from flask import Flask
from sqlalchemy import func, insert, select

from tools import site
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import clock, pinyin, sheets
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.people import actions, working
from volunteer_hub.people.models import PeopleList
from volunteer_hub.people.rules import entries
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.volunteers.models import Volunteer, VolunteerSkill

FIRST_PHONE: Final = 16_000_000_000
LISTED_PHONE: Final = 17_000_000_000
ROWS_AT_ONCE: Final = 1000
FAMILIES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅海燕建国文斌志远"
SKILLS: Final = ("guide", "smartphone", "first_aid", "photo", "robot")


def name_of(number: int) -> str:
    """Return a name of three characters, spread evenly over some tens of thousands."""
    return (
        FAMILIES[number % len(FAMILIES)]
        + GIVEN[number // len(FAMILIES) % len(GIVEN)]
        + GIVEN[number * 7 // 3 % len(GIVEN)]
    )


def people(app: Flask, wanted: str) -> dict[str, Any]:
    """Add that many volunteers, one in five with each skill."""
    now = clock.now()
    with app.app_context():
        of_towns = select(Region.id).where(Region.level == Level.TOWNSHIP)
        townships = list(db.session.scalars(of_towns))
        for start in range(0, int(wanted), ROWS_AT_ONCE):
            with transaction():
                _add(range(start, min(int(wanted), start + ROWS_AT_ONCE)), townships, now)
    return {"people": int(wanted)}


def _add(numbers: range, townships: list[int], now: Any) -> None:  # noqa: ANN401 - a moment
    rows = []
    for number in numbers:
        spelling, initials = pinyin.of_name(name_of(number))
        rows.append(
            {"name": name_of(number), "pinyin": spelling, "initials": initials,
             "phone": str(FIRST_PHONE + number), "created_at": now}
        )  # fmt: skip
    db.session.execute(insert(Person), rows)
    first = db.session.scalar(
        select(func.min(Person.id)).where(Person.phone == str(FIRST_PHONE + numbers.start))
    )
    ids = range(first or 0, (first or 0) + len(rows))
    db.session.execute(
        insert(Volunteer),
        [
            {"person_id": each, "home_region_id": townships[each % len(townships)],
             "birth_year": 1960 + each % 45, "birth_month": each % 12 + 1, "joined_at": now}
            for each in ids
        ],
    )  # fmt: skip
    made = db.session.execute(
        select(Volunteer.id).where(Volunteer.person_id.in_(ids)).order_by(Volunteer.id)
    ).scalars()
    db.session.execute(
        insert(VolunteerSkill),
        [
            {"volunteer_id": each, "skill_code": SKILLS[each % len(SKILLS)], "level": each % 3 + 1}
            for each in made
        ],
    )


def take(app: Flask, wanted: str) -> dict[str, Any]:
    """Send in a list of that many rows, look at it and take it; tell time and memory."""
    now = clock.now()
    with app.app_context():
        content = sheets.csv_bytes(["姓名", "手机号", "乡镇街道", "特长"], _rows(int(wanted)))
        headings = entries.find_headings(sheets.first_rows(content, entries.HEADING_ROWS))
        if headings is None:
            raise RuntimeError("the list has no headings")
        before, started = _kilobytes(), time.perf_counter()
        with transaction():
            of = db.session.scalars(select(Organisation.id)).first() or 0
            by = db.session.scalars(select(Person.id)).first() or 0
            list_id = actions.receive(of, content, headings, by=by, now=now).id
        working.read_list(list_id, now=now)
        read_s = time.perf_counter() - started
        with transaction():
            actions.begin_taking(list_id, by=by, now=now)
        working.take_list(list_id, now=now)
        found = db.session.get_one(PeopleList, list_id)
        return {"taken": found.taken_count, "read_s": read_s, "s": time.perf_counter() - started,
                "kilobytes": _kilobytes() - before}  # fmt: skip


def _rows(wanted: int) -> Iterator[list[str]]:
    for number in range(wanted):
        yield [name_of(number), str(LISTED_PHONE + number), "通远堡镇", "摄影"]


def _kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


WORKS: Final[dict[str, Callable[[Flask, str], dict[str, Any]]]] = {"people": people, "take": take}


if __name__ == "__main__":
    made = site.build()
    sys.stdout.write(json.dumps(WORKS[sys.argv[1]](made, sys.argv[2])))
