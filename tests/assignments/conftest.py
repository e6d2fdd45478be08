from __future__ import annotations

import pytest

from tests import factories
from volunteer_hub.notifications import channels


@pytest.fixture
def organiser(app, client):
    """Return an organiser who is signed in, with their organisation."""
    of = factories.organisation()
    who = factories.organiser(of)
    client.sign_in(who)
    return who, of


@pytest.fixture
def only_mail(app):
    """Let the application send nothing but mail, so that whoever left a number alone is rung."""

    class Mail:
        name = "email"
        per_second = None

        def reaches(self, recipient):
            return recipient.email is not None

    before = app.extensions[channels.EXTENSION]
    channels.use(app, [Mail()])
    yield
    app.extensions[channels.EXTENSION] = before
