from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class PostClosedError(DomainError):
    """The event is not open, is over, or the shift has begun."""

    code = "post_closed"
    message = N_("这个岗位已经不能报名了")
    next_step = N_("活动已经开始、结束或者取消了。看看别的活动吧。")


class PostFullError(DomainError):
    """Others took the last place."""

    code = "post_full"
    message = N_("这个岗位刚刚报满了")
    next_step = N_("谢谢您！同一天也许还有别的岗位，请回到活动页看看。")


class ShiftsOverlapError(DomainError):
    """The volunteer already has another shift at that time."""

    code = "shifts_overlap"
    message = N_("您在这段时间已经有别的安排")
    next_step = N_("请在“我的活动”里看一看。想换到这里，请先退出另一个。")


class AlreadyInShiftError(DomainError):
    """The volunteer already has another post in the same shift."""

    code = "already_in_shift"
    message = N_("这个班次您已经报了别的岗位")
    next_step = N_("想换岗位，请先在“我的活动”里退出原来的岗位。")


class SkillMissingError(DomainError):
    """The post needs a skill that the volunteer's profile does not have."""

    code = "skill_missing"
    message = N_("这个岗位需要的技能，您的资料里还没有")
    next_step = N_("请看岗位下面写的技能。您会的话，在“我的资料”里补上就可以报名。")


class UnderAgeError(DomainError):
    """There is danger in the post, and the volunteer is not of age on that day."""

    code = "under_age"
    message = N_("这个岗位有风险，只安排年满 18 周岁的志愿者")
    next_step = N_("这是为了保护未成年人。请看看这场活动里别的岗位，或者别的活动。")


class GuardianMissingError(DomainError):
    """The volunteer is under age, and no guardian agreed."""

    code = "guardian_missing"
    message = N_("您还未满 18 周岁，要先有监护人同意")
    next_step = N_("请在“监护人同意”页填写监护人的手机号；对方点开链接同意后，就能报名。")


class CredentialMissingError(DomainError):
    """The post needs a credential that was verified and holds through the shift's end."""

    code = "credential_missing"
    message = N_("这个岗位要有证件，您还没有核验过、到那时还有效的")
    next_step = N_("请看岗位下面写的是什么证件。有的话，在“我的证件”里登记，核验通过就能报名。")


class NotInReserveError(DomainError):
    """A call in an emergency goes to the reserve only."""

    code = "not_in_reserve"
    message = N_("这是应急任务，由应急预备队的志愿者参加")
    next_step = N_("年满 18 周岁的，可以在“我的资料”里加入应急预备队。")


class CarNeededError(DomainError):
    """One must come by car, and the profile says nothing of one."""

    code = "car_needed"
    message = N_("这个岗位要自己开车来")
    next_step = N_("您能开车来的话，请在“我的资料”里勾选“可以自己开车来”，就可以报名。")


class VolunteerPausedError(DomainError):
    """The volunteer asked to be left alone for now."""

    code = "volunteer_paused"
    message = N_("您现在设为暂停服务")
    next_step = N_("想参加活动，请先在“我的资料”里恢复服务。")


class RemovedFromPostError(DomainError):
    """An organiser took the volunteer off this post."""

    code = "removed_from_post"
    message = N_("活动负责人已取消您在这个岗位的安排")
    next_step = N_("想知道原因或者想参加，请联系活动负责人。")


class InvitationExpiredError(DomainError):
    """The answer came after the deadline."""

    code = "invitation_expired"
    message = N_("这份邀请已经过了答复时间")
    next_step = N_("没关系。如果岗位还有名额，您可以在活动页直接报名。")


class TooLateToWithdrawError(DomainError):
    """The shift has begun."""

    code = "too_late_to_withdraw"
    message = N_("班次已经开始，不能在网上退出了")
    next_step = N_("如果来不了，请打电话告诉活动负责人。")


class NotComingError(DomainError):
    """The volunteer has no place at the post: they withdrew, declined or never answered."""

    code = "not_coming"
    message = N_("这个岗位的安排之前已经退出了")
    next_step = N_("要是又能来了，请看看名额还在不在。")


class ChangedMeanwhileError(DomainError):
    """Time or place changed after the page was opened."""

    code = "changed_meanwhile"
    message = N_("就在刚才，时间或地点变了")
    next_step = N_("请看看新的安排，再告诉我们您能不能来。")


class StandInGoneError(DomainError):
    """Somebody else took the place over, or its holder looks for nobody any more."""

    code = "stand_in_gone"
    message = N_("这个岗位已经不用找人替了")
    next_step = N_("谢谢您！可以看看这场活动别的岗位。")


class PartnerNotFoundError(DomainError):
    """Nobody of that number has a place there."""

    code = "partner_not_found"
    message = N_("没有找到可以和您换班的这位志愿者")
    next_step = N_("请核对手机号和班次：对方要已经答应了那个岗位。也可以发链接找人替班。")


class PartnerCannotError(DomainError):
    """The other one could not take the place they would get."""

    code = "partner_cannot"
    message = N_("按现在的情况，对方不能接您的岗位")
    next_step = N_("技能、年龄、证件或时间不合。可以换一位，或者发链接找人替班。")


class ExchangeGoneError(DomainError):
    """One of the places is not what it was, or the question is answered."""

    code = "exchange_gone"
    message = N_("这次换班已经不成了")
    next_step = N_("有人改了安排，或者已经答复过。请在“我的活动”里看一看。")
