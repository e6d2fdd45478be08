"""Records of many people at once: lists sent in by organisations and lists handed out to others."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import encryption, jobs, numbers
from volunteer_hub.people import messages, tasks, views
from volunteer_hub.people.actions import cards as paper
from volunteer_hub.people.actions import exports, lists, twins
from volunteer_hub.people.models import ListRow, PeopleList, PersonMerge
from volunteer_hub.volunteers import cards

EVERY_S = 3


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
    cards.register("people/_card.html", views.desk.card)
    cards.register("people/_claim.html", views.cards.card)
    numbers.register(paper.NUMBER, lists.NUMBER, exports.NUMBER, twins.NUMBER)
    encryption.register(PeopleList, "content", "places")
    encryption.register(ListRow, "said")
    encryption.register(PersonMerge, "moved")
    jobs.register("people.lists", every_s=EVERY_S, work=tasks.work_on_lists, claims_rows=True)
    jobs.register("people.forget_merges", every_s=24 * 3600, work=tasks.forget_merges)
    jobs.register("people.forget_exports", every_s=24 * 3600, work=tasks.forget_exports)
    jobs.register("people.forget_lists", every_s=24 * 3600, work=tasks.forget_lists)
