"""The WSGI application: a path switch between the lean doors and Django (docs/adr/0002)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.embedded")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402  (settings are chosen above)

import iamconsole.celery  # noqa: E402  (tasks are asked for through its broker)
import iamconsole.interfaces.workers.hints  # noqa: E402, F401  (listens for commits)
from accounts.master_keys.starting import refuse_wrong_master_keys  # noqa: E402
from iamconsole.interfaces.decisions.application import switch  # noqa: E402
from iamconsole.interfaces.query.door import before  # noqa: E402
from iamconsole.runtime.tracing import served  # noqa: E402

refuse_wrong_master_keys()
application = served(switch(before(_django), test_mode=settings.IAM_TEST_MODE))
