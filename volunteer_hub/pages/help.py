"""What each kind of visitor asks about most, step by step. Each step has a picture: an icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.text import N_


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        icon: Its picture.
        title: What to do, as a msgid.
        text: How, as a msgid.
    """

    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps for one kind of visitor."""

    title: str
    steps: tuple[Step, ...]


GUIDES: Final = {
    "attendee": Guide(
        N_("来参加活动的"),
        (
            Step(
                "calendar",
                N_("找一场活动"),
                N_("在“活动”里看时间和地点，点“我要参加”。也可以打页面上的电话，请人帮您报名。"),
            ),
            Step(
                "ticket",
                N_("留好入场码"),
                N_("报名后有一张入场码，截图或写下来都行。忘了也不要紧，到场报姓名或手机后四位。"),
            ),
            Step(
                "scan",
                N_("到场签到"),
                N_("让工作人员扫您的码，或用手机扫门口海报上的码自己签到。"),
            ),
            Step(
                "undo",
                N_("来不了就取消"),
                N_("打开入场码，点“取消报名”，名额会让给别人。"),
            ),
        ),
    ),
    "volunteer": Guide(
        N_("志愿者"),
        (
            Step(
                "people",
                N_("填资料"),
                N_("住在哪个乡镇、会什么、什么时候有空。填得准，推荐就准；随时可以改。"),
            ),
            Step(
                "message",
                N_("答复邀请"),
                N_("点“我能参加”或“这次去不了”都可以，不用写理由。答应了又去不了，请早点说。"),
            ),
            Step(
                "scan",
                N_("签到签退"),
                N_("到场出示志愿者码，走的时候再扫一次，时长就按它算。"),
            ),
            Step(
                "heart",
                N_("看服务记录"),
                N_("活动后负责人确认时长。数不对，点“为什么是这个数”，或找负责人更正。"),
            ),
            Step(
                "lock",
                N_("管自己的信息"),
                N_("在“我的信息”里看存着什么、带走一份、逐项撤回同意、注销账号。"),
            ),
        ),
    ),
    "guardian": Guide(
        N_("孩子的监护人"),
        (
            Step(
                "message",
                N_("看链接里写的"),
                N_("孩子填了您的手机，您会收到一条短信。点开，看清楚同意什么。"),
            ),
            Step(
                "check",
                N_("同意，或者不管它"),
                N_("同意就打勾。不同意，关掉就行，不会有任何安排。"),
            ),
            Step(
                "people",
                N_("年龄小的写明谁陪"),
                N_("年龄小的孩子，要有一位大人一直陪着。"),
            ),
            Step(
                "undo",
                N_("随时撤回"),
                N_("还是那个链接，点“撤回同意”。"),
            ),
        ),
    ),
    "team_leader": Guide(
        N_("服务队队长"),
        (
            Step(
                "people",
                N_("看自己的队员"),
                N_("在“志愿者”里只看得到自己队里的人。"),
            ),
            Step(
                "calendar",
                N_("办活动"),
                N_("从专项行动里选一个模板，改时间地点，检查单都打勾就能发布。"),
            ),
            Step(
                "message",
                N_("请队员来"),
                N_("在“安排志愿者”里看推荐和理由，您来定，再发邀请。"),
            ),
        ),
    ),
    "organiser": Guide(
        N_("活动负责人"),
        (
            Step(
                "calendar",
                N_("新建活动"),
                N_("选模板，填时间、地点、班次和岗位。草稿别人看不到。"),
            ),
            Step(
                "people",
                N_("安排志愿者"),
                N_("系统推荐的人都写着理由。推荐只是建议，请谁由您定。"),
            ),
            Step(
                "warn",
                N_("盯住缺人的班次"),
                N_("“今天”页上会列出缺人的、没确认的，可以打电话或再请人。"),
            ),
            Step(
                "scan",
                N_("现场签到"),
                N_("打开“签到台”，扫码、搜名字、加人都行，断网也能接着扫。"),
            ),
            Step(
                "heart",
                N_("确认时长"),
                N_("活动后十个工作日内确认。补录要写理由。"),
            ),
        ),
    ),
    "office": Guide(
        N_("市、县办公室"),
        (
            Step(
                "chart",
                N_("看总览"),
                N_("哪些乡镇还没有活动、哪些专项行动落后，一眼看到。"),
            ),
            Step(
                "check",
                N_("核验证件"),
                N_("对着原件核对编号和有效期；谁核验的会留名。"),
            ),
            Step(
                "message",
                N_("办投诉建议"),
                N_("先办快到期的。答复写清楚办了什么。"),
            ),
            Step(
                "lock",
                N_("管好个人信息"),
                N_("每年导出一次“查看未成年人资料的记录”；保存天数和年龄按本省的规定改。"),
            ),
        ),
    ),
}
