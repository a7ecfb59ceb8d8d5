"""Production: the same commands as separate services, with a key, a database and a Redis that are given."""

from iamconsole.settings import logs
from iamconsole.settings.base import *  # noqa: F403
from iamconsole.settings.base import HTTPS, env
from iamconsole.settings.environment import EnvironmentRefused
from iamconsole.settings.keys import refuse_key_beside_data

for _name in ("DATABASE_URL", "REDIS_URL", "IAM_PUBLIC_URL"):
    if not env[_name]:
        raise EnvironmentRefused(f"{_name}: production settings need it; the README's table says what it is")
refuse_key_beside_data(env)

LOGGING = logs.configure(operations="INFO")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
# Preloading binds every sub-domain of the operator's for months: his decision, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
