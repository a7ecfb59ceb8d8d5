"""What can go wrong in the engine.

ValueError
  MalformedPolicy    a document that cannot be stored or evaluated
RuntimeError
  EngineFault        an evaluation that could not be finished; whoever asked must deny
"""

Path = tuple[str | int, ...]


class MalformedPolicy(ValueError):
    """A policy document is refused.

    `str()` is AWS's sentence, `detail` says precisely what is wrong in our words; `line` and `column` count from 1, and
    `path` leads to the element, for example `("Statement", 0, "Action", 1)`.
    """

    def __init__(self, message: str, *, line: int, column: int, path: Path, detail: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.path = message, line, column, path
        self.detail = detail or message


class EngineFault(RuntimeError):
    """An evaluation failed; the answer is a denial, never an allow."""
