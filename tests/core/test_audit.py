import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.factories import NOON
from volunteer_hub.core import audit, sealing
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction

pytestmark = pytest.mark.usefixtures("app")


def write_entry():
    person = factories.person()
    with transaction():
        audit.record(
            "person.rename", person, by=person.id, now=NOON, personal=(person.id, {"old": "林小禾"})
        )
    return person, db.session.scalars(select(AuditEntry)).all()[-1]


def test_personal_values_in_the_audit_are_sealed():
    person, entry = write_entry()

    assert "林小禾" not in entry.sealed
    assert sealing.unseal(person.id, entry.sealed) == {"old": "林小禾"}


def test_destroying_the_key_makes_sealed_values_unreadable_for_good():
    person, entry = write_entry()

    with transaction():
        sealing.destroy_key(person.id)

    assert sealing.unseal(person.id, entry.sealed) is None


@pytest.mark.parametrize(
    "change", [update(AuditEntry).values(action="nothing"), delete(AuditEntry)]
)
def test_the_database_itself_refuses_to_change_the_audit(change):
    write_entry()

    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(change)
