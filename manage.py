#!/usr/bin/env python
"""Django's command line for IAM Console; `manage.py help` lists the commands, `make help` the rest."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.embedded")
    from django.core.management import execute_from_command_line

    from iamconsole.settings.environment import EnvironmentRefused

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentRefused as refusal:
        sys.exit(f"iam-console: {refusal}")


if __name__ == "__main__":
    main()
