from django.apps import AppConfig


class ReplicationConfig(AppConfig):
    name = "iamconsole.replication"
    label = "replication"
