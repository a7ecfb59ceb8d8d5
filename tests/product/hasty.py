"""The product's default settings, but a scheduler that looks at rotations every second."""

from iamconsole.settings.embedded import *  # noqa: F403
from iamconsole.settings.schedule import entries

CELERY_BEAT_SCHEDULE = {
    "rotation-advance": entries()["rotation-advance"] | {"schedule": 1, "options": {"expire_seconds": 10}}
}
