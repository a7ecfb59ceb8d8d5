"""One of each thing, so that every page has something to show."""

from __future__ import annotations

from functools import cache

from tests.federation.certificates import certified
from tests.federation.saml_idp import metadata
from tests.support.keys import issued, ssh
from tests.support.tenants import Tenant

ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
TRUST = """{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"""


def allowing(*actions: str, resource: str = "*", condition: str = "{}") -> str:
    """A policy that allows some actions."""
    listed = ",".join(f'"{action}"' for action in actions)
    return (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":['
        f'{listed}],"Resource":"{resource}","Condition":{condition}}}]}}'
    )


@cache
def saml_metadata() -> str:
    """The metadata document of an identity provider."""
    return metadata(certified("idp.example.com"))


def furnish(tenant: Tenant) -> dict[str, str]:
    """A user with everything, a group, a role and a policy of two versions."""
    key = tenant.user("ada", ALLOW, tags=[{"key": "team", "value": "blue"}])
    tenant.run("iam:CreateLoginProfile", user_name="ada", password="Correct-horse-8")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    tenant.run("iam:CreateRole", role_name="reader", assume_role_policy_document=TRUST)
    arn = tenant.run("iam:CreatePolicy", policy_name="Reports", path="/team/", policy_document=ALLOW).policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=ALLOW.replace("Get", "Put"))
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=arn)
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn)
    tenant.run("iam:AttachRolePolicy", role_name="reader", policy_arn=arn)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=arn)
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="Web")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="Web", role_name="reader")
    tenant.run("iamconsole:RegisterWorkload", workload_name="web-1", instance_profile_name="Web")
    tenant.run("iam:CreateOpenIDConnectProvider", url="https://idp.example.com", client_id_list=["app"])
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=saml_metadata())
    service_key = register_orders(tenant)
    tenant.run("iamconsole:PutRotationSchedule", user_name="ada", max_age_days=30)
    ssh_key = tenant.run("iam:UploadSSHPublicKey", user_name="ada", ssh_public_key_body=ssh()).ssh_public_key
    certificate = tenant.run("iam:UploadSigningCertificate", user_name="ada", certificate_body=issued().pem).certificate
    credential = tenant.run(
        "iam:CreateServiceSpecificCredential", user_name="ada", service_name="codecommit.amazonaws.com"
    ).service_specific_credential
    rotation = tenant.run("iamconsole:StartKeyRotation", user_name="ada").key_rotation
    return {
        "rotation": rotation.rotation_id,
        "admin_key": tenant.admin_key["AccessKeyId"],
        "account": tenant.account_id,
        "key": key["AccessKeyId"],
        "policy": arn,
        "service_key": service_key,
        "ssh_key": ssh_key.ssh_public_key_id,
        "certificate": certificate.certificate_id,
        "credential": credential.service_specific_credential_id,
    }


def register_orders(tenant: Tenant) -> str:
    """A service of the account's own, with a key."""
    tenant.run(
        "iamconsole:RegisterService",
        service_prefix="orders",
        service_name="Orders",
        actions=[
            {"name": "Read", "access_level": "Read", "resource_types": ["order"], "description": "Shows an order"},
            {"name": "Cancel", "access_level": "Write", "resource_types": ["order"], "condition_keys": ["orders:Why"]},
        ],
        resource_types=[{"name": "order", "arn_template": "arn:${Partition}:orders:::order/${OrderId}"}],
        condition_keys=[{"name": "orders:Why"}],
    )
    made = tenant.run("iamconsole:CreateServiceAccessKey", service_prefix="orders")
    return str(made.access_key.access_key_id)
