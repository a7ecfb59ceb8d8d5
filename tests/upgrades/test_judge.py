"""The judge of migrations, on one example of each kind."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.state import ModelState, ProjectState

from tests.upgrades.judge import broken, of_migration

TEXT = models.CharField(max_length=64)

HARMLESS = {
    "a new table": ops.CreateModel("Fruit", [("id", models.BigAutoField(primary_key=True))]),
    "a column that may be empty": ops.AddField("tree", "color", models.CharField(max_length=8, null=True)),
    "a column with a default of the database": ops.AddField("tree", "age", models.IntegerField(db_default=0)),
    "more room": ops.AlterField("tree", "name", models.CharField(max_length=128)),
    "empty from now on": ops.AlterField("tree", "name", models.CharField(max_length=64, null=True)),
    "a help text": ops.AlterField("tree", "name", models.CharField(max_length=64, help_text="its name")),
    "an index": ops.AddIndex("tree", models.Index(fields=["name"], name="by_name")),
    "a rule less": ops.RemoveConstraint("tree", "tall_enough"),
    "code that can be undone": ops.RunPython(lambda *_: None, ops.RunPython.noop),
    "SQL that can be undone": ops.RunSQL("SELECT 1", ops.RunSQL.noop),
}
BREAKING = {
    "a column less": ops.RemoveField("tree", "name"),
    "another name": ops.RenameField("tree", "name", "label"),
    "a table less": ops.DeleteModel("Tree"),
    "another table": ops.RenameModel("Tree", "Plant"),
    "a column that must be filled": ops.AddField("tree", "age", models.IntegerField()),
    "a default of the code alone": ops.AddField("tree", "age", models.IntegerField(default=0)),
    "less room": ops.AlterField("tree", "name", models.CharField(max_length=32)),
    "never empty": ops.AlterField("tree", "note", models.TextField()),
    "another type": ops.AlterField("tree", "name", models.TextField()),
    "once only": ops.AlterField("tree", "name", models.CharField(max_length=64, unique=True)),
    "a rule": ops.AddConstraint("tree", models.UniqueConstraint(fields=["name"], name="one_name")),
    "code for good": ops.RunPython(lambda *_: None),
    "SQL for good": ops.RunSQL("SELECT 1"),
    "hidden behind the state": ops.SeparateDatabaseAndState(database_operations=[ops.RemoveField("tree", "name")]),
    "nothing that is known": type("Surprise", (ops.base.Operation,), {})(),
}


def state() -> ProjectState:
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", TEXT), ("note", models.TextField(null=True))]
    made = ProjectState()
    made.add_model(ModelState("garden", "Tree", fields))
    return made


@pytest.mark.parametrize("case", HARMLESS)
def test_what_old_code_does_not_notice(case: str) -> None:
    assert broken(HARMLESS[case], "garden", state()) == ""


@pytest.mark.parametrize("case", BREAKING)
def test_what_breaks_old_code(case: str) -> None:
    assert broken(BREAKING[case], "garden", state())


def test_a_table_of_the_same_migration_is_nobody_s_yet() -> None:
    created: Any = HARMLESS["a new table"]
    migration: Any = type("M", (), {"app_label": "garden"})()
    migration.operations = [created, ops.AddField("fruit", "age", models.IntegerField(default=0))]
    assert list(of_migration(migration, state())) == []
    migration.operations = [created, ops.AddField("tree", "age", models.IntegerField(default=0))]
    assert [name for name, _ in of_migration(migration, state())] == ["AddField tree_age"]
