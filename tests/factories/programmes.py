"""Annual programmes of the tests and their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microcredentials.services import documents, programmes
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_year

if TYPE_CHECKING:
    from microcredentials.models import AnnualProgramme, Document


def make_programme(start: int = 2025) -> AnnualProgramme:
    """One in preparation, of the academic year that begins then."""
    return programmes.prepare_programme(actor=make_staff("quality_officer"), year=make_year(start))


def make_programme_document(
    programme: AnnualProgramme | None = None, language: str = "es", *, actor: Any = None
) -> Document:
    """Asked for; nothing is printed yet."""
    return documents.request_programme(
        actor=actor or make_staff("quality_officer"),
        programme=programme or make_programme(),
        language=language,
    )
