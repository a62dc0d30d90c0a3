"""The comments on a section, beside the section, for whoever writes it."""

from __future__ import annotations

from typing import Any

from django import template

from microcredentials.models import MicroCredentialVersion
from microcredentials.sections import Section
from microcredentials.selectors.process import threads_of

register = template.Library()


@register.inclusion_tag("microcredentials/_section_remarks.html")
def section_remarks(version: MicroCredentialVersion, section: Section) -> dict[str, Any]:
    """What is said about this section and not resolved, reasons of a return first; one statement."""
    threads = [
        thread
        for thread in threads_of(version, section.code).get(section.code, [])
        if not thread.root.is_resolved
    ]
    return {
        "microcredential": version.microcredential,
        "section": section,
        "threads": sorted(threads, key=lambda thread: thread.root.act_id is None),
    }
