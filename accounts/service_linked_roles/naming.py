"""What a service-linked role is called, where it lies, and whom it trusts."""

from __future__ import annotations

import json
import re
from typing import Final

from accounts.roles.models import SERVICE_ROLE_PATH
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.names import aws_name
from iamconsole.kernel.services import service_principal

SERVICE: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com", re.ASCII)
PREFIX: Final = "AWSServiceRoleFor"
LONGEST: Final = 64
# How AWS writes the names of services whose prefix does not tell.
SPELLED: Final = {
    "access-analyzer": "AccessAnalyzer",
    "autoscaling": "AutoScaling",
    "cloudwatch-crossaccount": "CloudWatchCrossAccount",
    "config": "Config",
    "dax": "DAX",
    "ecs": "ECS",
    "eks": "AmazonEKS",
    "elasticache": "ElastiCache",
    "elasticbeanstalk": "ElasticBeanstalk",
    "elasticfilesystem": "AmazonElasticFileSystem",
    "elasticloadbalancing": "ElasticLoadBalancing",
    "guardduty": "AmazonGuardDuty",
    "organizations": "Organizations",
    "rds": "RDS",
    "spot": "EC2Spot",
    "spotfleet": "EC2SpotFleet",
    "sso": "SSO",
}


def path_of(service: str) -> str:
    """`/aws-service-role/ecs.amazonaws.com/`; InvalidInput for what is no service's name."""
    if not SERVICE.fullmatch(service) and service_principal(service) is None:
        raise InvalidInput(
            f"{service} is not the name of a service: take one like ecs.amazonaws.com, or "
            "orders.123456789012.iamconsole of one that this account registered."
        )
    return f"{SERVICE_ROLE_PATH}{service}/"


def name_of(service: str, suffix: str | None) -> str:
    """`AWSServiceRoleForECS`, and a custom suffix after an underscore."""
    label = service.split(".")[0]
    name = PREFIX + SPELLED.get(label, aws_name(label.replace("-", "_"))) + (f"_{suffix}" if suffix else "")
    if len(name) > LONGEST:
        raise InvalidInput(f"The name {name} would have more than {LONGEST} characters: take a shorter suffix.")
    return name


def trust_of(service: str) -> str:
    """The trust policy: the service and nobody else."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
