"""Forms of volunteers."""

from volunteer_hub.volunteers.forms.offers import (
    LEVELS,
    WEEKDAYS,
    ContactFields,
    JoinForm,
    NameFields,
    OfferFields,
)
from volunteer_hub.volunteers.forms.profile import (
    ProfileForm,
    extra_hours_of,
    hours_in_words,
    shown_profile,
)
from volunteer_hub.volunteers.forms.staff import VolunteerFilterForm

__all__ = [
    "LEVELS",
    "WEEKDAYS",
    "ContactFields",
    "JoinForm",
    "NameFields",
    "OfferFields",
    "ProfileForm",
    "VolunteerFilterForm",
    "extra_hours_of",
    "hours_in_words",
    "shown_profile",
]
