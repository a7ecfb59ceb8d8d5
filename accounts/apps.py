from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.tenancy.aws import install  # models are not loaded before

        post_migrate.connect(install, sender=apps.get_app_config("policies"))
