"""Records that are one person's: found, merged with all they have, and made two again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments import pages
from tests.concurrency.races import all_together
from tests.factories import NOON
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as queries_of_accounts
from volunteer_hub.accounts.models import Person, Purpose
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import standing_by
from volunteer_hub.core import audit, outbox, sealing
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.models import Function, Membership
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.people import actions, queries, tasks
from volunteer_hub.people.actions import twins
from volunteer_hub.people.errors import CannotUndoError, NotMergeableError
from volunteer_hub.people.models import PersonMerge
from volunteer_hub.people.rules.twins import Features, Likeness, likeness
from volunteer_hub.privacy import actions as privacy
from volunteer_hub.privacy.models import Erasure
from volunteer_hub.recognition import queries as recognition
from volunteer_hub.recognition.models import ServiceRecord
from volunteer_hub.volunteers.models import Volunteer, VolunteerNumber

TWINS = "/organise/volunteers/twins"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(at):
    at(NOON)


@pytest.fixture
def office(app):
    return factories.office("210600")


def named(name, pinyin=None, born=(1985, 3), **more):
    made = factories.volunteer(name=name, **more)
    made.person.pinyin = pinyin or name
    made.person.initials = "wsl"
    made.birth_year, made.birth_month = born
    db.session.commit()
    return made


def merge(kept, gone, by, now=NOON):
    with transaction():
        return actions.merge(kept.id, gone.id, scope=scope_of(by.id), now=now).id


def undo(merge_id, by, now=NOON):
    with transaction():
        actions.undo_merge(merge_id, scope=scope_of(by.id), now=now)


def someone(name="王示例", pinyin="wangshili", birth=(1985, 3), home=1):
    return Features(name, pinyin, birth, home)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (someone(), Likeness.SAME_NAME),
        (someone(birth=(None, None)), Likeness.SAME_NAME),
        (someone(birth=(1985, None)), Likeness.SAME_NAME),
        (someone(birth=(1985, 4)), None),
        (someone(home=2), None),
        (someone(name="王示利"), Likeness.SAME_SOUND),
        (someone(name="汪示例", pinyin="wangsili"), Likeness.NEAR_SOUND),
        (someone(name="汪示例", pinyin="wangsili", birth=(1985, None)), None),
        (someone(name="李小四", pinyin="lixiaosi"), None),
    ],
)
def test_what_makes_two_records_look_like_one_person(other, why):
    assert likeness(someone(), other) is why
    assert likeness(other, someone()) is why


def test_pairs_are_found_where_they_are_somebodys_business(app, office):
    first, second = named("王示例", "wangshili"), named("王示利", "wangshili", (None, None))
    third = named("汪示例", "wangsili")
    named("王示例", "wangshili", home="210681002")
    named("李小四", "lixiaosi")
    county = factories.office("210681")

    found = {
        (one.id, two.id): why for one, two, why in queries.pairs_for_staff(scope_of(office.id))
    }
    assert found == {
        (first.id, second.id): Likeness.SAME_SOUND,
        (first.id, third.id): Likeness.NEAR_SOUND,
    }
    assert queries.pairs_for_staff(scope_of(county.id)) == []


def test_two_records_become_one_that_has_everything(app, office):
    kept = named("王示例", "wangshili", skills=[("guide", 2)])
    gone = named("王示例", "wangshili", skills=[("guide", 3), ("photography", 2)])
    of, both = factories.organisation(), factories.post()
    factories.member(gone, of)
    placed = factories.assignment(factories.post(), gone)
    factories.assignment(both, kept)
    twice = factories.assignment(both, gone)
    factories.record(placed)
    db.session.add(VolunteerNumber(volunteer_id=gone.id, number="LN1"))
    db.session.commit()
    with transaction():
        outbox.enqueue("welcome", to=outbox.to_person(gone.person_id), now=NOON)
        accounts.give_consent(gone.person_id, [Purpose.SHARE_NATIONAL], channel="web", now=NOON)
    merge(kept, gone, office)

    skills = {skill.skill_code: skill.level for skill in db.session.get(Volunteer, kept.id).skills}
    assert skills == {"guide": 2, "photography": 2}
    assert db.session.get(Assignment, placed.id).volunteer_id == kept.id
    assert db.session.get(Assignment, twice.id).volunteer_id == gone.id
    assert db.session.scalars(select(ServiceRecord.volunteer_id)).all() == [kept.id]
    assert recognition.totals_of(kept.id).minutes == 120
    assert db.session.scalars(select(OutboxMessage.recipient_id)).all() == [kept.person_id]
    assert db.session.scalars(select(VolunteerNumber.volunteer_id)).all() == [kept.id]
    member = select(Membership.person_id).where(Membership.organisation_id == of.id)
    assert db.session.scalars(member).all() == [kept.person_id]


def test_a_merge_lets_nobody_into_another_account(app):
    accounts_own = {
        mapper.local_table.name
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.startswith("volunteer_hub.accounts")
    }
    moved = {table.name for table, _ in twins._places()}

    assert moved & accounts_own == {"consent"}
    assert {"assignment", "service_record", "credential", "registration"} <= moved


def test_who_is_merged_away_is_found_by_nobody(app, office):
    kept, gone = named("王示例"), named("王示例")
    merge(kept, gone, office)

    left = db.session.get(Person, gone.person_id)
    assert (left.name, left.phone, left.erased_at) == ("", None, NOON)
    assert queries.pairs_for_staff(scope_of(office.id)) == []


def test_undoing_gives_back_what_each_brought_and_leaves_what_came_since(app, office):
    kept, gone = named("王示例"), named("王示例")
    phone = gone.person.phone
    before = factories.assignment(factories.post(), gone)
    own = factories.assignment(factories.post(), kept)
    merge_id = merge(kept, gone, office)
    since = factories.assignment(factories.post(), kept)
    raw = db.session.connection().exec_driver_sql("SELECT moved FROM person_merge").scalar()
    assert phone.encode() not in bytes(raw)
    undo(merge_id, office, NOON + 29 * DAY)

    back = db.session.get(Person, gone.person_id)
    assert (back.name, back.phone, back.pinyin, back.erased_at) == ("王示例", phone, "王示例", None)
    holders = {row.id: row.volunteer_id for row in db.session.scalars(select(Assignment))}
    assert holders == {before.id: gone.id, own.id: kept.id, since.id: kept.id}
    done = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert done[-2:] == ["volunteer.merge", "volunteer.unmerge"]
    with pytest.raises(CannotUndoError):
        undo(merge_id, office)


def test_neither_signs_in_as_the_other_afterwards(app, office):
    kept = named("王示例", who=factories.person(email="wang@example.cn"))
    gone = named("王示例")
    phone = gone.person.phone
    merge_id = merge(kept, gone, office)
    assert queries_of_accounts.find_person(phone) is None
    assert db.session.get(Person, kept.person_id).phone is None
    undo(merge_id, office)

    assert db.session.get(Person, gone.person_id).phone == phone


def test_a_number_that_somebody_else_has_by_now_is_not_taken_from_them(app, office):
    kept, gone = named("王示例"), named("王示例")
    phone = gone.person.phone
    merge_id = merge(kept, gone, office)
    factories.person(name="新主人", phone=phone)

    with pytest.raises(CannotUndoError):
        undo(merge_id, office)


def test_after_a_month_nobody_knows_what_came_from_where(app, office):
    merge_id = merge(named("王示例"), named("王示例"), office)
    with pytest.raises(CannotUndoError):
        undo(merge_id, office, NOON + 31 * DAY)
    tasks.forget_merges(NOON + 31 * DAY)

    assert db.session.get(PersonMerge, merge_id).moved is None
    assert queries.merges_to_undo(scope_of(office.id), now=NOON) == []


def test_whoever_runs_something_is_merged_with_nobody(app, office):
    plain, leader = named("王示例"), named("王示例")
    of = factories.organisation()
    db.session.add(Membership(person_id=leader.person_id, organisation_id=of.id,
                              function=Function.TEAM_LEADER, joined_at=NOON))  # fmt: skip
    db.session.commit()

    for kept, gone in ((plain, leader), (leader, plain), (plain, plain)):
        with pytest.raises(NotMergeableError):
            merge(kept, gone, office)


def test_only_what_looks_like_one_person_is_merged_and_only_by_an_office(app, client, office):
    one, other = named("王示例", "wangshili"), named("李小四", "lixiaosi")
    with pytest.raises(NotMergeableError):
        merge(one, other, office)
    of = factories.organisation()
    twin = named("王示例", "wangshili")
    for each in (one, twin):
        factories.member(each, of)
    client.sign_in(factories.organiser(of))
    pair = {"kept": str(one.id), "gone": str(twin.id)}
    assert client.get(TWINS).status_code == 403
    assert client.post(f"{TWINS}/merge", data=pair).status_code == 403
    assert TWINS not in client.get("/organise/volunteers").text


def test_what_is_not_ones_business_is_not_found(app, office):
    kept, gone = named("王示例"), named("王示例")
    stranger, county = factories.organiser(), factories.office("210681")
    for by in (stranger, county):
        with pytest.raises(NotFoundError):
            merge(kept, gone, by)
    merge_id = merge(kept, gone, office)
    for by in (stranger, county):
        with pytest.raises(NotFoundError):
            undo(merge_id, by)


def test_closing_the_account_forgets_both(app, office):
    kept, gone, earlier = named("王示例"), named("王示例"), named("王示例")
    phone, numbers = gone.person.phone, {each.person_id for each in (kept, gone, earlier)}
    with transaction():
        audit.record("account.change", gone.person, by=None, now=NOON,
                     personal=(gone.person_id, {"phone": phone}))  # fmt: skip
    merge(gone, earlier, office)
    merge(kept, gone, office)
    with transaction():
        privacy.close_account(kept.person_id, now=NOON)

    assert db.session.scalars(select(PersonMerge)).all() == []
    names = set(db.session.scalars(select(Person.name)))
    assert "王示例" not in names
    births = select(Volunteer.birth_year).where(Volunteer.person_id.in_(numbers))
    assert set(db.session.scalars(births)) == {None}
    assert set(db.session.scalars(select(Erasure.person_id))) == numbers
    sealed = select(AuditEntry).where(AuditEntry.sealed_for == gone.person_id)
    assert sealing.unseal(gone.person_id, db.session.scalars(sealed).one().sealed) is None


def test_of_many_who_merge_one_pair_one_does(app, office):
    first, second = named("王示例").id, named("王示例").id
    by = office.id

    def one_way():
        actions.merge(first, second, scope=scope_of(by), now=NOON)

    def other_way():
        actions.merge(second, first, scope=scope_of(by), now=NOON)

    ends = Counter(map(type, all_together(app, [one_way, other_way] * 2)))
    assert ends == {type(None): 1, NotFoundError: 3}
    live = select(Person.id).join(Volunteer).where(Person.erased_at.is_(None))
    assert len(db.session.scalars(live).all()) == 1


def test_the_page_merges_tells_apart_and_undoes(client, office):
    first, second = named("王示例"), named("王示例")
    third = named("李小四", "lixiaosi"), named("李小四", "lixiaosi")
    client.sign_in(office)
    shown = pages.words(client.get(TWINS).text)
    assert shown.count("姓名相同，住在一个乡镇") == 2
    pair = {"kept": str(first.id), "gone": str(second.id)}
    client.post(f"{TWINS}/merge", data=pair)
    other = {"kept": str(third[1].id), "gone": str(third[0].id)}
    for _ in range(2):
        client.post(f"{TWINS}/apart", data=other)

    shown = pages.words(client.get(TWINS).text)
    assert "没有看着像重复的记录" in shown
    assert "最近合并的 王示例" in shown
    merge_id = db.session.scalars(select(PersonMerge.id)).one()
    client.post(f"/organise/merges/{merge_id}/undo")
    assert pages.words(client.get(TWINS).text).count("姓名相同") == 1
    assert client.post(f"{TWINS}/merge", data={"kept": "x"}).status_code == 404


def test_what_only_an_old_number_leads_to_is_found_after_a_month(app, office):
    kept, gone = named("王示例"), named("王示例")
    phone = gone.person.phone
    event = factories.event()
    event.contact_name, event.contact_phone = "王示例", phone
    been = factories.registration(event, "王示例", phone)
    merge(kept, gone, office)
    tasks.forget_merges(NOON + 31 * DAY)
    db.session.expire_all()
    assert been.person_id == kept.person_id
    assert event.contact_phone == kept.person.phone
    with transaction():
        privacy.close_account(kept.person_id, now=NOON + 32 * DAY)
    db.session.expire_all()
    assert (been.name, been.phone, event.contact_phone) != ("王示例", phone, phone)
    assert phone not in (been.phone, event.contact_phone)


@pytest.fixture
def twins_at_a_full_post(app):
    """Return a full post of next week, and two records of one person."""
    event = factories.event(starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=1)
    return post, factories.assignment(post), named("王示例"), named("王示例")


def test_whoever_stood_by_twice_stands_by_once_where_they_stood_first(office, twins_at_a_full_post):
    post, held, kept, gone = twins_at_a_full_post
    between = named("李别人", "libieren")
    for hours, who in enumerate((gone, between, kept)):
        with transaction():
            assignments.stand_by(post.id, who.id, now=NOON + timedelta(hours=hours))

    merge(kept, gone, office, now=NOON + timedelta(hours=3))

    [first, second] = standing_by([post.id])[post.id]
    assert (first.volunteer_id, second.volunteer_id) == (kept.id, between.id)
    with transaction():
        assignments.withdraw(held.id, "", now=NOON + timedelta(hours=4))
        assignments.settle_post(post.id, now=NOON + timedelta(hours=4))
    [first, second] = standing_by([post.id])[post.id]
    assert first.offer_id is not None, "the place is kept for the record somebody signs in to"
    assert first.volunteer_id == kept.id


def test_an_offer_to_the_record_that_is_gone_goes_to_the_one_that_is_kept(
    office, twins_at_a_full_post
):
    post, held, kept, gone = twins_at_a_full_post
    for who in (gone, kept):
        with transaction():
            assignments.stand_by(post.id, who.id, now=NOON)
    with transaction():
        assignments.withdraw(held.id, "", now=NOON)
        assignments.settle_post(post.id, now=NOON)

    merge(kept, gone, office)

    [only] = standing_by([post.id])[post.id]
    assert only.volunteer_id == kept.id
    assert only.offer_id is not None


def test_a_place_agreed_to_with_either_record_is_theirs_once(office, app):
    event = factories.event(starts_at=NOON + 7 * DAY)
    both, one = (factories.post(factories.shift(event), max_people=2) for _ in range(2))
    kept, gone = named("王示例"), named("王示例")
    for who in (kept, gone):
        factories.assignment(both, who)
    factories.assignment(one, kept, state=State.DECLINED)
    factories.assignment(one, gone)

    merge(kept, gone, office)

    rows = db.session.scalars(select(Assignment).where(Assignment.state == State.ACCEPTED)).all()
    assert {(row.post_id, row.volunteer_id) for row in rows} == {(both.id, kept.id),
                                                                (one.id, kept.id)}  # fmt: skip
    assert len(rows) == 2
