"""What changes people's records, many at once."""

from volunteer_hub.people.actions.cards import (
    claim,
    enter_one,
    make_card,
    revoke_card,
)
from volunteer_hub.people.actions.desk import (
    drafts,
    drop_filter,
    mark,
    note_message,
    save_filter,
    unmark,
)
from volunteer_hub.people.actions.exports import (
    forget_old_exports,
    note_export,
    note_phones,
    require_of_age,
    set_sharing,
)
from volunteer_hub.people.actions.lists import (
    ROWS_AT_ONCE,
    TAKEN_AT_ONCE,
    begin_taking,
    drop_list,
    forget_old_rows,
    give_up,
    judge_rows,
    note_rows_fetched,
    receive,
    take_some,
)
from volunteer_hub.people.actions.twins import (
    forget_old_merges,
    merge,
    say_not_twins,
    undo_merge,
    when_merged,
)

__all__ = [
    "ROWS_AT_ONCE",
    "TAKEN_AT_ONCE",
    "begin_taking",
    "claim",
    "drafts",
    "drop_filter",
    "drop_list",
    "enter_one",
    "forget_old_exports",
    "forget_old_merges",
    "forget_old_rows",
    "give_up",
    "judge_rows",
    "make_card",
    "mark",
    "merge",
    "note_export",
    "note_message",
    "note_phones",
    "note_rows_fetched",
    "receive",
    "require_of_age",
    "revoke_card",
    "save_filter",
    "say_not_twins",
    "set_sharing",
    "take_some",
    "undo_merge",
    "unmark",
    "when_merged",
]
