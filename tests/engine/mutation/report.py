"""docs/mutation.md: what the tests noticed of what mutmut changed, and why they could not notice the rest."""

import json
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path
from typing import NamedTuple

from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

HERE = Path(__file__).parent
DOCUMENT = Path("docs/mutation.md")
LEAST = 90
UNEXPLAINED = "**not explained**"
INTRODUCTION = (HERE / "introduction.md").read_text()


class Change(NamedTuple):
    """What a mutant makes of a line of a function."""

    function: str
    before: str
    after: str


class Module(NamedTuple):
    """The mutants of a module by outcome."""

    name: str
    killed: int
    timed_out: int
    survivors: list[Change]

    @property
    def mutants(self) -> int:
        return self.killed + self.timed_out + len(self.survivors)

    @property
    def score(self) -> str:
        return f"{100 * (self.mutants - len(self.survivors)) / self.mutants:.1f} %"


def write() -> str | None:
    """Write the document; the answer is what is wrong with the result, None if nothing is."""
    modules = [module for path in sorted(walk_mutatable_files()) if (module := _module(path)).mutants]
    total = Module(
        "all",
        sum(module.killed for module in modules),
        sum(module.timed_out for module in modules),
        [change for module in modules for change in module.survivors],
    )
    known = {
        Change(each["function"], each["before"], each["after"]): each["because"]
        for each in json.loads((HERE / "survivors.json").read_text())
    }
    figures = [_row(module.name, module) for module in modules] + [_row("**all**", total)]
    DOCUMENT.write_text(
        INTRODUCTION.format(figures="\n".join(figures), survivors="\n".join(_explained(total.survivors, known)))
    )
    return "\n".join(_faults(total, known)) or None


def _row(name: str, module: Module) -> str:
    cells = (name, module.mutants, module.killed, module.timed_out, len(module.survivors), module.score)
    return f"| {' | '.join(map(str, cells))} |"


def _faults(total: Module, known: dict[Change, str]) -> Iterator[str]:
    if 100 * (total.killed + total.timed_out) < LEAST * total.mutants:
        yield f"{total.score} of the mutants were noticed, {LEAST} % are wanted"
    for change in total.survivors:
        if change not in known:
            yield f"survived, and survivors.json does not say why: {json.dumps(change._asdict(), ensure_ascii=False)}"
    for change in known.keys() - set(total.survivors):
        yield f"explained in survivors.json, but did not survive: {json.dumps(change._asdict(), ensure_ascii=False)}"


def _explained(survivors: list[Change], known: dict[Change, str]) -> Iterator[str]:
    for change in dict.fromkeys(survivors):
        yield f"- `{change.function}`: `{change.before}` → `{change.after}`  \n  {known.get(change, UNEXPLAINED)}"


def _module(path: Path) -> Module:
    data = SourceFileMutationData(path=path)
    data.load()
    by_status: dict[str, list[str]] = {}
    for name, code in data.exit_code_by_key.items():
        by_status.setdefault(status_by_exit_code[code], []).append(name)
    killed, timed_out = by_status.pop("killed", []), by_status.pop("timeout", [])
    changes = [_change(path, name) for names in by_status.values() for name in names]
    return Module(path.stem, len(killed), len(timed_out), changes)


def _change(path: Path, mutant: str) -> Change:
    name = mutant.rpartition(".")[2]
    function = name.partition("__mutmut_")[0]
    shown = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    spans = MutantLineSpans.load(path)
    assert spans is not None
    generated = (f"{function}__mutmut_orig", name)
    before, after = (
        [line.strip() for line in source.replace(own, shown).splitlines()]
        for own, source in zip(generated, spans.read_function_sources(generated), strict=True)
    )
    lines = list(ndiff(before, after))
    removed, added = (" ".join(line[2:] for line in lines if line.startswith(sign)) for sign in "-+")
    return Change(f"{path.stem}.{shown}", removed, added)
