from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "iamconsole.audit"
    label = "audit"
