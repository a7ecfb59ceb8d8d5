from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "iamconsole.runtime"
    label = "runtime"

    def ready(self) -> None:
        # Both need the models to be loaded: the registry of operations, and the broker that `.delay()` goes to.
        from iamconsole import celery  # noqa: F401, PLC0415
        from iamconsole.runtime import catalogue  # noqa: F401, PLC0415
