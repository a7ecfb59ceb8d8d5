"""Where the pages of second factors are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.mfa import codes, devices, enrol, of_user, signin
from iamconsole.interfaces.console.pages.mfa.verify import verify
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("signin/mfa/", signin.signin_mfa, "signin-mfa", public=True),
    Route("signin/passkey/", signin.signin_passkey, "signin-passkey", public=True),
    Route("verify/", verify, "verify"),
    Route("mfa/", devices.mfa, "mfa", own=True),
    Route("mfa/app/", enrol.mfa_totp, "mfa-totp", own=True),
    Route("mfa/key/", enrol.mfa_key, "mfa-key", own=True),
    Route("mfa/remove/", devices.mfa_remove, "mfa-remove", own=True),
    Route("mfa/recovery-codes/", codes.mfa_codes, "mfa-codes", own=True),
    Route("mfa/recovery-codes/drill/", codes.mfa_drill, "mfa-drill", own=True),
    Route("mfa/recovery-codes.txt", codes.mfa_codes_text, "mfa-codes-text", own=True),
    Route("users/<str:name>/mfa/remove/", of_user.user_mfa_remove, "user-mfa-remove"),
)
