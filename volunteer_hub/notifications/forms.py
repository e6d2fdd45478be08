from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.widgets import CheckboxInput, ListWidget

from volunteer_hub.core.forms import Form
from volunteer_hub.notifications.topics import MEANS_IN_WORDS, TOPICS, Means, Topic

LANGUAGES: Final = (SelectChoice("zh", "中文"), SelectChoice("en", "English"))


class MeansField(SelectMultipleField):
    """Over which channels, shown as pills."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PreferencesForm(Form):
    """What a person wants to be told, and over what; ``for_topics`` adds a field for each topic."""

    language = RadioField(_l("用哪种语言写给您"), choices=LANGUAGES, default="zh")

    @classmethod
    def for_topics(cls, topics: Iterable[Topic], wanted: Mapping[Topic, Set[Means]]) -> Any:  # noqa: ANN401 - fields of its own
        """Return the form of someone who may choose for these topics and wants this so far."""
        ways = [SelectChoice(means.value, _(MEANS_IN_WORDS[means])) for means in Means]
        fields = {
            _name(topic): MeansField(
                _(TOPICS[topic].label),
                choices=ways,
                description=_(TOPICS[topic].note),
                default=sorted(wanted[topic]),
            )
            for topic in topics
        }
        return type(cls.__name__, (cls,), fields)

    def choices_made(self) -> dict[Topic, frozenset[Means]]:
        """Return over what each topic is wanted."""
        return {
            topic: frozenset(Means(each) for each in self[_name(topic)].data or ())
            for topic in Topic
            if _name(topic) in self
        }

    def topic_fields(self) -> list[SelectMultipleField]:
        """Return the fields of the topics, in their order."""
        return [self[_name(topic)] for topic in TOPICS if _name(topic) in self]


def _name(topic: Topic) -> str:
    return f"topic_{topic}"
