"""What is held about people, table by table: what, why, how long, whose, and what closing does.

The one list that everything else is made of: the page of what is collected, what somebody sees and
downloads about themselves, and what is deleted when they close their account. A test refuses a
column that is not here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Final

from volunteer_hub.core.text import N_

GONE: Final = N_("已注销")  # what stands where a name stood
PERSON: Final = "person_id"
OF_VOLUNTEER: Final = "volunteer_id>person_id"


class Fate(enum.Enum):
    """What closing an account does to the rows."""

    DELETED = enum.auto()
    BLANKED = enum.auto()
    SEALED = enum.auto()
    KEPT = enum.auto()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is held.

    Attributes:
        column: Where.
        label: What it is, as a msgid.
        form: How it is put into words (``wording.py``); empty for as it is.
    """

    column: str
    label: str
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """The rows of one table that are about a person.

    Attributes:
        table: Its name.
        title: What they are, as a msgid.
        why: What they are for, as a msgid.
        whose: Ways from a row to its person, one of which is enough: columns with ``>`` where a
            reference leads on, or a name that ``owners.py`` knows. Empty when no account has them.
        items: What they hold.
        silent: Columns that say nothing about the person: ids, states of the program.
        fate: What closing the account does to them.
        blank: What columns hold afterwards.
        days: The number (core/numbers.py) that says how long they are kept; empty for as long as
            there is the account.
        note: What is kept or said at closing, as a msgid.
        change: The endpoint of the page where the person corrects them.
        is_listed: Whether it stands in the public list; parts of another line do not.
    """

    table: str
    title: str
    why: str
    whose: tuple[str, ...] = (PERSON,)
    items: tuple[Item, ...] = ()
    silent: tuple[str, ...] = ()
    fate: Fate = Fate.DELETED
    blank: dict[str, Any] = field(default_factory=dict)
    days: str = ""
    note: str = ""
    change: str = ""
    is_listed: bool = True


_PLAN: Final = N_("推荐合适的岗位，并告诉您为什么；排班时不冲突")
_SIGN_IN: Final = N_("登录，防止别人用您的账号")
_TELL: Final = N_("通知您，并能查清一条消息有没有送到")

ACCOUNT: Final = (
    Held(
        table="person",
        title=N_("账号"),
        why=N_("认出您是谁，安排岗位，通知您，出具服务证明"),
        whose=("id",),
        items=(
            Item("name", N_("姓名")),
            Item("phone", N_("手机号")),
            Item("email", N_("邮箱")),
            Item("created_at", N_("注册时间")),
        ),
        silent=("pinyin", "initials", "password_hash", "erased_at", "is_demo"),
        fate=Fate.BLANKED,
        blank={"name": GONE, "pinyin": "", "initials": "", "phone": None, "email": None,
               "password_hash": None},
        change="privacy.correct_name",
    ),
    Held(
        table="account_session",
        title=N_("登录的设备"),
        why=_SIGN_IN,
        items=(
            Item("device", N_("设备"), "device"),
            Item("created_at", N_("登录时间")),
            Item("expires_at", N_("有效到")),
            Item("revoked_at", N_("退出时间")),
        ),
        silent=("token_hash",),
        change="accounts.me",
    ),
    Held(
        table="sign_in_code",
        title=N_("登录验证码"),
        why=_SIGN_IN,
        whose=("contact",),
        items=(Item("created_at", N_("发送时间")), Item("used_at", N_("使用时间"))),
        silent=("contact", "code_hash", "expires_at", "tries"),
    ),
    Held(
        table="sign_in_try",
        title=N_("登录尝试"),
        why=N_("有人猜密码时拦住他；只存算过的编码，一天后删除"),
        whose=("contact_key",),
        items=(Item("tried_at", N_("时间")),),
        silent=("kind", "contact_key", "address_key"),
    ),
    Held(
        table="consent",
        title=N_("我同意过的"),
        why=N_("证明您同意过什么，什么时候撤回的"),
        items=(
            Item("purpose", N_("内容"), "purpose"),
            Item("wording_version", N_("版本")),
            Item("channel", N_("方式"), "channel"),
            Item("given_at", N_("同意时间")),
            Item("withdrawn_at", N_("撤回时间")),
        ),
        fate=Fate.KEPT,
        note=N_("只留编号和时间，作为曾经同意和撤回的凭据"),
        change="privacy.my_data",
    ),
    Held(
        table="membership",
        title=N_("所在的单位和服务队"),
        why=N_("让您的队长和单位能看到您、安排您"),
        items=(
            Item("organisation_id", N_("单位"), "organisation"),
            Item("function", N_("身份"), "function"),
            Item("joined_at", N_("加入时间")),
        ),
        change="organisations.my_teams",
    ),
    Held(
        table="appointment",
        title=N_("办公室职务"),
        why=N_("决定您能看到哪些县区的资料"),
        items=(Item("region_id", N_("地区"), "region"), Item("appointed_at", N_("任职时间"))),
    ),
    Held(
        table="follow",
        title=N_("关注"),
        why=N_("有合适的活动时，每周写给您一次"),
        items=(
            Item("kind", N_("类别"), "followed"),
            Item("code", N_("关注的是")),
            Item("created_at", N_("时间")),
        ),
        change="assignments.follow",
    ),
    Held(
        table="message_preference",
        title=N_("收消息的方式"),
        why=N_("按您的意愿发消息"),
        items=(
            Item("topic", N_("哪类消息"), "topic"),
            Item("channel", N_("哪个渠道"), "means"),
            Item("is_wanted", N_("要不要")),
        ),
        change="notifications.preferences",
    ),
    Held(
        table="message_language",
        title=N_("消息的语言"),
        why=N_("按您的意愿发消息"),
        items=(Item("language", N_("语言")),),
        change="notifications.preferences",
    ),
    Held(
        table="outbox_message",
        title=N_("发给我的消息"),
        why=_TELL,
        whose=("recipient",),
        items=(
            Item("kind", N_("消息"), "message"),
            Item("queued_at", N_("写好的时间")),
            Item("read_at", N_("您看过的时间")),
        ),
        silent=("recipient_kind", "recipient_id", "params", "dedupe_key", "not_before",
                "expires_at", "priority", "route_at", "routed_at", "dropped", "emergency",
                "batch", "over"),
        days="keep.messages",
    ),
    Held(
        table="delivery",
        title=N_("消息送到没有"),
        why=_TELL,
        whose=("message_id>recipient",),
        items=(
            Item("channel", N_("渠道"), "means"),
            Item("state", N_("结果"), "delivery"),
            Item("finished_at", N_("时间")),
        ),
        silent=("message_id", "priority", "due_at", "expires_at", "attempts", "round",
                "claimed_by", "claimed_until", "last_error", "remote_id"),
        days="keep.messages",
        is_listed=False,
    ),
)  # fmt: skip

VOLUNTEER: Final = (
    Held(
        table="volunteer",
        title=N_("志愿者资料"),
        why=_PLAN,
        items=(
            Item("home_region_id", N_("住在哪个乡镇"), "region"),
            Item("birth_year", N_("出生年")),
            Item("birth_month", N_("出生月")),
            Item("travel_radius_km", N_("愿意走多远（公里）")),
            Item("max_hours_week", N_("每周最多几小时")),
            Item("is_paused", N_("暂停中")),
            Item("paused_until", N_("暂停到")),
            Item("wants_only_wishes", N_("只做想做的")),
            Item("has_car", N_("自己有车")),
            Item("is_in_reserve", N_("应急后备")),
            Item("accepts_suggestions", N_("接受系统推荐")),
            Item("joined_at", N_("成为志愿者的时间")),
        ),
        fate=Fate.BLANKED,
        blank={"birth_year": None, "birth_month": None, "is_paused": True, "paused_until": None,
               "has_car": False, "is_in_reserve": False, "accepts_suggestions": False,
               "wants_only_wishes": False, "travel_radius_km": 30, "max_hours_week": 8},
        note=N_("只留编号和所在县（市）区，让服务时长的合计不变"),
        change="volunteers.profile",
    ),
    Held(
        table="volunteer_skill",
        title=N_("特长"),
        why=_PLAN,
        whose=(OF_VOLUNTEER,),
        items=(Item("skill_code", N_("特长"), "skill"), Item("level", N_("熟练程度"))),
        change="volunteers.profile",
    ),
    Held(
        table="availability_window",
        title=N_("每周有空的时间"),
        why=_PLAN,
        whose=(OF_VOLUNTEER,),
        items=(
            Item("weekday", N_("星期"), "weekday"),
            Item("starts_minute", N_("从"), "minute"),
            Item("ends_minute", N_("到"), "minute"),
        ),
        change="volunteers.profile",
    ),
    Held(
        table="day_off",
        title=N_("不能来的日子"),
        why=_PLAN,
        whose=(OF_VOLUNTEER,),
        items=(Item("off_on", N_("日期")),),
        change="volunteers.profile",
    ),
    Held(
        table="extra_hours",
        title=N_("另外有空的时间"),
        why=_PLAN,
        whose=(OF_VOLUNTEER,),
        items=(
            Item("free_on", N_("日期")),
            Item("starts_minute", N_("从"), "minute"),
            Item("ends_minute", N_("到"), "minute"),
        ),
        change="volunteers.profile",
    ),
    Held(
        table="volunteer_wish",
        title=N_("想做的事"),
        why=_PLAN,
        whose=(OF_VOLUNTEER,),
        items=(Item("kind", N_("类别"), "wish"), Item("code", N_("内容"))),
        change="volunteers.profile",
    ),
    Held(
        table="calendar_feed",
        title=N_("日历地址"),
        why=N_("把您的活动放进手机日历"),
        whose=(OF_VOLUNTEER,),
        items=(Item("renewed_at", N_("换新的时间")),),
        silent=("revision",),
        change="assignments.my_calendar",
    ),
    Held(
        table="credential",
        title=N_("证件"),
        why=N_("核验岗位要求；编号和照片加密保存"),
        whose=(OF_VOLUNTEER,),
        items=(
            Item("kind_code", N_("证件"), "credential"),
            Item("number", N_("编号")),
            Item("issuer", N_("发证机构")),
            Item("expires_on", N_("有效期到")),
            Item("scan", N_("照片"), "file"),
            Item("state", N_("核验结果"), "judged"),
            Item("claimed_at", N_("登记时间")),
            Item("judged_at", N_("核验时间")),
            Item("reason", N_("没有通过的原因")),
        ),
        silent=("number_key", "scan_type", "judged_by_id"),
        days="keep.credentials",
        change="credentials.my_credentials",
    ),
    Held(
        table="guardian_consent",
        title=N_("监护人的同意"),
        why=N_("未成年人参加志愿服务，要监护人同意；姓名和电话加密保存"),
        whose=(OF_VOLUNTEER,),
        items=(
            Item("guardian_name", N_("监护人姓名")),
            Item("guardian_phone", N_("监护人电话")),
            Item("relation", N_("与您的关系"), "relation"),
            Item("requested_at", N_("请求时间")),
            Item("given_at", N_("同意时间")),
            Item("withdrawn_at", N_("撤回时间")),
            Item("wording_version", N_("版本")),
            Item("channel", N_("方式"), "channel"),
        ),
        silent=("phone_key", "expires_at", "text_hash", "withdrawn_by_id"),
        days="keep.guardians",
        change="guardians.my_guardian",
    ),
    Held(
        table="volunteer_entry",
        title=N_("由单位登记"),
        why=N_("您不是自己注册的时候，知道是谁、什么时候替您登记的"),
        whose=(OF_VOLUNTEER,),
        items=(
            Item("organisation_id", N_("单位"), "organisation"),
            Item("entered_at", N_("登记时间")),
            Item("channel", N_("方式"), "channel"),
            Item("refused_at", N_("您说不愿意的时间")),
        ),
        silent=("by_person_id",),
        change="volunteers.conduct",
    ),
    Held(
        table="volunteer_number",
        title=N_("志愿者编号"),
        why=N_("和全国志愿服务信息系统、单位名册对上同一个人"),
        whose=(OF_VOLUNTEER,),
        items=(Item("number", N_("编号")),),
    ),
    Held(
        table="people_list_row",
        title=N_("单位交来的名单"),
        why=N_("按名单登记志愿者前，先看哪些有问题；内容加密保存"),
        whose=("listed",),
        items=(Item("said", N_("名单上写的"), "listed"),),
        silent=("list_id", "line", "verdict", "contact_key", "number_key", "person_id"),
        days="keep.lists",
    ),
    Held(
        table="people_export_row",
        title=N_("提供给别人的名册"),
        why=N_("查得到您的资料什么时候、提供给了谁"),
        items=(Item("export_id", N_("名册"), "export"),),
        fate=Fate.KEPT,
        days="keep.exports",
        note=N_("只有编号，按规定保留三年"),
        change="people.sharing",
    ),
)  # fmt: skip

SERVICE: Final = (
    Held(
        table="assignment",
        title=N_("岗位和邀请"),
        why=N_("安排志愿服务"),
        whose=(OF_VOLUNTEER,),
        items=(
            Item("post_id", N_("岗位"), "post"),
            Item("state", N_("结果"), "place"),
            Item("source", N_("怎样来的"), "source"),
            Item("created_at", N_("时间")),
            Item("answered_at", N_("答复时间")),
            Item("confirmed_at", N_("再次确认的时间")),
            Item("reason_given", N_("说明的原因")),
        ),
        silent=("reasons", "invited_by_id", "expires_at", "confirmed_by_id", "pass_hash",
                "pass_revision"),
        fate=Fate.BLANKED,
        blank={"reasons": [], "reason_given": "", "pass_hash": None},
        note=N_("以后的班次取消并告诉负责人；以前的只留编号，不留您说明的原因"),
        change="assignments.my_events",
    ),
    Held(
        table="attendance",
        title=N_("签到签退"),
        why=N_("计算服务时长；不收定位轨迹"),
        whose=("assignment_id>volunteer_id>person_id", "registration_id>registrant"),
        items=(
            Item("event_id", N_("活动"), "event"),
            Item("in_at", N_("签到时间")),
            Item("out_at", N_("签退时间")),
            Item("people", N_("人数")),
        ),
        silent=("registration_id", "assignment_id", "in_scan_id", "out_scan_id"),
        fate=Fate.KEPT,
        note=N_("只留编号和时间，让人次的合计不变"),
    ),
    Held(
        table="scan",
        title=N_("扫码记录"),
        why=N_("查清一次签到对不对；记下的不能改"),
        whose=("assignment_id>volunteer_id>person_id", "registration_id>registrant"),
        items=(
            Item("event_id", N_("活动"), "event"),
            Item("happened_at", N_("时间")),
            Item("direction", N_("进或出"), "direction"),
        ),
        silent=("scan_id", "registration_id", "assignment_id", "method", "outcome", "reason",
                "people", "first_scan_id", "device", "code_fingerprint", "by_person_id",
                "stored_at"),
        fate=Fate.KEPT,
        note=N_("只有编号，没有姓名"),
        is_listed=False,
    ),
    Held(
        table="service_record",
        title=N_("服务记录"),
        why=N_("记下您的服务时长，出具服务证明（民政部令第67号）"),
        whose=(OF_VOLUNTEER,),
        items=(
            Item("event_title", N_("活动")),
            Item("content", N_("服务内容")),
            Item("served_at", N_("时间")),
            Item("place", N_("地点")),
            Item("minutes", N_("服务时长"), "hours"),
            Item("kind", N_("怎样记的"), "hours_kind"),
            Item("in_at", N_("签到")),
            Item("out_at", N_("签退")),
            Item("organisation_name", N_("记录单位")),
            Item("responsible_name", N_("负责人")),
            Item("confirmed_at", N_("确认时间")),
        ),
        silent=("event_id", "assignment_id", "planned_minutes", "working", "confirmed_by_id"),
        fate=Fate.KEPT,
        note=N_("时长只作为没有姓名的合计留下；以后不能再开服务证明"),
        change="recognition.my_record",
    ),
    Held(
        table="registration",
        title=N_("活动报名"),
        why=N_("找到您的票，通知活动变化；姓名和电话可以不填"),
        whose=("registrant",),
        items=(
            Item("event_id", N_("活动"), "event"),
            Item("name", N_("姓名")),
            Item("phone", N_("电话")),
            Item("age_band", N_("年龄段")),
            Item("companions", N_("同行人数")),
            Item("state", N_("结果"), "registered"),
            Item("created_at", N_("时间")),
            Item("cancelled_at", N_("取消时间")),
        ),
        silent=("person_id", "pinyin", "initials", "channel", "created_by_id", "ticket_hash",
                "ticket_revision"),
        fate=Fate.BLANKED,
        blank={"name": None, "phone": None, "pinyin": "", "initials": "", "person_id": None,
               "ticket_hash": None},
        days="keep.attendees",
        note=N_("以后的名额取消；以前的只留人数，不留姓名和电话"),
    ),
    Held(
        table="waiting_entry",
        title=N_("候补"),
        why=N_("满员时按先后顺序，有空位就给您留着"),
        whose=("volunteer_id>person_id", "registration_id>registrant"),
        items=(
            Item("event_id", N_("活动"), "event"),
            Item("people", N_("人数")),
            Item("joined_at", N_("时间")),
        ),
        silent=("post_id", "registration_id", "volunteer_id", "state", "passed", "ended_at",
                "promoted_by_id", "reason"),
        fate=Fate.BLANKED,
        blank={"reason": ""},
        note=N_("退出候补；以前的只留编号和先后"),
    ),
    Held(
        table="waiting_offer",
        title=N_("候补留的位子"),
        why=N_("知道位子给您留到什么时候"),
        whose=("entry_id>volunteer_id>person_id", "entry_id>registration_id>registrant"),
        items=(Item("offered_at", N_("时间")), Item("expires_at", N_("留到"))),
        silent=("entry_id", "state", "answered_at"),
        fate=Fate.KEPT,
        note=N_("只有编号，没有姓名"),
        is_listed=False,
    ),
    Held(
        table="change_call",
        title=N_("打给我的电话"),
        why=N_("活动有变时，知道谁已经通知到了"),
        whose=("called",),
        items=(Item("event_id", N_("活动"), "event"), Item("done_at", N_("时间"))),
        silent=("about_at", "recipient_kind", "recipient_id", "done_by_id"),
        fate=Fate.KEPT,
        note=N_("只有编号，没有电话"),
        is_listed=False,
    ),
)  # fmt: skip

DUTY: Final = (
    Held(
        table="event",
        title=N_("作为活动联系人"),
        why=N_("让参加者找得到人；公开在活动页上"),
        whose=("contact_phone",),
        items=(
            Item("title", N_("活动")),
            Item("contact_name", N_("联系人")),
            Item("contact_phone", N_("电话")),
        ),
        fate=Fate.BLANKED,
        blank={"contact_name": "", "contact_phone": ""},
    ),
    Held(
        table="venue",
        title=N_("作为阵地联系人"),
        why=N_("让活动负责人找得到人"),
        whose=("contact_phone",),
        items=(
            Item("name", N_("阵地")),
            Item("contact_name", N_("联系人")),
            Item("contact_phone", N_("电话")),
        ),
        fate=Fate.BLANKED,
        blank={"contact_name": "", "contact_phone": ""},
    ),
    Held(
        table="organisation",
        title=N_("作为单位联系人"),
        why=N_("让志愿者找得到单位"),
        whose=("contact_phone",),
        items=(Item("name", N_("单位")), Item("contact_phone", N_("电话"))),
        fate=Fate.BLANKED,
        blank={"contact_phone": ""},
        is_listed=False,
    ),
    Held(
        table="audit_entry",
        title=N_("操作记录"),
        why=N_("查清谁在什么时候做过什么、看过谁的资料；记下的不能改"),
        whose=("acted",),
        items=(
            Item("at", N_("时间")),
            Item("action", N_("做了什么")),
            Item("sealed", N_("封存的内容"), "sealed"),
        ),
        silent=("actor_id", "subject_type", "subject_id", "details", "sealed_for"),
        fate=Fate.SEALED,
        note=N_("只留编号；封存的内容随您的密钥一起销毁，谁也读不出来"),
    ),
    Held(
        table="person_key",
        title=N_("封存用的密钥"),
        why=N_("注销时销毁它，封存的内容就读不出来了"),
        silent=("wrapped_key",),
        is_listed=False,
    ),
)

# Other people's records that name the person as whoever was responsible.
NAMED: Final = (
    Held(
        table="service_record",
        title=N_("作为活动负责人"),
        why=N_("别人的服务记录要写明负责人（民政部令第67号）"),
        whose=("confirmed_by_id",),
        items=(Item("event_title", N_("活动")), Item("responsible_name", N_("负责人"))),
        fate=Fate.BLANKED,
        blank={"responsible_name": GONE},
        is_listed=False,
    ),
)

# What people without an account are asked for, or others write about them.
WITHOUT_ACCOUNT: Final = (
    Held(
        table="resource",
        title=N_("司机的姓名和准驾车型"),
        why=N_("安排大篷车出车"),
        whose=(),
        items=(Item("name", N_("姓名")), Item("licence_class", N_("准驾车型"))),
    ),
)

HELD: Final = (*ACCOUNT, *VOLUNTEER, *SERVICE, *DUTY)
EVERYTHING: Final = (*HELD, *NAMED, *WITHOUT_ACCOUNT)

# Tables that say nothing about people besides who, by id, wrote a row.
NOT_ABOUT_PEOPLE: Final = frozenset({
    "announced_days", "booking", "campaign", "catalogue_entry", "channel_state",
    "erasure", "event_series", "job_run", "people_export", "people_list", "post", "post_skill",
    "region", "reminder_plan", "request_key", "requirement", "shift", "site_number", "special_day",
    "work_year",
})  # fmt: skip


def section(table: str) -> Held | None:
    """Return what is held in a table about a person with an account, or None."""
    return next((held for held in HELD if held.table == table), None)
