from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class TalkAskedError(DomainError):
    """The same talk is asked for at the same post, and waits for an answer."""

    code = "talk_asked"
    message = N_("这个题目已经请过，正在等答复")
    next_step = N_("可以换一个时间，或者给主讲人打个电话。")


class TalkNotOfferedError(DomainError):
    """The speaker offers it no longer."""

    code = "talk_not_offered"
    message = N_("主讲人现在不讲这个题目了")
    next_step = N_("请另选一个题目。")


class TalkAnsweredError(DomainError):
    """A request that was answered with yes or no stays so."""

    code = "talk_answered"
    message = N_("这个邀请已经答复过了")
    next_step = N_("要改的，请和活动负责人联系。")
