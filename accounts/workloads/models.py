"""Workloads: processes without an identity of their own that act by a role."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.named import NamedRow, one_name_per_account

OWN = "iamconsole"
HOSTS, TASKS = "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"
REGION = "us-east-1"


class Workload(NamedRow):
    """A host, whose role comes out of an instance profile, or a task, which has a role itself.

    It proves itself by a host key, of which a keyed hash is kept, or by the private key to `public_jwk`; that of a
    certificate is good until `key_expires`. A profile or role that is deleted leaves the workload without any.
    """

    service = models.CharField(max_length=64)
    instance_profile = models.ForeignKey(
        "accounts.InstanceProfile", null=True, blank=True, on_delete=models.SET_NULL, related_name="workloads"
    )
    role = models.ForeignKey(
        "accounts.Role", null=True, blank=True, on_delete=models.SET_NULL, related_name="workloads"
    )
    key_hash = models.CharField(max_length=128, blank=True)
    public_jwk = models.JSONField(null=True, blank=True)
    key_created = models.DateTimeField()
    key_expires = models.DateTimeField(null=True, blank=True)
    active = models.BooleanField(default=True)
    last_used = models.DateTimeField(null=True, blank=True)

    arn_kind = "workload"
    missing_text = "The workload with name {name} cannot be found."
    taken_text = "Workload with name {name} already exists."

    class Meta:
        app_label = "accounts"
        constraints = [one_name_per_account("workload")]

    @property
    def arn(self) -> str:
        return arn(self.account_id, self.name)

    @property
    def is_host(self) -> bool:
        return self.service == HOSTS

    @property
    def source_arn(self) -> str:
        """What trust policies see as `aws:SourceArn`; it names the id, so a name that is used again is another."""
        service, kind = ("ec2", "instance") if self.is_host else ("ecs", "task")
        return f"arn:aws:{service}:{REGION}:{self.account_id}:{kind}/{self.unique_id}"


def arn(account_id: str, name: str) -> str:
    """`arn:aws:iamconsole::123456789012:workload/web-1`."""
    return f"arn:aws:{OWN}::{account_id}:{Workload.arn_kind}/{name}"
