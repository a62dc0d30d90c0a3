"""What changed between an edition and the one that it repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from microcredentials.models import Edition

TERMS = ("venue", "places", "price", "teachers")


@dataclass(frozen=True)
class TermChange:
    """One term of an edition, before and now."""

    label: Any
    before: Any
    after: Any


def reedition_changes(edition: Edition) -> tuple[TermChange, ...]:
    """Every term that differs from the edition that this one repeats; dates always do and are left out.

    Needs select_related("repeats__version", "version").
    """
    last = edition.repeats
    if last is None:
        return ()
    found = []
    if last.version_id != edition.version_id:
        found.append(
            TermChange(_("Version of the micro-credential"), last.version.number, edition.version.number)
        )
    if (before := _days(last)) != (after := _days(edition)):
        found.append(TermChange(_("Length in days"), before, after))
    for name in TERMS:
        old, new = _plain(getattr(last, name)), _plain(getattr(edition, name))
        if old != new:
            field = Edition._meta.get_field(name)
            found.append(TermChange(field.verbose_name, old, new))  # type: ignore[union-attr]
    return tuple(found)


def _days(edition: Edition) -> int | None:
    if edition.starts is None or edition.ends is None:
        return None
    return (edition.ends - edition.starts).days + 1


def _plain(value: Any) -> Any:
    return ", ".join(value.splitlines()) if isinstance(value, str) else value
