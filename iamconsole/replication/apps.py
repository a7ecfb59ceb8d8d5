from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ReplicationConfig(AppConfig):
    name = "iamconsole.replication"
    label = "replication"

    def ready(self) -> None:
        # Once every table is there; this signal is sent for one app after the other when all are migrated.
        post_migrate.connect(_after_migration, sender=apps.get_app_config("policies"))
        from iamconsole.replication.regions import hints
        from iamconsole.runtime.publishing import committed

        committed.connect(hints.on_commit)


def _after_migration(**_signal: Any) -> None:
    from iamconsole.replication.projection.upkeep import after_migration  # models are not loaded before

    after_migration()
