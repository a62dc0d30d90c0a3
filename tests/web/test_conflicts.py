"""Two people save the same record: the second sees both texts in words, keeps what was written, and decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from iqas.organisation.forms import CentreEditForm, UniversityForm
from iqas.organisation.models import University
from microcredentials.forms import CountsForm, EditionForm
from microcredentials.forms.partners import PartnerForm
from microcredentials.forms.pathways import PathwayForm
from tests.factories.audits import make_cast, make_written
from tests.factories.microcredentials import make_counts, make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university
from tests.factories.partners import make_partner, make_pathway
from tests.support.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SEEN = re.compile(r'name="seen_version"[^>]*value="(\d+)"')


@dataclass(frozen=True)
class Case:
    """A form as it was opened; what the first and the second person change; what is read of it, and what never is."""

    url: str
    opened: dict[str, Any]
    first: dict[str, Any]
    second: dict[str, Any]
    says: tuple[str, ...]
    never: tuple[str, ...] = ()


def posted(initial: dict[str, Any]) -> dict[str, Any]:
    """A form's initial values as a browser sends them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in initial.items()
        if value is not None and value is not False
    }


def settings_case() -> Case:
    return Case(
        reverse("organisation:university-edit"),
        posted(UniversityForm.initial_of(the_university())),
        {"threshold": "7", "is_public": ""},
        {"short_name": "UVX"},
        ("UVX", "7", "No", "Sí"),
        ("True", "False"),
    )


def centre_case() -> Case:
    centre = make_centre("FAC-A", "Facultad A")
    return Case(
        reverse("organisation:centre-edit", args=[centre.code]),
        posted(CentreEditForm.initial_of(centre)) | {"kind": "faculty"},
        {"name_es": "Facultad Primera"},
        {"kind": "institute"},
        ("Facultad Primera", "instituto"),
    )


def edition_case() -> Case:
    the_university(is_public=False)  # a public one keeps the approved price
    edition = make_edition()
    return Case(
        reverse("microcredentials:edition-edit", args=[edition.code]),
        posted(EditionForm.initial_of(edition)) | {"price": "120,50"},
        {"starts": "2025-10-13"},
        {"venue": "Aula 4"},
        ("Aula 4", "13 de octubre de 2025"),
        ("None", "120.50"),
    )


def counts_case() -> Case:
    edition = make_edition(state="finished", counts={})
    make_counts(edition, enrolled=20)
    edition.refresh_from_db()
    return Case(
        reverse("microcredentials:edition-counts", args=[edition.code]),
        posted(CountsForm.initial_of(edition.counts)),
        {"enrolled": "21"},
        {"completed": "17"},
        ("21", "17"),
        ("None",),
    )


def partner_case() -> Case:
    partner = make_partner("Cámara de Comercio")
    return Case(
        reverse("microcredentials:partner-edit", args=[partner.code]),
        posted(PartnerForm.initial_of(partner)),
        {"kind": "employment_service"},
        {"notes": "Segunda nota"},
        ("Segunda nota", "empresa"),
        ("employment_service,",),
    )


def pathway_case() -> Case:
    pathway = make_pathway([make_microcredential(approved=True)])
    return Case(
        reverse("microcredentials:pathway-edit", args=[pathway.code]),
        posted(PathwayForm.initial_of(pathway)),
        {"note": "Primera nota"},
        {"replaces_own_title": "on"},
        ("Primera nota", "Sí"),
        ("True", "False"),
    )


def introduction_case() -> Case:
    assessment = make_written(make_cast())
    return Case(
        reverse("audits:introduction-edit", args=[assessment.code]),
        {"seen_version": assessment.version, "title": assessment.title, "introduction": "Como se abrió"},
        {"introduction": "Texto primero"},
        {"introduction": "Texto segundo"},
        ("Texto primero", "Texto segundo"),
    )


def criterion_case() -> Case:
    assessment = make_written(make_cast())
    row = assessment.criteria.select_related("rating", "criterion").exclude(rating=None).first()
    level = assessment.scale.levels.order_by("order").first()
    return Case(
        reverse("audits:criterion-edit", args=[assessment.code, row.criterion.code]),
        {"seen_version": row.version, "rating": "", "narrative": "Como se abrió"},
        {"narrative": "Texto primero", "rating": level.code},
        {"narrative": "Texto segundo"},
        ("Texto primero", "Texto segundo", level.label, "Guardado entretanto por"),
    )


@pytest.mark.parametrize(
    "prepared",
    [
        settings_case,
        centre_case,
        edition_case,
        counts_case,
        partner_case,
        pathway_case,
        introduction_case,
        criterion_case,
    ],
)
def test_the_second_to_save_sees_both_texts_and_decides(
    prepared: Callable[[], Case], staff: Any, client_for: Any
) -> None:
    make_year(2025)
    case = prepared()
    role = "administrator" if "/settings/" in case.url else "quality_officer"
    first, second = client_for(staff(role)), client_for(staff(role))
    assert first.post(case.url, case.opened | case.first).status_code == 302
    answer = second.post(case.url, case.opened | case.second)
    assert answer.status_code == 409
    told = answer.content.decode()
    table = told[told.index("Otra persona ha guardado esto mientras tanto") :].split("</table>")[0]
    for words in case.says:
        assert words in told, words
    for code in case.never:
        assert code not in table, code
    assert "Su texto" in table
    seen = SEEN.search(told)
    assert seen, "the form carries the version that was compared"
    again = case.opened | case.second | {"seen_version": seen[1]}
    assert second.post(case.url, again).status_code == 302


def test_the_order_of_steps_is_told_too(staff: Any, client_for: Any) -> None:
    one, two = (make_microcredential(approved=True) for _each in range(2))
    pathway = make_pathway([one])
    address = reverse("microcredentials:pathway-steps", args=[pathway.code])
    sent = {
        "step-TOTAL_FORMS": "1",
        "step-INITIAL_FORMS": "0",
        "step-0-number": "3",
        "step-0-code": two.code,
        "seen_version": str(pathway.version),
    }
    client = client_for(staff("quality_officer"))
    assert client.post(address, sent | {"step-0-number": "1"}).status_code == 302
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert f"3. {two.code}" in text_of(answer)
    assert f"1. {two.code}" in text_of(answer)


def test_a_logo_that_is_refused_is_said_beside_its_field_and_changes_nothing(
    staff: Any, client_for: Any
) -> None:
    form = posted(UniversityForm.initial_of(the_university())) | {"short_name": "UVX"}
    form["logo"] = SimpleUploadedFile("logo.png", b"no picture at all")
    answer = client_for(staff("administrator")).post(reverse("organisation:university-edit"), form)
    assert answer.status_code == 422
    assert University.current().short_name != "UVX"
