"""An authenticator app that shows what pyotp, which is not what the product computes with, makes of a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pyotp

from accounts.users.models import User
from iamconsole.kernel import clock
from tests.support.tenants import Tenant, run

STEP = 30


@dataclass
class Phone:
    """A virtual device; its codes are asked for relative to now, in steps."""

    tenant: Tenant
    serial_number: str
    seed: str
    user_name: str = ""

    @classmethod
    def new(cls, tenant: Tenant, name: str = "phone") -> Phone:
        made = tenant.run("iam:CreateVirtualMFADevice", virtual_mfa_device_name=name).virtual_mfa_device
        return cls(tenant, made.serial_number, made.base32_string_seed.decode())

    @classmethod
    def enabled(cls, tenant: Tenant, user_name: str, name: str = "phone") -> Phone:
        made = replace(cls.new(tenant, name), user_name=user_name)
        call = tenant.operator()
        call.time -= timedelta(minutes=10)
        run(call, "iam:EnableMFADevice", **made.members(made.pair(-20)))
        return made

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.seed).at(clock.now().timestamp() + steps * STEP)

    def pair(self, steps: int = 0) -> tuple[str, str]:
        """Two codes in a row, the later one that of `steps` from now."""
        return self.code(steps - 1), self.code(steps)

    def members(self, codes: tuple[str, str]) -> dict[str, Any]:
        return {
            "user_name": self.user_name,
            "serial_number": self.serial_number,
            "authentication_code1": codes[0],
            "authentication_code2": codes[1],
        }

    def wrong(self) -> str:
        """Six digits that are no code within an hour of now."""
        near = {self.code(steps) for steps in range(-125, 126)}
        return next(code for number in range(1000) if (code := f"{number:06d}") not in near)

    @property
    def owner(self) -> User:
        found: User = User.named(self.tenant.account_id, self.user_name)
        return found
