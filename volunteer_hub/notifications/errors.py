from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NotFailedError(DomainError):
    """Only what failed can be sent again."""

    code = "not_failed"
    message = N_("这条消息现在不用再发")
    next_step = N_("它已经送出，或者正在等待送出。请刷新页面看看。")


class MessageExpiredError(DomainError):
    """The message is no use any more."""

    code = "message_expired"
    message = N_("这条消息已经过期")
    next_step = N_("消息说的事已经过去，再发没有用处。")
