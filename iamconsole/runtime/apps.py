from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "iamconsole.runtime"
    label = "runtime"

    def ready(self) -> None:
        from iamconsole.runtime import catalogue  # noqa: F401  (fills the registry once models are loaded)
        from iamconsole.storage import connections  # noqa: F401  (prepares each connection that opens)
