"""What pages of one's own account say in words."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# Others call themselves Chrome or Safari too: the first that is found is the browser.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Version", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """“Firefox 128, Windows”, as a person knows it; what cannot be told is shown as it came, shortened."""
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    for mark, name in BROWSERS:
        if found := re.search(rf"\b{mark}\w*/(\d+)", user_agent):
            return f"{name} {found.group(1)}" + (f", {system}" if system else "")
    return user_agent[:80] or str(_("unknown"))
