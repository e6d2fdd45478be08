"""A plan kept at hand, so that questions about one post are answered within a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engine import edges as possible
from volunteer_hub.matching.engine.arrays import Bools, Ints
from volunteer_hub.matching.engine.clashes import clashes_of, kilometres
from volunteer_hub.matching.engine.compiled import Compiled, compiled
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.problem import DAY_MINUTES, Pin, Post, Problem, Shift


class Live:
    """A problem worked out once, with who is where at the moment.

    It knows everybody by index inside and by id outside.
    """

    def __init__(self, problem: Problem, assignments: Iterable[Pin]) -> None:
        """Start from some assignments; those accepted are among them in any case."""
        self.made: Compiled = compiled(problem)
        self.clashes = clashes_of(self.made)
        self.desk = Desk(self.made, self.clashes)
        self.posts_of: dict[int, list[int]] = {}
        for who, post in self.desk.placed:
            self.posts_of.setdefault(who, []).append(post)
        for pin in sorted(set(assignments)):
            who, post = self.made.volunteer_at[pin.volunteer_id], self.made.post_at[pin.post_id]
            if (who, post) not in self.desk.placed:
                self.join(who, post)
        self._elsewhere = possible.by_shift(possible.elsewhere_of(self.made))
        self._refused = possible.by_shift(possible.refusals_of(self.made))
        self._near: dict[tuple[float | None, float | None], possible.Near] = {}
        self._kept = {post: set[int]() for post in self.made.previous[:, 1].tolist()}
        for who, post in self.made.previous.tolist():
            self._kept[post].add(who)

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> Live:
        """Return a plan ready to be asked."""
        return cls(problem, plan.assignments)

    def join(self, who: int, post: int) -> None:
        """Put somebody into a post."""
        self.desk.add(who, post)
        self.posts_of.setdefault(who, []).append(post)

    def leave(self, who: int, post: int) -> None:
        """Take somebody out of a post."""
        self.desk.remove(who, post)
        self.posts_of[who].remove(post)

    def near(self, shift: Shift) -> possible.Near:
        """Return who would come as far as a shift, and the points for how near they are."""
        place = (shift.lat, shift.lng)
        if place not in self._near:
            self._near[place] = possible.nearby(self.made, *place)
        return self._near[place]

    def holders(self, post: int) -> Ints:
        """Return who is in a post."""
        there = sorted(set(self.desk.crew[int(self.made.shift_of[post])]))
        found = [who for who in there if post in self.posts_of[who]]
        return np.array(found, dtype=np.int64)

    def able(self, post: int) -> Ints:
        """Return who meets every condition of a post but those of hours and other shifts."""
        made, index = self.made, int(self.made.shift_of[post])
        people, shift = made.people, made.shifts[index]
        able = possible.able(people, shift)
        for barred in (self._refused.get(index), self._elsewhere.get(index)):
            if barred is not None:
                able[barred] = False
        near = self.near(shift)[0]
        who = near[able[near]]
        fitting: Ints = who[people.qualifies(shift, made.posts[post], who)]
        return fitting

    def failures(self, post: int) -> dict[Condition, Bools]:
        """Return for each condition who of all fails it, next to what everybody does now."""
        made, index = self.made, int(self.made.shift_of[post])
        people, shift, work = made.people, made.shifts[index], made.posts[post]
        midnight = shift.day * DAY_MINUTES
        out_of_reach = np.ones(len(people), dtype=np.bool_)
        out_of_reach[self.near(shift)[0]] = False
        is_minor = people.adult_from > shift.start
        nobody = np.zeros(len(people), dtype=np.bool_)
        found = self._personal(shift, work, is_minor)
        found[Condition.WINDOW] = ~people.is_free(
            shift.day, shift.start - midnight, shift.end - midnight
        )
        found[Condition.BLACKOUT] = _marked(nobody, people.absent.get(shift.day))
        found[Condition.REST] = people.rests_until > shift.start
        found[Condition.REACH] = out_of_reach
        found[Condition.WISH] = people.wants_only_wishes & ~people.wish(shift)
        found[Condition.SUGGESTIONS] = ~people.wants_suggestions
        found[Condition.DECLINED] = _marked(nobody, self._refused.get(index))
        spent = self.desk.minutes[:, made.week[index]] + made.minutes[index]
        mine = self.holders(post)
        spent[mine] -= made.minutes[index]
        found[Condition.WEEK_MINUTES] = spent > people.cap
        found[Condition.BUSY] = self._busy(index)
        return found

    def worth(self, post: int, who: Ints) -> Ints:
        """Return what some people are worth in a post, next to what everybody does now."""
        made, index = self.made, int(self.made.shift_of[post])
        people, shift = made.people, made.shifts[index]
        worth = possible.shift_points(made, shift)[who]
        worth = worth + possible.fit_points(made, made.posts[post], who)
        if shift.lat is not None and shift.lng is not None:
            away = kilometres(people.lat[who], people.lng[who], shift.lat, shift.lng)
            worth += possible.distance_points(made, away)
        worth += np.where(self._has_mates(index, who), made.weights.team_bonus, 0)
        kept = self._kept.get(post)
        if kept:
            worth += np.where(np.isin(who, sorted(kept)), made.weights.kept_bonus, 0)
        total: Ints = worth - made.load_cost(self.desk.load[who])
        return total

    def _has_mates(self, index: int, who: Ints) -> Bools:
        """Return which of some people have somebody else of their team in a shift."""
        mates = self.desk.beside_mates(index, who)
        crew, team = self.desk.crew[index], self.made.people.team
        alone = [one for one in crew if self.desk.mates[index].get(int(team[one])) == 1]
        has_mates: Bools = mates & ~np.isin(who, np.array(alone, dtype=np.int64))
        return has_mates

    def _personal(self, shift: Shift, work: Post, is_minor: Bools) -> dict[Condition, Bools]:
        people, nobody = self.made.people, np.zeros(len(self.made.people), dtype=np.bool_)
        lacks_skill = nobody.copy()
        for skill, level in work.skills.items():
            lacks_skill |= people.level(skill) < level
        is_for_adults = work.is_for_adults or work.is_for_reserve
        return {
            Condition.SKILL: lacks_skill,
            Condition.CREDENTIAL: people.expiry(work.credential) < shift.end
            if work.credential
            else nobody,
            Condition.LANGUAGE: people.speaks(work.language) == 0 if work.language else nobody,
            Condition.EXPERIENCE: people.served < work.min_experience_minutes,
            Condition.AGE: is_minor if is_for_adults else nobody,
            Condition.CONSENT: is_minor & people.needs_consent,
            Condition.RESERVE: ~people.is_in_reserve if work.is_for_reserve else nobody,
            Condition.TRANSPORT: ~people.has_transport if work.needs_transport else nobody,
        }

    def _busy(self, index: int) -> Bools:
        busy = np.zeros(len(self.made.people), dtype=np.bool_)
        for other in self.clashes.beside[index].tolist():
            busy[self.desk.crew[other]] = True
        return _marked(busy, self._elsewhere.get(index))


def _marked(before: Bools, who: Ints | None) -> Bools:
    after = before.copy()
    if who is not None:
        after[who] = True
    return after
