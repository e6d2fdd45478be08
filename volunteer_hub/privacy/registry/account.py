"""What an account is, how it is signed in to, and how it is written to."""

from __future__ import annotations

from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.privacy.registry.shape import GONE, Fate, Held, Item

_A_DAY: Final = N_("一天")  # accounts.rules.TRIES_KEPT
_SIGN_IN: Final = N_("登录，防止别人用您的账号")
_TEAM: Final = N_("负责的人看过以后答复您")
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
        silent=("pinyin", "initials", "phone_seat", "password_hash", "erased_at", "is_demo"),
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
        briefly=_A_DAY,
    ),
    Held(
        table="sign_in_try",
        title=N_("登录尝试"),
        why=N_("有人猜密码时拦住他；只存算过的编码"),
        whose=("contact_key",),
        items=(Item("tried_at", N_("时间")),),
        silent=("kind", "contact_key", "address_key"),
        briefly=_A_DAY,
    ),
    Held(
        table="second_factor",
        title=N_("第二步验证"),
        why=_SIGN_IN,
        items=(Item("begun_at", N_("开始设置")), Item("confirmed_at", N_("设好的时间"))),
        silent=("secret", "last_step"),
        change="accounts.second_factor",
    ),
    Held(
        table="recovery_code",
        title=N_("备用码"),
        why=N_("手机丢了也能登录；只存算过的编码"),
        items=(Item("made_at", N_("时间")), Item("used_at", N_("使用时间"))),
        silent=("code_hash",),
        is_listed=False,
    ),
    Held(
        table="contact_change",
        title=N_("更换登录号码"),
        why=N_("换了、丢了手机号的，两位工作人员核实后更换；加密保存"),
        items=(
            Item("contact", N_("换成")),
            Item("reason", N_("怎样核实是本人")),
            Item("asked_at", N_("时间")),
            Item("decided_at", N_("更换时间")),
        ),
        silent=("state", "lost", "asked_by_id", "decided_by_id"),
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
            Item("shows_phone", N_("队友能看到电话")),
        ),
        change="teams.my_teams",
    ),
    Held(
        table="past_membership",
        title=N_("以前的单位和服务队"),
        why=N_("换队、退队以后，您的经历不丢"),
        items=(
            Item("organisation_id", N_("单位"), "organisation"),
            Item("function", N_("身份"), "function"),
            Item("joined_at", N_("加入时间")),
            Item("left_at", N_("离开时间")),
            Item("ending", N_("怎样离开的"), "ending"),
        ),
    ),
    Held(
        table="team_request",
        title=N_("加入服务队的申请"),
        why=_TEAM,
        items=(
            Item("organisation_id", N_("单位"), "organisation"),
            Item("reason", N_("您说的话")),
            Item("state", N_("结果"), "asked"),
            Item("asked_at", N_("时间")),
            Item("answer", N_("答复")),
            Item("decided_at", N_("答复时间")),
        ),
        silent=("from_organisation_id", "kind", "decided_by_id"),
        change="teams.my_teams",
    ),
    Held(
        table="team_founding",
        title=N_("建服务队的申请"),
        why=_TEAM,
        items=(
            Item("name", N_("队名")),
            Item("purpose", N_("做什么")),
            Item("reason", N_("为什么要建")),
            Item("state", N_("结果"), "asked"),
            Item("asked_at", N_("时间")),
            Item("answer", N_("答复")),
            Item("decided_at", N_("答复时间")),
        ),
        silent=("parent_id", "region_id", "rank", "decided_by_id", "organisation_id"),
        change="teams.my_teams",
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
