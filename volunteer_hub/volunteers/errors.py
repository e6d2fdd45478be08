from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class TooYoungError(DomainError):
    """Someone younger than the province allows signs up."""

    code = "too_young"
    message = N_("年龄还小，现在不能注册成为志愿者")
    next_step = N_("谢谢您的热心。请大人陪您一起来参加活动，长大一些欢迎您加入。")


class NotForReserveError(DomainError):
    """Someone who is not known to be of age wants to be called in emergencies."""

    code = "not_for_reserve"
    message = N_("应急预备队只限成年人")
    next_step = N_("请填写出生年月；满 18 周岁以后欢迎您加入。")


class AlreadyVolunteerError(DomainError):
    """The person is a volunteer already."""

    code = "already_volunteer"
    message = N_("您已经是志愿者了")
    next_step = N_("可以在“我的志愿者资料”里修改。")
