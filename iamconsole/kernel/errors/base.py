"""What every fault is."""

from __future__ import annotations

from typing import ClassVar


class Fault(Exception):
    """A refusal with AWS's wire code, HTTP status and message; `sender` tells whose fault it is.

    `shape` is the name botocore gives the exception; it differs from `code` for many IAM faults.
    """

    code: ClassVar[str] = "InternalFailure"
    status: ClassVar[int] = 500
    shape: ClassVar[str] = ""
    sender: ClassVar[bool] = True

    def __init__(self, message: str = "") -> None:
        self.message = message or self.default_message()
        super().__init__(self.message)

    @classmethod
    def default_message(cls) -> str:
        return (cls.__doc__ or cls.code).strip().splitlines()[0]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = cls.__name__
        if "shape" not in cls.__dict__:
            cls.shape = f"{cls.__name__}Exception"
