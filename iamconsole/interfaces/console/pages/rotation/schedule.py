"""The form of a schedule: for a key, a user, a group, or the account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rotation.deliveries import PULL, TABLE, SettingsRefused
from iamconsole.interfaces.console import cells, submission
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.rotation import delivery_fields, words
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import Fault

PUT = "iamconsole:PutRotationSchedule"
TARGETS = ("user_name", "group_name", "access_key_id")
LENGTHS = ("overlap", "quiet", "grace")
HOUR = 3600


def _number(label: Any, help_text: Any = "", *, required: bool = True, initial: Any = None) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, required=required, initial=initial)


def _hours(label: Any, help_text: Any, initial: float) -> forms.FloatField:
    return forms.FloatField(label=label, help_text=help_text, initial=initial, min_value=0)


class ScheduleForm(OperationForm):
    """The members of PutRotationSchedule, lengths of time in hours."""

    renamed = {f"{name}_seconds": f"{name}_hours" for name in LENGTHS}

    max_age_days = _number(_("Days until a key is replaced"), _("1 to 3650."), initial=90)
    notice_days = _number(_("Days of notice before that"), initial=7)
    overlap_hours = _hours(_("Hours for which both keys work at least"), _("From the first use of the new one."), 24)
    quiet_hours = _hours(
        _("Hours for which nobody may have used the old key"), _("Before it is made inactive; 0 does not wait."), 24
    )
    grace_hours = _hours(_("Hours for which the old key stays, inactive"), _("Until then there is a way back."), 168)
    delete_inactive_after_days = _number(
        _("Days after which an inactive key is deleted to make room"),
        _("Only where both slots are taken. Never if left blank."),
        required=False,
    )
    paused = forms.BooleanField(label=_("Paused: begin no rotation"), required=False)
    delivery_kind = forms.ChoiceField(
        label=_("Delivery"),
        choices=[(name, kind.title) for name, kind in TABLE.items()],
        initial=PULL,
        help_text=_("How a new key reaches whoever uses the old one."),
    )

    use_required_attribute = False  # of the kinds, one is filled in

    def __init__(self, *args: Any, kept: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(delivery_fields.declared())
        delivery_fields.require(self.fields, self.data.get("delivery_kind"), kept)

    def sent(self) -> dict[str, Any]:
        """The members, as the operation takes them."""
        given = self.members(*TERMS)
        for name in LENGTHS:
            given[f"{name}_seconds"] = round(given.pop(f"{name}_hours", 0) * HOUR)
        given["delivery_settings"] = delivery_fields.sent(given["delivery_kind"], self.cleaned_data)
        return given

    def blame(self, fault: Fault) -> None:
        """Put what is wrong with a delivery on the fields of its kind."""
        if not isinstance(fault, SettingsRefused):
            super().blame(fault)
            return
        for member, text in fault.faults.items():
            field = delivery_fields.name(self.cleaned_data["delivery_kind"], member)
            self.add_error(field if field in self.fields else None, text)

    def fieldsets(self) -> list[dict[str, Any]]:
        """The terms, and the settings of each kind of delivery."""
        return [{"title": _("Terms"), "fields": [self[name] for name in TERMS]}, *delivery_fields.fieldsets(self)]


TERMS = tuple(name for name in ScheduleForm.base_fields if name != submission.FIELD)


def rotation_schedule(visit: Visit) -> HttpResponse:
    """Show the schedule of a target as a form, and put it."""
    target = {name: visit.request.GET[name] for name in TARGETS if visit.request.GET.get(name)}
    visit.demand(PUT, **target)
    present = visit.look("iamconsole:GetRotationSchedule", **target)
    form = ScheduleForm(visit.request.POST or None, **_shown(present.rotation_schedule if present else None))
    there = reverse("console:rotation-schedules")
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run(PUT, **target, **form.sent())
            return visit.redirect(there, _("The schedule was saved."))
    named = next(iter(target.values()), _("the account"))
    delete = cells.post(_("Delete"), f"{reverse('console:rotation-unschedule')}", tone="danger", **target)
    context = {
        "title": _("Rotation schedule for %(target)s") % {"target": named},
        "breadcrumbs": words.crumbs({"label": _("Schedules"), "url": there}, {"label": named}),
        "actions": [visit.offer(delete, "iamconsole:DeleteRotationSchedule", **target)] if present else [],
        "form": form,
        "fieldsets": form.fieldsets(),
        "submit_label": _("Save schedule"),
        "cancel_url": there,
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _shown(schedule: Any) -> dict[str, Any]:
    """What the form shows of a schedule, and which secrets it keeps."""
    if schedule is None:
        return {}
    lengths = {f"{name}_hours": f"{getattr(schedule, f'{name}_seconds') / HOUR:g}" for name in LENGTHS}
    settings = delivery_fields.initial(schedule.delivery_kind, schedule.delivery_settings)
    return {"initial": schedule.model_dump() | lengths | settings, "kept": frozenset(schedule.secret_settings)}


def rotation_unschedule(visit: Visit) -> HttpResponse:
    """Delete a schedule."""
    there = reverse("console:rotation-schedules")
    if not visit.posting:
        return visit.redirect(there)
    target = {name: visit.request.POST[name] for name in TARGETS if visit.request.POST.get(name)}
    visit.run("iamconsole:DeleteRotationSchedule", **target)
    return visit.redirect(there, _("The schedule was deleted."))
