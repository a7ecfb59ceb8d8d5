"""A credential process for ~/.aws/config: prints credentials of a role, obtained with those of another profile.

[profile app]
credential_process = python3 credential_process.py arn:aws:iam::123456789012:role/app base
"""

import json
import sys

import boto3

role_arn, profile = sys.argv[1:]
sts = boto3.Session(profile_name=profile).client("sts")
found = sts.assume_role(RoleArn=role_arn, RoleSessionName="credential-process")["Credentials"]
json.dump({"Version": 1, **found, "Expiration": found["Expiration"].isoformat()}, sys.stdout)
