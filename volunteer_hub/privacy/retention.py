"""What is deleted or blanked by itself, and after how many days; the office may change the days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, func, not_, or_, select, update

from volunteer_hub.complaints.models import Complaint, ComplaintEntry
from volunteer_hub.complaints.rules import WAITING
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.once import RequestKey
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.text import N_
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import State
from volunteer_hub.events.models import Event
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.notifications.models import Delivery
from volunteer_hub.registrations.models import Registration

AT_ONCE: Final = 500
MESSAGES: Final = "keep.messages"
ATTENDEES: Final = "keep.attendees"
CREDENTIALS: Final = "keep.credentials"
GUARDIANS: Final = "keep.guardians"
COMPLAINTS: Final = "keep.complaints"
CHILDREN: Final = "keep.children"
ANSWERS: Final = "keep.answers"
NUMBERS: Final = (
    Number(key=ATTENDEES, label=N_("参加者的姓名和电话"), usual=180, least=7, most=1095,
           why=N_("活动结束后保留多久；以后只留人数")),
    Number(key=MESSAGES, label=N_("消息和送达情况"), usual=365, least=30, most=1095,
           why=N_("消息写好后保留多久；以后整条删除")),
    Number(key=CREDENTIALS, label=N_("过期的和没有通过的证件"), usual=180, least=7, most=1095,
           why=N_("过期或没有通过后保留多久；以后连编号和照片一起删除")),
    Number(key=GUARDIANS, label=N_("没有结果的监护人请求"), usual=30, least=7, most=365,
           why=N_("链接过期或撤回同意后保留多久；以后删除监护人的姓名和电话")),
    Number(key=COMPLAINTS, label=N_("办结的投诉建议"), usual=365, least=30, most=1095,
           why=N_("办结或答复后保留多久；以后连内容和联系方式一起删除")),
    Number(key=CHILDREN, label=N_("没有监护人同意的孩子"), usual=30, least=7, most=90,
           why=N_("注册后等监护人多久；到时候还没有同意，账号自动注销")),
    Number(key=ANSWERS, label=N_("防止重复提交的记录"), usual=30, least=1, most=365,
           why=N_("提交表单后保留多久；只有编号")),
)  # fmt: skip


def tidy(*, now: datetime) -> int:
    """Forget what was kept long enough, up to ``AT_ONCE`` rows of each kind; return how many."""
    works = (_attendees, _messages, _credentials, _guardians, _complaints, _answers)
    return sum(work(now) for work in works)


def _limit(key: str, now: datetime) -> datetime:
    return now - timedelta(days=value_of(key))


def _attendees(now: datetime) -> int:
    has_traces = or_(Registration.name.is_not(None), Registration.phone.is_not(None))
    due = (
        select(Registration.id)
        .join(Registration.event)
        .where(Event.ends_at < _limit(ATTENDEES, now), has_traces)
        .order_by(Registration.id)
        .limit(AT_ONCE)
    )
    ids = list(db.session.scalars(due))
    blank = update(Registration).where(Registration.id.in_(ids))
    db.session.execute(blank.values(name=None, phone=None, pinyin="", initials=""))
    return len(ids)


def _messages(now: datetime) -> int:
    is_over = or_(OutboxMessage.route_at.is_(None), OutboxMessage.expires_at < now)
    due = (
        select(OutboxMessage.id)
        .where(OutboxMessage.not_before < _limit(MESSAGES, now), is_over)
        .order_by(OutboxMessage.id)
        .limit(AT_ONCE)
    )
    ids = list(db.session.scalars(due))
    db.session.execute(delete(Delivery).where(Delivery.message_id.in_(ids)))
    db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


def _credentials(now: datetime) -> int:
    limit = _limit(CREDENTIALS, now)
    was_rejected = and_(Credential.state == State.REJECTED, Credential.judged_at < limit)
    is_over = Credential.expires_on < limit.astimezone(LOCAL).date()
    due = select(Credential.id).where(or_(was_rejected, is_over)).limit(AT_ONCE)
    ids = list(db.session.scalars(due))
    db.session.execute(delete(Credential).where(Credential.id.in_(ids)))
    return len(ids)


def _guardians(now: datetime) -> int:
    """Delete requests that nobody answered, and consents that were taken back."""
    holds = and_(GuardianConsent.given_at.is_not(None), GuardianConsent.withdrawn_at.is_(None))
    ended = func.coalesce(GuardianConsent.withdrawn_at, GuardianConsent.expires_at)
    due = (
        select(GuardianConsent.id).where(not_(holds), ended < _limit(GUARDIANS, now)).limit(AT_ONCE)
    )
    ids = list(db.session.scalars(due))
    db.session.execute(delete(GuardianConsent).where(GuardianConsent.id.in_(ids)))
    return len(ids)


def _complaints(now: datetime) -> int:
    """Delete what was answered long ago, and everything that was said about it."""
    last_said = (
        select(func.max(ComplaintEntry.said_at))
        .where(ComplaintEntry.complaint_id == Complaint.id)
        .scalar_subquery()
    )
    due = (
        select(Complaint.id)
        .where(Complaint.state.not_in(WAITING), last_said < _limit(COMPLAINTS, now))
        .limit(AT_ONCE)
    )
    ids = list(db.session.scalars(due))
    db.session.execute(delete(ComplaintEntry).where(ComplaintEntry.complaint_id.in_(ids)))
    db.session.execute(delete(Complaint).where(Complaint.id.in_(ids)))
    return len(ids)


def _answers(now: datetime) -> int:
    due = select(RequestKey.id).where(RequestKey.answered_at < _limit(ANSWERS, now)).limit(AT_ONCE)
    ids = list(db.session.scalars(due))
    db.session.execute(delete(RequestKey).where(RequestKey.id.in_(ids)))
    return len(ids)
