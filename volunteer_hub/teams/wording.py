"""Words for what the code calls by names; msgids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.teams.rules import Ending, RequestState

RANKS: Final[Mapping[str, str]] = {
    Rank.DETACHMENT: N_("支队"),
    Rank.COMPANY: N_("大队"),
    Rank.SQUAD: N_("分队"),
}
FUNCTIONS: Final[Mapping[str, str]] = {
    Function.ORGANISER: N_("活动负责人"),
    Function.TEAM_LEADER: N_("队长"),
    Function.DEPUTY: N_("副队长"),
    Function.MEMBER: N_("队员"),
}
ENDINGS: Final[Mapping[str, str]] = {
    Ending.LEFT: N_("自己退出"),
    Ending.TRANSFERRED: N_("转到别的队"),
    Ending.REMOVED: N_("由负责人移出"),
    Ending.DISSOLVED: N_("队已解散"),
}
STATES: Final[Mapping[str, str]] = {
    RequestState.WAITING: N_("等待答复"),
    RequestState.ACCEPTED: N_("已同意"),
    RequestState.DECLINED: N_("未同意"),
    RequestState.WITHDRAWN: N_("已撤回"),
}
