"""A service that acts for its callers by roles they hand over; run it with any WSGI server.

It was registered as `reports` with the actions CreateReport and ReadReport, and has a key of CreateServiceAccessKey:
IAM_URL, IAM_ACCOUNT_ID, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY. Clients sign with service name `reports`.

    POST /{name}   {"role": "arn:…"}   keep a role for a report: its sender must be allowed to pass that role to us
    GET  /{name}                       take that role on, as ourselves and on behalf of the report, and count users
"""

import json
import os
from wsgiref.simple_server import make_server

import boto3
from botocore.exceptions import ClientError

from iamconsole.client import AccessKey, Client, received, requires

URL, ACCOUNT = os.environ["IAM_URL"], os.environ["IAM_ACCOUNT_ID"]
NAME = f"reports.{ACCOUNT}.iamconsole"  # whom roles trust
REPORT = f"arn:aws:reports::{ACCOUNT}:report"
AWS = {"endpoint_url": URL, "region_name": "us-east-1"}
iam = Client(URL, key=AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]))
roles = {}  # by report


@requires(iam, "reports:CreateReport", resource=REPORT + "{path}", service="reports")
def create(environ, start_response):
    """Keep the caller's role, if the caller may pass it to this service for this report."""
    request, report = received(environ), REPORT + environ["PATH_INFO"]
    role = json.loads(request.body)["role"]
    decision = iam.may_pass_role(request, role, service=NAME, resource_arn=report)
    if not decision:
        return answer(start_response, "403 Forbidden", {"reason": decision.reason})
    roles[report] = role
    return answer(start_response, "201 Created", {"report": report, "for": environ["iam.identity"].name})


@requires(iam, "reports:ReadReport", resource=REPORT + "{path}", service="reports")
def read(environ, start_response):
    """Show what the report's role may see."""
    report = REPORT + environ["PATH_INFO"]
    if report not in roles:
        return answer(start_response, "404 Not Found", {"reason": f"there is no {report}"})
    try:
        session = session_of(roles[report], report)
        users = session.client("iam", endpoint_url=URL).list_users()["Users"]
    except ClientError as refused:
        return answer(start_response, "502 Bad Gateway", {"reason": str(refused)})
    return answer(start_response, "200 OK", {"users": len(users)})


def session_of(role, report):
    """A session of the role, which trusts this service; the headers say for what we act and are signed as well."""

    def on_behalf(request, **_):
        request.headers["x-amz-source-arn"] = report
        request.headers["x-amz-source-account"] = ACCOUNT

    sts = boto3.client("sts", **AWS)
    sts.meta.events.register("before-sign.sts.AssumeRole", on_behalf)
    key = sts.assume_role(RoleArn=role, RoleSessionName="reports")["Credentials"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], AWS["region_name"])


def answer(start_response, status, body):
    """Answer in JSON."""
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]


def reports(environ, start_response):
    """The application."""
    return (create if environ["REQUEST_METHOD"] == "POST" else read)(environ, start_response)


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ.get("PORT", "9001")), reports).serve_forever()
