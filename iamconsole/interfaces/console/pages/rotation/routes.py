"""Where the pages of key rotation are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.rotation import detail, lists, schedule, start
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("key-rotation/", lists.rotations_list, "rotations"),
    Route("key-rotation/keys/", lists.keys_list, "rotation-keys"),
    Route("key-rotation/schedules/", lists.schedules_list, "rotation-schedules"),
    Route("key-rotation/schedule/", schedule.rotation_schedule, "rotation-schedule"),
    Route("key-rotation/schedule/delete/", schedule.rotation_unschedule, "rotation-unschedule"),
    Route("key-rotation/rotations/<str:rotation_id>/", detail.rotation_detail, "rotation"),
    Route("key-rotation/rotations/<str:rotation_id>/do/", detail.rotation_do, "rotation-do"),
    Route("users/<str:name>/keys/<str:key_id>/rotate/", start.rotation_start, "rotation-start"),
)
