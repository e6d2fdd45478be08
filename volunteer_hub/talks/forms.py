from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import (
    ChipsField,
    DayField,
    Filled,
    Form,
    OnceForm,
    OneButtonField,
    OneOfField,
    WholeNumberField,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.talks.actions import Reply, TalkDraft
from volunteer_hub.talks.rules import (
    LONGEST_ANSWER,
    LONGEST_MIN,
    LONGEST_TEXT,
    LONGEST_TITLE,
    SHORTEST_MIN,
    Answer,
)


class TalkForm(OnceForm):
    """What a talk is."""

    title = StringField(
        _l("讲什么"),
        [Filled(_l("请填写题目")), Length(max=LONGEST_TITLE, message=_l("最多 %(max)d 个字"))],
        description=_l("例如：来电和链接，怎样分辨真假"),
    )
    summary = TextAreaField(
        _l("讲些什么内容"),
        [Optional(), Length(max=LONGEST_TEXT, message=_l("最多 %(max)d 个字"))],
    )
    audience_codes = ChipsField(_l("讲给谁听"), [Optional()], choices=[])
    minutes = WholeNumberField(
        _l("讲多久（分钟）"),
        [
            InputRequired(_l("请填写讲多少分钟")),
            NumberRange(SHORTEST_MIN, LONGEST_MIN, _l("请填写 %(min)d 到 %(max)d 之间的数")),
        ],
        default=60,
    )
    needs = TextAreaField(
        _l("场地要有什么"),
        [Optional(), Length(max=LONGEST_TEXT, message=_l("最多 %(max)d 个字"))],
        description=_l("例如：投影仪、话筒、一楼"),
    )
    by_phone = BooleanField(_l("有人来请时打电话，不发链接"))
    is_offered = BooleanField(_l("现在愿意讲"), default=True)

    def offer_words(self) -> None:
        """Fill in for whom a talk may be."""
        words = dict(catalogue.choices("audience", language()))
        self.audience_codes.choices = [SelectChoice(*each) for each in words.items()]

    def draft(self) -> TalkDraft:
        """Return what was filled in."""
        return TalkDraft(
            title=self.title.data or "",
            summary=self.summary.data or "",
            audience_codes=tuple(self.audience_codes.data or ()),
            minutes=self.minutes.data or 0,
            needs=self.needs.data or "",
            by_phone=bool(self.by_phone.data),
            is_offered=bool(self.is_offered.data),
        )


class AskForm(OnceForm):
    """At which post a talk is asked for."""

    post_id = OneOfField(_l("哪场活动的哪个岗位"), [Filled(_l("请选择岗位"))], choices=[])
    note = TextAreaField(
        _l("对主讲人说的话"),
        [Optional(), Length(max=LONGEST_TEXT, message=_l("最多 %(max)d 个字"))],
        description=_l("例如：听众大约四十人，有车接送"),
    )

    def offer_posts(self, posts: Iterable[tuple[int, str]]) -> None:
        """Fill in the posts to choose from."""
        offered = [SelectChoice(str(number), words) for number, words in posts]
        self.post_id.choices = [SelectChoice("", _("请选择")), *offered]


class ReplyForm(Form):
    """What a speaker says to a request."""

    answer = OneButtonField(
        _l("答复"),
        [Filled(_l("请选择一个答复"))],
        choices=[
            SelectChoice(str(Answer.ACCEPT), _l("能来")),
            SelectChoice(str(Answer.DECLINE), _l("这次来不了")),
            SelectChoice(str(Answer.PROPOSE), _l("想换一天")),
        ],
    )
    proposed_on = DayField(_l("哪一天方便"), [Optional()])
    words = StringField(
        _l("想说的话"),
        [Optional(), Length(max=LONGEST_ANSWER, message=_l("最多 %(max)d 个字"))],
    )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether it can be used; whoever proposes another day says which."""
        is_fine = super().validate(extra_validators)
        if self.answer.data == Answer.PROPOSE and self.proposed_on.data is None:
            self.blame("proposed_on", _("请填写哪一天方便"))
            return False
        return is_fine

    def reply(self) -> Reply:
        """Return what was said."""
        return Reply(
            answer=Answer(self.answer.data),
            proposed_on=self.proposed_on.data,
            words=self.words.data or "",
        )
