from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length


class SearchForm(Form):
    """A word to look for; it changes nothing, so it carries no token."""

    q = StringField(_l("找什么"), [Length(max=60)])


class EventsForm(SearchForm):
    """What narrows the list of events down."""

    campaign = SelectField(_l("专项行动"), validate_choice=False)
    county = SelectField(_l("县（市）区"), validate_choice=False)
