from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete, func, select

from tests import factories
from tests.concurrency.races import all_together
from tests.factories import HOUR, NOON
from tests.matching import builders
from tests.planning.making import (
    DAY,
    LIMITS,
    SATURDAY,
    again,
    ask,
    confirm,
    everything,
    fresh,
    invited,
    made,
    make_all,
    pairs,
    post_of,
    refusals,
)
from tests.privacy.somebody import close
from volunteer_hub import matching
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.rules import Limits
from volunteer_hub.core import jobs
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Post, Status
from volunteer_hub.organisations.models import Function, Membership
from volunteer_hub.organisations.queries import organisation_by_id, scope_of
from volunteer_hub.planning import actions, queries, wording, working
from volunteer_hub.planning.errors import (
    NothingToPlanError,
    PlanNotReadyError,
    TooManyPlansError,
)
from volunteer_hub.planning.models import PlanPerson, PlanRow, PlanRun
from volunteer_hub.planning.queries import Wanted
from volunteer_hub.planning.rules import Effort, PlanState, Reach, limits_of
from volunteer_hub.volunteers.models import Volunteer


@pytest.fixture
def who(app, at):
    """Return an organiser; the clock stands."""
    at(NOON)
    return factories.organiser()


@pytest.fixture
def during(monkeypatch):
    """Return a function that lets something happen while the matcher works."""

    def let(happen):
        solve = matching.solve

        def interrupted(*args, **kwargs):
            happen()
            return solve(*args, **kwargs)

        monkeypatch.setattr(matching, "solve", interrupted)

    return let


def organisation_of(who):
    [one] = scope_of(who.id).organisation_ids
    return organisation_by_id(one)


def own_post(who, **more):
    return post_of(organisation_of(who), by=who, **more)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_plan_reaches_nobody_before_somebody_confirms_it(who):
    post, volunteer = own_post(who), factories.volunteer()

    run = made(who)

    assert run.state is PlanState.DONE
    assert pairs(run) == {(post.id, volunteer.id)}
    assert (invited(), count(OutboxMessage)) == (set(), 0)
    [row] = queries.rows_of(run.id)
    assert {"distance_approximate", "available"} <= {each["code"] for each in row.reasons}
    assert sum(row.parts.values()) == run.outcome["quality"]
    why = row.reasons

    assert confirm(run, who) == actions.Decided(1, 0)
    assert confirm(run, who) == actions.Decided(0, 0), "twice changes nothing"
    assert invited() == pairs(run)
    assert count(OutboxMessage) == 1
    assert db.session.scalars(select(Assignment)).one().reasons == why


def test_what_is_planned(who):
    mine = own_post(who)
    factories.volunteer()
    own_post(who, starts_at=NOON + 20 * DAY, title="以后")
    theirs = post_of(title="别的单位")
    week = Wanted(reach=Reach.WEEK, from_at=SATURDAY - DAY, until_at=SATURDAY + DAY)
    event = Wanted(reach=Reach.EVENT, from_at=NOON, until_at=NOON + 90 * DAY,
                   event_id=mine.shift.event_id)  # fmt: skip
    campaign = Wanted(reach=Reach.CAMPAIGN, from_at=NOON, until_at=NOON + 90 * DAY,
                      campaign_code="silver")  # fmt: skip
    scope = scope_of(who.id)

    def planned(wanted, scope=scope):
        return [post.id for post in queries.open_posts(wanted, scope, now=NOON)]

    assert planned(week) == planned(event) == [mine.id]
    assert planned(campaign) == []
    assert len(planned(everything())) == 2
    assert theirs.id in planned(everything(), scope_of(factories.office().id))
    with pytest.raises(NothingToPlanError):
        ask(who, campaign)


def test_a_plan_is_the_same_when_it_is_made_again(app, who):
    for number in range(6):
        own_post(who, skills=[("guide", 1)], starts_at=SATURDAY + number * HOUR)
        factories.volunteer(skills=[("guide", 2)])
    run, other = made(who), made(who)
    assert (run.input_digest, run.result_digest) == (other.input_digest, other.result_digest)

    answer = app.test_cli_runner().invoke(args=["match", "replay", str(run.id)])
    assert answer.exit_code == 0, answer.output
    assert "the same" in answer.output
    assert "complete" in answer.output

    close(queries.rows_of(run.id)[0].volunteer.person_id)
    answer = app.test_cli_runner().invoke(args=["match", "replay", str(run.id)])
    assert answer.exit_code == 1
    assert "since forgotten in part" in answer.output
    assert app.test_cli_runner().invoke(args=["match", "replay", "999"]).exit_code == 1


def test_somebody_declines_while_it_is_solved(app, who, during):
    first, second = own_post(who), own_post(who, title="另一场", starts_at=SATURDAY + DAY)
    volunteer = factories.volunteer()
    had = own_post(who, title="等答复", starts_at=SATURDAY + 8 * DAY)
    asked = factories.assignment(had, volunteer, state=State.INVITED)

    def decline():
        with transaction():
            assignments.decline_invitation(asked.id, "", now=NOON)
        factories.assignment(first, volunteer, state=State.DECLINED)

    run_id = ask(who)
    during(decline)
    make_all()
    run = fresh(run_id)

    assert pairs(run) == {(first.id, volunteer.id), (second.id, volunteer.id)}
    assert run.outcome["gone_meanwhile"] == 1, "the place they had is not filled any more"
    with app.test_request_context():
        assert "婉拒或退出" in "".join(wording.outcome_of(run))
    confirm(run, who)
    assert refusals(run) == {volunteer.id: ["has_declined"]}
    assert invited() == {(second.id, volunteer.id)}


def test_an_event_is_cancelled_and_a_post_deleted_while_it_is_solved(who, during):
    called_off, stays, deleted = (own_post(who, title=each) for each in ("取消", "照办", "删掉"))
    people = [factories.volunteer() for _ in range(3)]
    ids = called_off.shift.event_id, deleted.id

    def happen():
        with transaction():
            db.session.get(Event, ids[0]).status = Status.CANCELLED
            db.session.execute(delete(Post).where(Post.id == ids[1]))

    run_id = ask(who)
    during(happen)
    make_all()
    run = fresh(run_id)
    assert {post_id for post_id, _ in pairs(run)} == {called_off.id, stays.id}

    assert confirm(run, who) == actions.Decided(1, 1)
    assert list(refusals(run).values()) == [["closed"]]
    assert len(invited()) == 1
    assert {who for _, who in invited()} < {each.id for each in people}


def test_two_who_confirm_overlapping_plans_see_row_by_row_what_is_in_the_way(app, who):
    office = factories.office()
    own_post(who)
    post_of(title="同一时间", starts_at=SATURDAY)
    for _ in range(2):
        factories.volunteer()
    first = made(who)
    second = made(office)
    plans = [(first, who), (second, office)]

    for plan, person in plans:
        confirm(plan, person)

    assert pairs(first) <= invited(), "whoever confirms first gets what they planned"
    assert refusals(second)
    assert all(
        codes in (["asked_already"], ["busy"], ["full"]) for codes in refusals(second).values()
    )
    assert len({who for _, who in invited()}) == len(invited())
    assert len(invited()) + len(refusals(second)) == len(pairs(first)) + len(pairs(second))


def test_two_who_confirm_at_the_same_moment_ask_nobody_twice(app, who):
    office = factories.office()
    for number in range(3):
        own_post(who, title=f"场次{number}")
        factories.volunteer()
    plans = [(made(who), who), (made(office), office)]
    works = []
    for run, person in plans:
        ids = [row.id for row in queries.rows_of(run.id)]
        works.append(
            partial(_decide, run.id, ids, person.id),
        )

    answers = all_together(app, works)

    assert [type(each) for each in answers] == [actions.Decided] * 2, answers
    assert sum(each.invited for each in answers) == 3
    assert sum(each.conflicts for each in answers) == 3
    assert count(Assignment) == len({who for _, who in invited()}) == 3


def _decide(run_id, ids, person_id):
    return actions.decide(run_id, ids, scope=scope_of(person_id), limits=LIMITS, now=NOON)


def test_who_was_asked_enough_this_week_is_left_alone(who):
    factories.volunteer()
    for number in range(3):
        own_post(who, title=f"第{number}天", starts_at=SATURDAY + 7 * number * DAY)
    run = made(who)

    with transaction():
        ids = [row.id for row in queries.rows_of(run.id)]
        scope = scope_of(who.id)
        decided = actions.decide(run.id, ids, scope=scope, limits=Limits(a_week=2), now=NOON)

    assert decided == actions.Decided(2, 1)
    assert list(refusals(run).values()) == [["asked_enough"]]


def test_nobody_confirms_what_is_not_theirs(who):
    own_post(who)
    factories.volunteer()
    run = made(who)
    stranger = factories.organiser()
    with pytest.raises(NotFoundError):
        confirm(run, stranger)
    with pytest.raises(NotFoundError):
        again(run, stranger)

    other = made(factories.office())
    assert confirm(other, factories.office(), rows=[row.id for row in queries.rows_of(run.id)]) == (
        actions.Decided(0, 0)
    ), "rows of another plan are left alone"


def test_it_is_stopped_while_it_waits_and_while_it_is_solved(who, during):
    own_post(who)
    factories.volunteer()

    def stop(run_id):
        with transaction():
            actions.stop(run_id, scope=scope_of(who.id), now=NOON)

    waiting = ask(who)
    stop(waiting)
    stop(waiting)
    make_all()
    assert fresh(waiting).state is PlanState.CANCELLED

    running = ask(who)
    during(partial(stop, running))
    make_all()
    run = fresh(running)
    assert (run.state, queries.rows_of(run.id)) == (PlanState.CANCELLED, [])
    with pytest.raises(PlanNotReadyError):
        confirm(run, who)


def test_a_worker_that_is_to_end_gives_it_back_and_another_goes_on(who, monkeypatch):
    own_post(who)
    factories.volunteer()
    run_id = ask(who)
    monkeypatch.setattr(jobs, "is_stopping", lambda: True)
    working.work_on_next(NOON)
    assert (fresh(run_id).state, fresh(run_id).attempts) == (PlanState.WAITING, 0)

    monkeypatch.undo()
    make_all()
    assert fresh(run_id).state is PlanState.DONE


def test_a_plan_whose_worker_died_is_taken_up_and_given_up_in_the_end(who):
    own_post(who)
    run_id = ask(who)
    moment, attempts = NOON, []
    for _ in range(5):
        with transaction():
            attempts.append(actions.claim_next(now=moment))
            assert actions.claim_next(now=moment) is None, "nobody else takes it meanwhile"
        moment += HOUR

    assert attempts == [(run_id, 1), (run_id, 2), (run_id, 3), None, None]
    assert fresh(run_id).state is PlanState.FAILED
    with transaction():
        late = actions.finish(run_id, 1, actions.Answer(rows=[], posts=[], outcome={}, engine="",
                                                        digest=""), now=NOON)  # fmt: skip
    assert not late, "whoever was taken for dead changes nothing"


def test_of_ten_workers_one_makes_it(app, who):
    own_post(who)
    ask(who)
    answers = all_together(app, [partial(actions.claim_next, now=NOON)] * 10)
    assert sorted(answer is not None for answer in answers) == [False] * 9 + [True], answers


def test_an_error_of_the_matcher_ends_it(who, during):
    own_post(who)
    factories.volunteer()
    run_id = ask(who)

    def fail():
        raise RuntimeError("broken")

    during(fail)
    make_all()
    assert fresh(run_id).state is PlanState.FAILED


def test_not_too_many_at_once(who):
    own_post(who)
    for _ in range(3):
        ask(who)
    with pytest.raises(TooManyPlansError):
        ask(who)


def test_one_stays_one_is_left_out_and_the_rest_moves(who):
    posts = [own_post(who, title=f"场次{number}") for number in range(2)]
    people = [factories.volunteer() for _ in range(3)]
    before = made(who)
    locked, other = queries.rows_of(before.id)

    after = again(before, who, locked=[locked.id], left_out=[other.volunteer_id])

    assert (locked.post_id, locked.volunteer_id) in pairs(after)
    assert other.volunteer_id not in {who for _, who in pairs(after)}
    assert len(pairs(after)) == len(posts)
    assert [row.is_locked for row in queries.rows_of(after.id)].count(True) == 1
    assert (after.parent_id, after.seed) == (before.id, before.seed)
    once_more = again(after, who)
    assert other.volunteer_id not in {who for _, who in pairs(once_more)}, "still left out"
    assert {each.id for each in people} >= {who for _, who in pairs(once_more)}


def test_a_lock_that_is_not_possible_any_more_is_let_go(who):
    post, first = own_post(who), factories.volunteer()
    before = made(who)
    second = factories.volunteer()
    factories.assignment(post, first, state=State.DECLINED)

    after = again(before, who, locked=[row.id for row in queries.rows_of(before.id)])

    assert pairs(after) == {(post.id, second.id)}
    assert after.outcome["clashes"] == 0


def test_a_weight_moves_people(app, who):
    own_post(who, skills=[("guide", 1)])
    near = factories.volunteer(skills=[("guide", 1)])
    able = factories.volunteer(skills=[("guide", 3)], home="210682001")
    first = made(who)
    assert {who for _, who in pairs(first)} == {near.id}

    second = again(first, who, weights={"fit": 600, "nearness": 0, "kept_bonus": 0})

    assert {who for _, who in pairs(second)} == {able.id}
    with app.test_request_context():
        assert wording.changes_of(second)[0].startswith("技能对口")


def many_who_would_do():
    """Return a problem large enough that its answer takes several rounds."""
    skills = ("a", "b")
    people = [
        builders.volunteer(
            number, lat=40 + (number * 7 % 60) / 100, radius_km=200.0,
            skills={"a": 1 + number % 3, "b": 1 + number % 2},
        )
        for number in range(1, 61)
    ]  # fmt: skip
    shifts = [
        builders.shift(
            number, lat=40 + number / 10, venue_id=number, start=540 + 180 * (number % 2)
        )
        for number in range(1, 7)
    ]
    posts = [
        builders.post(number, shift_id=1 + number % 6, people=2, skills={skills[number % 2]: 1})
        for number in range(1, 31)
    ]
    return builders.problem(people, shifts, posts)


def test_out_of_its_budget_it_gives_the_best_so_far_and_says_how_far_off(app):
    asked = many_who_would_do()
    plan = matching.solve(asked, limits=matching.Limits(rounds=1, nodes=1, polishes=False))
    best = matching.solve(asked)

    assert matching.check(asked, plan) == []
    assert plan.gap > best.gap
    assert plan.score.total < best.score.total <= plan.bound
    run = PlanRun(outcome=working.outcome_of(plan), posts=[{"missing": 0}], weights={})
    with app.test_request_context():
        said = wording.outcome_of(run)
    assert said[0] == "每个岗位的最少人数都能排满。"
    assert "最多也只比它好 " in said[1]


def test_without_a_proof_nothing_is_claimed(app, who):
    own_post(who)
    factories.volunteer()
    first = made(who)
    quick = again(first, who, effort=Effort.GREEDY)
    with app.test_request_context():
        assert "已经证明：没有比它更好的排法" in "".join(wording.outcome_of(first))
        assert "没有算出" in "".join(wording.outcome_of(quick))
    assert limits_of("unheard of") == limits_of(Effort.USUAL)


def test_of_whoever_closes_their_account_nothing_is_kept(who, during):
    own_post(who)
    gone, stays = factories.volunteer(), factories.volunteer()
    made(who)
    run_id = ask(who)
    during(partial(close, gone.person_id))
    make_all()

    assert {row.volunteer_id for row in queries.rows_of(run_id)} <= {stays.id}
    for table in (PlanPerson, PlanRow):
        mine = select(func.count()).select_from(table).where(table.volunteer_id == gone.id)
        assert db.session.scalar(mine) == 0


def test_old_plans_are_forgotten_with_all_they_knew(who):
    own_post(who)
    factories.volunteer()
    before = made(who)
    again(before, who)
    waiting = ask(who)

    with transaction():
        assert actions.forget_old(now=NOON + 61 * DAY) == 2
    assert db.session.scalars(select(PlanRun.id)).all() == [waiting]
    assert (count(PlanPerson), count(PlanRow), count(Volunteer)) == (0, 0, 1)


def test_who_left_the_team_since_keeps_nobody_else_from_being_asked(app):
    team = factories.team()
    leader = factories.organiser(team, function=Function.TEAM_LEADER)
    own_post_of_team = post_of(team, by=leader, max_people=2)
    people = [factories.volunteer() for _ in range(2)]
    for each in people:
        factories.member(each, team)
    run = made(leader)
    assert len(pairs(run)) == 2
    with transaction():
        db.session.execute(delete(Membership).where(Membership.person_id == people[0].person_id))

    assert confirm(run, leader) == actions.Decided(1, 1)
    assert invited() == {(own_post_of_team.id, people[1].id)}
    assert refusals(run) == {people[0].id: ["not_there"]}
