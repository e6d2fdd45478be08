"""Where people were and will be, what they did, and what they are responsible for."""

from __future__ import annotations

from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.privacy.registry.shape import GONE, OF_VOLUNTEER, Fate, Held, Item

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
