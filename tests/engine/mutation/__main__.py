"""`make mutate`: mutate the engine, see which mutants its tests notice, write docs/mutation.md.

With arguments, names or patterns of mutants, only those are tested again and the other results stay.
"""

import gc
import shutil
import sys

from mutmut.__main__ import cli

from tests.engine.mutation import decorated, report, shortcut

gc.disable()  # to look for garbage costs a forked process more than its tests
decorated.install()
shortcut.install()
if len(sys.argv) == 1:
    shutil.rmtree("mutants", ignore_errors=True)
cli.main(["run", "--max-children", "2", *sys.argv[1:]], standalone_mode=False)
sys.exit(report.write())
