"""Default: one process tree from `make run`, with nothing to install or start by hand."""

from iamconsole.settings.base import *  # noqa: F403
