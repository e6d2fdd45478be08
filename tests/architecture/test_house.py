from __future__ import annotations

import ast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from volunteer_hub.core.database import Model, db
from volunteer_hub.core.paths import PACKAGE, ROOT


def sources():
    return sorted(PACKAGE.rglob("*.py"))


def test_only_the_transaction_block_commits():
    committing = {
        str(path.relative_to(PACKAGE)) for path in sources() if ".commit()" in path.read_text()
    }

    assert committing == {"core/transaction.py"}


def test_the_application_never_makes_tables_by_itself():
    assert [path for path in sources() if "create_all" in path.read_text()] == []


def test_only_the_clock_reads_the_clock():
    for path in sources():
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                whose = node.value.id if isinstance(node.value, ast.Name) else ""
                assert whose not in {"datetime", "date"}, f"{path} reads the clock"


@pytest.mark.parametrize("banned", ["|safe", "| safe", " style=", "<style", "onclick="])
def test_no_template_slips_past_the_policy(banned):
    for path in (ROOT / "templates").rglob("*.html"):
        assert banned not in path.read_text(), f"{banned} in {path.name}"


def is_of_a_model(_object, name, *_):
    """Leave out how each database indexes what events are found by, which no model can say."""
    return not str(name).startswith(("event_words", "ix_event_search_words"))


def test_models_and_migrations_agree(app):
    opts = {"compare_type": False, "include_object": is_of_a_model}
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Model.metadata) == []
