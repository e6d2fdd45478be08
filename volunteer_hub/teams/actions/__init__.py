"""Every write of this feature."""

from volunteer_hub.teams.actions.belonging import (
    answer_request,
    ask_to_join,
    join_team,
    leave_team,
    remove_member,
    show_phone,
    withdraw_request,
)
from volunteer_hub.teams.actions.founding import (
    FaceDraft,
    FoundingDraft,
    answer_founding,
    ask_to_found,
    dissolve,
    edit_face,
    name_function,
    withdraw_founding,
)
from volunteer_hub.teams.actions.inviting import INVITE, accept, invite, is_good, revoke
from volunteer_hub.teams.actions.telling import ANSWERED, ASKED, CHANGED

__all__ = [
    "ANSWERED",
    "ASKED",
    "CHANGED",
    "INVITE",
    "FaceDraft",
    "FoundingDraft",
    "accept",
    "answer_founding",
    "answer_request",
    "ask_to_found",
    "ask_to_join",
    "dissolve",
    "edit_face",
    "invite",
    "is_good",
    "join_team",
    "leave_team",
    "name_function",
    "remove_member",
    "revoke",
    "show_phone",
    "withdraw_founding",
    "withdraw_request",
]
