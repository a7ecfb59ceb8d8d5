"""A service of thirty lines that asks IAM who is calling and whether he may; run it with any WSGI server.

IAM_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are those of the service itself (RegisterService with prefix
`orders`, CreateServiceAccessKey), or of an IAM user who has iamconsole:Authorize. Clients sign with service name
`orders`, or send a bearer token.
"""

import json
import os
from wsgiref.simple_server import make_server

from iamconsole.client import AccessKey, Client, requires

key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
iam = Client(os.environ["IAM_URL"], key=key)
ORDERS = {"/7": {"item": "tea", "amount": 2}}


@requires(iam, "orders:Read", resource="arn:aws:orders:::order{path}", service="orders")
def orders(environ, start_response):
    """Show an order to whoever may read it."""
    order = ORDERS.get(environ["PATH_INFO"])
    found = {"order": order, "for": environ["iam.identity"].name}
    start_response("200 OK" if order else "404 Not Found", [("Content-Type", "application/json")])
    return [json.dumps(found).encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ.get("PORT", "9000")), orders).serve_forever()
