"""The WSGI application of a decision node: the lean doors alone, without Django's handler (docs/adr/0002)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.embedded")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (settings are chosen above)

from iamconsole.interfaces.decisions.application import alone  # noqa: E402
from iamconsole.runtime.tracing import served  # noqa: E402

application = served(alone(test_mode=settings.IAM_TEST_MODE))
