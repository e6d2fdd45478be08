"""What staff narrow lists of volunteers down by."""

from __future__ import annotations

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length

from volunteer_hub.core.forms import DayField


class VolunteerFilterForm(wtforms.Form):
    """What narrows the list of volunteers down; it changes nothing, so it carries no token."""

    q = StringField(_l("姓名或手机尾号"), [Length(max=60)])
    skill = SelectField(_l("特长"), validate_choice=False)
    free = DayField(_l("哪天有空"))
    place = SelectField(_l("住在"), validate_choice=False)
