"""`{% icon "users" %}`: Lucide icons as inline SVG, so they follow the text colour and need no request."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """Render the Lucide icon `name`, `size` pixels square.

    Without `label` it is decoration and hidden from assistive technology; with one it is an image of that name.
    Raises lucide.IconDoesNotExist for an unknown name.
    """
    return _svg(str(name), size, str(label))


@lru_cache(maxsize=512)
def _svg(name: str, size: int, label: str) -> SafeString:
    meaning = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attributes = {"class": "icon", "stroke-width": "1.75", **meaning}
    # ElementTree escapes every attribute while it serialises, so the markup is safe whatever the label holds.
    return mark_safe(lucide(name, size=size, **attributes))  # noqa: S308
