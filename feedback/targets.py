"""What a campaign is about: one edition, several pooled, or a list of partners. Pure: rows in, words out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from iqas.organisation.models import AcademicYear
    from microcredentials.models import Edition, MicroCredential, Partner


class TargetKind(models.TextChoices):
    EDITION = "edition", _("one edition")
    EDITIONS = "editions", _("several editions")
    PARTNERS = "partners", _("partners")


@dataclass(frozen=True)
class Target:
    """The one reading of a campaign's target. Editions need their version and micro-credential loaded."""

    kind: str
    editions: tuple[Edition, ...]
    partners: tuple[Partner, ...]
    year: AcademicYear | None

    @property
    def edition(self) -> Edition | None:
        """The one edition; None for a pool of several and for partners."""
        return self.editions[0] if self.kind == TargetKind.EDITION and self.editions else None

    @property
    def microcredential(self) -> MicroCredential | None:
        """The micro-credential that all its editions run; None where there are several or none."""
        found = {edition.microcredential_id: edition.microcredential for edition in self.editions}
        return next(iter(found.values())) if len(found) == 1 else None

    @property
    def label(self) -> str:
        """In a cell of a table: the code of the edition, or how many there are."""
        if self.edition is not None:
            return self.edition.code
        return how_many(self.kind, len(self.partners) or len(self.editions))

    @property
    def title(self) -> str:
        """In the language of whoever reads: what the people asked know it by."""
        if self.edition is not None:
            return str(self.edition.version.title)
        common = self.microcredential
        if common is not None:
            return str(self.editions[0].version.title)
        return self.label

    @property
    def name(self) -> str:
        """In a composed title: the course and its edition, or its year, or how many."""
        if self.edition is not None:
            return f"{self.edition.version.title} ({self.edition.code})"
        year = f" ({self.year})" if self.year is not None else ""
        return f"{self.title}{year}"


def how_many(kind: str, count: int) -> str:
    """Of a pool or of partners, in words."""
    if kind == TargetKind.PARTNERS:
        return ngettext("%(count)s partner", "%(count)s partners", count) % {"count": count}
    return ngettext("%(count)s edition", "%(count)s editions", count) % {"count": count}


def years_of(target: Target) -> list[Any]:
    """The academic years of its editions, or its own; each once."""
    found = {edition.year_id: edition.year for edition in target.editions}
    if not found and target.year is not None:
        return [target.year]
    return list(found.values())
