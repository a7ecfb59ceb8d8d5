from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts.master_keys import starting  # noqa: F401  (looks after the master keys of this process)
