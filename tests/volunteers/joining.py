"""Joining as pages do it: the form, then the code that went to the number."""

from __future__ import annotations

from sqlalchemy import select

from volunteer_hub.accounts.contacts import code_of
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind


def sent_code():
    """Return the code that was sent last to a number, whoever has it."""
    sent = (
        select(OutboxMessage)
        .where(OutboxMessage.recipient_kind == RecipientKind.CONTACT)
        .order_by(OutboxMessage.id.desc())
    )
    return code_of(db.session.scalars(sent).first().params["nonce"])


def join(client, data, csrf=True):
    """Send the form, and the code too when the number has to be proved; return the last answer."""
    answer = client.post("/join", data=data, csrf=csrf)
    if answer.status_code != 200 or 'name="code"' not in answer.text:
        return answer
    return client.post("/join", data={**data, "code": sent_code()}, csrf=csrf)
