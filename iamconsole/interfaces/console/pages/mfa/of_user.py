"""The MFA devices of another user: an administrator sees them and takes away what was lost."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.mfa import devices
from iamconsole.interfaces.console.pages.mfa.verify import demanded
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.visit import Visit

NO_PASSWORD_YET = _("Once there is a password, it alone opens the console, until the user sets up a second factor.")


def panel(visit: Visit, name: str, *, has_password: bool) -> panels.Panel:
    """The devices of a user, for his page."""
    remove_url = reverse("console:user-mfa-remove", args=[name])
    said = devices.PASSWORD_ALONE if has_password else NO_PASSWORD_YET
    listed = visit.all("iam:ListMFADevices", user_name=name)
    return devices.table(visit, listed, remove_url, unprotected=said, user_name=name)


def user_mfa_remove(visit: Visit, name: str) -> HttpResponse:
    """Take a device away from a user, who is signed out by that."""
    if asked := demanded(visit):
        return asked
    there, serial = credentials_tab.url(name), visit.request.GET.get("serial", "")
    if visit.call.principal.is_user and visit.call.principal.name.lower() == name.lower():
        return visit.redirect(f"{reverse('console:mfa-remove')}?{urlencode({'serial': serial})}")  # it keeps him in
    visit.run("iam:GetMFADevice", user_name=name, serial_number=serial)
    if visit.posting:
        visit.batch(devices.removal(visit, serial, user_name=name))
        said = _("%(device)s of %(name)s was removed.") % {"device": devices.name_of(serial), "name": name}
        return visit.redirect(there, said)
    crumbs = [{"label": _("Users"), "url": reverse("console:users")}, {"label": name, "url": there}]
    return devices.question(visit, serial, there, crumbs=crumbs)
