"""What staff narrow lists of volunteers down by."""

from __future__ import annotations

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length


class VolunteerFilterForm(wtforms.Form):
    """What narrows the list of volunteers down; it changes nothing, so it carries no token."""

    q = StringField(_l("姓名"), [Length(max=60)])
    skill = SelectField(_l("特长"), validate_choice=False)
    place = SelectField(_l("住在"), validate_choice=False)
