from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class KeepsFunctionError(DomainError):
    """Whoever runs an organisation cannot simply leave it."""

    code = "keeps_function"
    message = N_("您是这里的负责人或队长，不能自己退出")
    next_step = N_("请先请上级队或办公室换一位负责人。")


class OwnRequestError(DomainError):
    """Nobody decides what they asked for themselves."""

    code = "own_request"
    message = N_("自己的申请要由别人来审批")
    next_step = N_("请另一位负责人，或者办公室来看。")


class DecidedError(DomainError):
    """Somebody else was quicker, or whoever asked took it back."""

    code = "team_request_decided"
    message = N_("这份申请已经处理过了")
    next_step = N_("回到服务队页面，看一看结果。")


class WaitsAlreadyError(DomainError):
    """The same person asked for the same before."""

    code = "team_request_waits"
    message = N_("您已经申请过了，正在等答复")
    next_step = N_("负责人看过以后，会发消息告诉您。")


class TeamDissolvedError(DomainError):
    """There is no such team any more."""

    code = "team_dissolved"
    status = HTTPStatus.GONE
    message = N_("这支服务队已经解散")
    next_step = N_("请选择别的服务队。")


class InviteOverError(DomainError):
    """A link into a team was taken back, is too old, or was used as often as it may be."""

    code = "team_invite_over"
    status = HTTPStatus.GONE
    message = N_("这个邀请链接已经失效")
    next_step = N_("请让队长再发一个，或者在服务队页面申请加入。")


class WrongRankError(DomainError):
    """A team stands below something that is not higher."""

    code = "wrong_rank"
    message = N_("这里不能再设这一级的队")
    next_step = N_("单位下面可以设支队、大队、分队，支队下面设大队或分队，大队下面设分队。")


class NameTakenError(DomainError):
    """Another unit or team is called so."""

    code = "team_name_taken"
    message = N_("已经有单位或服务队叫这个名称")
    next_step = N_("请换一个名称，例如加上地名。")


class TeamsBelowError(DomainError):
    """A team cannot go while others stand below it."""

    code = "teams_below"
    message = N_("下面还有别的队，不能解散")
    next_step = N_("请先解散下面的队，或请办公室把它们改到别处。")


class NotATeamError(DomainError):
    """What has no rank is a unit; it is not dissolved here."""

    code = "not_a_team"
    message = N_("单位不能在这里解散")
    next_step = N_("只有支队、大队、分队可以解散。")


class OwnFunctionError(DomainError):
    """Nobody gives themselves a function, or takes their own."""

    code = "own_function"
    message = N_("自己的职务要由别人来改")
    next_step = N_("请上级队或办公室来改。")


class TooYoungError(DomainError):
    """Leaders see many people's names, so they are adults."""

    code = "leader_too_young"
    message = N_("队长和负责人要年满 18 周岁")
    next_step = N_("请选一位成年的队员。")
