"""The condition keys that do not belong to one service.

Source: "AWS global condition context keys" of the IAM User Guide; types and cardinality as stated there.
"""

from typing import Final

from policies.catalog.shapes import ConditionKey, ValueType

_STRINGS: Final = (
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:Ec2InstanceSourceVpc",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgMasterAccountId",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag/${TagKey}",
    "aws:PrincipalType",
    "aws:RequestTag/${TagKey}",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceTag/${TagKey}",
    "aws:SourceAccount",
    "aws:SourceIdentity",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:UserAgent",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "ec2:RoleDelivery",
    "glue:CredentialIssuingService",
    "identitystore:UserId",
)
_LISTS: Final = (
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
)
_ARNS: Final = (
    "aws:ChatbotSourceArn",
    "aws:PrincipalArn",
    "aws:SourceArn",
    "aws:SourceVpcArn",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
)
_BOOLEANS: Final = (
    "aws:AssumedRoot",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalIsAWSService",
    "aws:SecureTransport",
    "aws:ViaAWSService",
)
_ADDRESSES: Final = ("aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIp", "aws:VpcSourceIp")
_OTHERS: Final = {
    "aws:CurrentTime": (ValueType.DATE,),
    "aws:EpochTime": (ValueType.DATE, ValueType.NUMERIC),
    "aws:FederatedProvider": (ValueType.STRING, ValueType.ARN),
    "aws:MultiFactorAuthAge": (ValueType.NUMERIC,),
    "aws:TokenIssueTime": (ValueType.DATE,),
    "glue:RoleAssumedBy": (ValueType.STRING, ValueType.ARN),
}

_KEYS: Final = (
    *(ConditionKey(name) for name in _STRINGS),
    *(ConditionKey(name, multivalued=True) for name in _LISTS),
    *(ConditionKey(name, (ValueType.ARN,)) for name in _ARNS),
    *(ConditionKey(name, (ValueType.BOOL,)) for name in _BOOLEANS),
    *(ConditionKey(name, (ValueType.IP_ADDRESS,)) for name in _ADDRESSES),
    *(ConditionKey(name, types) for name, types in _OTHERS.items()),
)

GLOBAL_KEYS: Final = {key.name.lower(): key for key in _KEYS}
"""By name in lower case."""

# Wildcards and variables in the values of these widen who is trusted.
SENSITIVE_KEYS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    }
)
