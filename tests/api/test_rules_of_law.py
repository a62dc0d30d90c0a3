"""Every rule of law refuses with its article, in form, API and import alike, from one place in the code.

Each rule is broken through every door that leads to it. Each door has to answer with the same code, the same article
and the same sentence: those of `microcredentials.rules`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from iqas.accounts.models import RoleAssignment
from microcredentials import rules
from microcredentials.models import MicroCredential, Submission
from microcredentials.services import proposals
from microcredentials.services.catalogue_import import import_catalogue
from microcredentials.services.writing import Body, Evaluation
from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission, take_to
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre
from tests.support.pages import uploaded
from tests.web.test_proposal_pages import sent

pytestmark = pytest.mark.django_db
TODAY = "2026-03-02"


@dataclass(frozen=True)
class Refused:
    """What one door answered. `article` is None where the door says it in its sentence only."""

    door: str
    code: str
    sentence: str
    article: str | None = None


class Doors:
    """The same wish through the form, the API and the import."""

    def __init__(self, person: Any, client_for: Any, api: Any) -> None:
        self.person = person
        self.client = client_for(person)
        self.client.cookies["iqas_language"] = "en"
        self.call = api(person)
        self.call.client.cookies["iqas_language"] = "en"

    def form(self, name: str, *args: Any, **data: Any) -> Refused:
        """The refusal on the form, or as a page of its own."""
        answer = self.client.post(reverse(f"microcredentials:{name}", args=args), data)
        assert answer.status_code in (403, 409, 422), answer.status_code
        if "form" not in answer.context or answer.status_code != 422:
            return Refused("form", answer.context["code"], str(answer.context["message"]))
        form = answer.context["form"]
        form = getattr(form, "form", form)
        ((error, *_more), *_others) = form.errors.as_data().values()
        return Refused("form", error.code, error.messages[0])

    def section(self, code: str, section: str, **changes: Any) -> Refused:
        address = reverse("microcredentials:section-edit", args=[code, section])
        return self.form("section-edit", code, section, **sent(self.client, address, **changes))

    def api(self, method: str, path: str, body: Any) -> Refused:
        status, problem = self.call(method, f"microcredentials/{path}", body)
        assert status in (403, 409), (status, problem)
        return Refused("api", problem["code"], problem["title"], problem["article"])

    def imported(self, *lines: str, drafts: bool = False, about: str = "", code: str = "") -> Refused:
        """What the import says of a file, or of one column of it, or of one rule: by service, page and API the same."""
        centre, content = make_centre(), "\n".join(lines).encode()
        answers = [
            self._by_page(centre, content, drafts=drafts),
            self._by_api(centre, content, drafts=drafts),
        ]
        with translation.override("en"):
            report = import_catalogue(
                actor=self.person, file=io.BytesIO(content), centre=centre, drafts=drafts
            ).told()
        told = report["rejected"] or report["notes"][0]["missing"]
        for answer in answers:
            assert saying(answer["rejected"] or answer["notes"][0]["missing"]) == saying(told)
        (error,) = [each for each in told if about in ("", each["field"]) and code in ("", each["code"])]
        return Refused("import", error["code"], str(error["message"]), error["article"])

    def _by_page(self, centre: Any, content: bytes, *, drafts: bool) -> Any:
        fields = {"centre": centre.pk} | ({"drafts": "on"} if drafts else {})
        return uploaded(self.client, reverse("microcredentials:catalogue-upload"), content, **fields).context[
            "report"
        ]

    def _by_api(self, centre: Any, content: bytes, *, drafts: bool) -> Any:
        sent_along = {"centre": centre.code, "drafts": str(drafts).lower(), "dry_run": "true"}
        file = SimpleUploadedFile("lista.csv", content)
        answer = self.call.client.post(
            reverse("api:microcredentials:catalogue-import"), {"file": file, **sent_along}
        ).json()
        return answer.get("report", answer)


def saying(errors: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (each["row"], each["field"], each["code"], str(each["message"]), each["article"]) for each in errors
    ]


@pytest.fixture
def doors(client_for: Any, api: Any, at: Any) -> Iterator[Callable[[Any], Doors]]:
    at(f"{TODAY} 10:00")
    with translation.override("en"):
        yield lambda person: Doors(person, client_for, api)


@pytest.fixture
def officer() -> Any:
    return make_staff("quality_officer")


def assert_alike(found: list[Refused], code: str, sentence: Any, article: str) -> None:
    assert rules.ARTICLES[code] == article
    assert {one.code for one in found} == {code}, found
    assert {one.sentence for one in found} == {str(sentence)}, found
    assert {one.article for one in found if one.article is not None} == {article}, found
    numbers = article.rpartition("art. ")[2].split(", ") if "art. " in article else [article[-1]]
    assert all(number in str(sentence) for number in numbers), "the sentence names its article"


def draft_of(officer: Any, **design: Any) -> MicroCredential:
    return make_microcredential("Datos", actor=officer, **design)


@pytest.mark.parametrize("ects", ["15", "15.5", "120", "0"])
def test_fifteen_ects(doors: Any, officer: Any, ects: str) -> None:
    draft, through = draft_of(officer), doors(officer)
    version = f"{draft.code}/versions/1/"
    found = [
        through.section(draft.code, "identity", ects=ects),
        through.api("PATCH", version, {"ects": ects, "revision": draft.current.version}),
        through.api("POST", "", {"centre": "FAC-A", "title_es": "Otra", "ects": ects}),
        through.imported("title;ects", f"Nueva;{ects}"),
        through.imported("title;ects", f"Datos;{ects}", drafts=True),
    ]
    assert_alike(found, "ects-range", rules.ECTS_RANGE, "RD 822/2021 art. 37.8")
    draft.refresh_from_db()
    assert (MicroCredential.objects.count(), draft.current.ects) == (1, Decimal(6))


PROOF = {"name_es": "Prueba", "criteria_es": "Acierta ocho de diez."}
GAPS = [
    ("no-responsible", {"responsible_name": "", "responsible_email": ""}, "responsible_teacher", "RD 822/2021 art. 37.4"),
    ("no-outcomes", {"rows": {"outcomes": []}}, "outcomes", "RD 822/2021 art. 37.8"),
    ("outcome-not-assessed", {"rows": {"assessments": [Evaluation(PROOF)]}}, None, "2022/C 243/02 Annex II.4"),
    ("no-degree-rule", {"requires_degree": None}, "requires_degree", "RD 822/2021 art. 37.5"),
    ("no-mode", {"mode": ""}, "mode", "RD 822/2021 art. 37.3"),
]  # fmt: skip
ROW = {
    "title": "Nueva",
    "ects": "3",
    "mode": "virtual",
    "requires_degree": "no",
    "eqf_level": "5",
    "responsible_teacher": "Ana Ruiz",
    "quality_assurance": "Propia",
    "outcomes": "Explica",
    "assessments": "Examen",
}
SENTENCES = {
    "no-responsible": rules.NO_RESPONSIBLE,
    "no-outcomes": rules.NO_OUTCOMES,
    "outcome-not-assessed": rules.OUTCOME_NOT_ASSESSED,
    "no-degree-rule": rules.NO_DEGREE_RULE,
    "no-mode": rules.NO_MODE,
}


@pytest.mark.parametrize(("code", "lacks", "column", "article"), GAPS, ids=[gap[0] for gap in GAPS])
def test_what_a_submission_must_have(
    doors: Any, officer: Any, code: str, lacks: Any, column: str | None, article: str
) -> None:
    draft, through = draft_of(officer), doors(officer)
    proposals.edit_version(actor=officer, version=draft.current, seen=draft.current.version, **dict(lacks))
    found = [
        through.form("version-submit", draft.code, note=""),
        through.api("POST", f"{draft.code}/versions/1/submit/", {}),
    ]
    row = ROW | ({column: ""} if column else {})  # no column can say which assessment is of which outcome
    file = (";".join(row), ";".join(row.values()))
    found.append(through.imported(*file, about=column or "assessments", code="" if column else code))
    assert_alike(found, code, SENTENCES[code], article)
    assert not Submission.objects.exists()


@pytest.mark.parametrize("role", ["auditor", "student_auditor"])
def test_a_responsible_teacher_from_outside_the_university(doors: Any, officer: Any, role: str) -> None:
    outside = make_staff(role, email="fuera@example.org")
    draft, through = draft_of(officer), doors(officer)
    version = f"{draft.code}/versions/1/"
    found = [
        through.section(draft.code, "staff", responsible_email="Fuera@example.org"),
        through.api(
            "PATCH", version, {"responsible_email": outside.email, "revision": draft.current.version}
        ),
        through.api("POST", "", {"centre": "FAC-A", "title_es": "Otra", "responsible_email": outside.email}),
        through.imported("title;ects;responsible_email", f"Nueva;3;{outside.email}"),
    ]
    assert_alike(found, "external-responsible", rules.EXTERNAL_RESPONSIBLE, "RD 822/2021 art. 37.4")
    draft.current.refresh_from_db()
    assert draft.current.responsible_teacher is None
    teacher = make_staff("coordinator", email="dentro@example.org")
    proposals.edit_version(
        actor=officer,
        version=draft.current,
        seen=draft.current.version,
        responsible_teacher=teacher,
        responsible_email=teacher.email,
    )
    RoleAssignment.objects.filter(user=teacher).update(role=role)
    assert_alike(
        [
            through.form("version-submit", draft.code, note=""),
            through.api("POST", f"{draft.code}/versions/1/submit/", {}),
        ],
        "external-responsible",
        rules.EXTERNAL_RESPONSIBLE,
        "RD 822/2021 art. 37.4",
    )


BEYOND_A_LIST = [
    ("no-criteria", {"assessments": [Evaluation({"name_es": "Prueba"}, ("RA1", "RA2"))]}, {}, "2022/C 243/02 Annex II.4"),
    (
        "no-agreement",
        {"awarding_bodies": [Body("Universidad de Uno", True), Body("Universidad de Dos")]},
        {"university": "Universidad de Uno y Universidad de Dos"},
        "2022/C 243/02 Annex I.4",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "rows", "cells", "article"), BEYOND_A_LIST, ids=[each[0] for each in BEYOND_A_LIST]
)
def test_what_a_submission_must_have_and_a_list_cannot_say(
    doors: Any, officer: Any, code: str, rows: Any, cells: Any, article: str
) -> None:
    draft, through = draft_of(officer), doors(officer)
    proposals.edit_version(actor=officer, version=draft.current, seen=draft.current.version, rows=rows)
    row = ROW | cells
    found = [
        through.form("version-submit", draft.code, note=""),
        through.api("POST", f"{draft.code}/versions/1/submit/", {}),
        through.imported(";".join(row), ";".join(row.values()), drafts=True, code=code),
    ]
    sentence = {"no-criteria": rules.NO_CRITERIA, "no-agreement": rules.NO_AGREEMENT}[code]
    assert_alike(found, code, sentence, article)
    assert not Submission.objects.exists()


def test_approving_ones_own_proposal(doors: Any, officer: Any) -> None:
    submission = make_submission(make_microcredential("Datos", actor=officer), author=officer)
    code, through = submission.version.microcredential.code, doors(officer)
    act = {"step": "quality-report", "outcome": "favourable", "held_on": TODAY}
    found = [
        through.form("act-record", code, "quality-report", outcome="favourable", held_on=TODAY),
        through.form("act-return", code, "quality-report", held_on=TODAY, reason_need="Falta"),
        through.api("POST", f"{code}/versions/1/acts/", act),
    ]
    assert_alike(found, "own-work", rules.OWN_WORK, "Ley 40/2015 art. 23")
    assert not submission.acts.exists()


def test_who_imported_it_wrote_it(doors: Any, officer: Any) -> None:
    through = doors(officer)
    draft = make_microcredential("Datos", actor=make_staff("coordinator"))
    report = import_catalogue(
        actor=officer, file=io.BytesIO(b"title;ects;hours\nDatos;6;155"), centre=make_centre()
    )
    assert (report.updated, report.rejected) == (1, [])
    make_submission(draft, author=make_staff("coordinator"))
    act = {"step": "quality-report", "outcome": "favourable", "held_on": TODAY}
    found = [through.api("POST", f"{draft.code}/versions/1/acts/", act)]
    assert_alike(found, "own-work", rules.OWN_WORK, "Ley 40/2015 art. 23")


@pytest.mark.parametrize("step", ["draft", "quality-report", "price"])
def test_publishing_before_the_acts_exist(doors: Any, officer: Any, step: str) -> None:
    draft, through = make_microcredential("Datos", actor=make_staff("coordinator")), doors(officer)
    if step != "draft":
        take_to(make_submission(draft, author=make_staff("coordinator")), step)
    found = [
        through.form("standing-change", draft.code, "publish", on=TODAY),
        through.api("POST", f"{draft.code}/standing/", {"step": "publish", "on": TODAY}),
    ]
    assert_alike(found, "acts-missing", rules.ACTS_MISSING, "RD 822/2021 art. 37.2, 37.10")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_changing_an_approved_version(doors: Any, officer: Any) -> None:
    approved, through = make_microcredential("Datos", approved=True, actor=officer), doors(officer)
    version = approved.current
    body = {"ects": "5", "revision": version.version}
    remark = {"section": "need", "text": "Tarde"}
    found = [
        through.form("section-edit", approved.code, "identity", ects="5"),
        through.form("version-submit", approved.code, note=""),
        through.api("PATCH", f"{approved.code}/versions/1/", body),
        through.api("POST", f"{approved.code}/versions/1/submit/", {}),
        through.api("POST", f"{approved.code}/versions/1/remarks/", remark),
        through.imported("title;ects", "Datos;5"),
        through.imported("title;ects;outcomes", "Datos;6;Otra cosa"),
    ]
    assert_alike(found, "frozen", rules.FROZEN, "RD 822/2021 art. 37.10")
    version.refresh_from_db()
    assert version.ects == Decimal(6)


def test_every_article_stands_in_its_sentence_in_spanish_too() -> None:
    told = SENTENCES | {
        "ects-range": rules.ECTS_RANGE,
        "frozen": rules.FROZEN,
        "own-work": rules.OWN_WORK,
        "acts-missing": rules.ACTS_MISSING,
    }
    with translation.override("es"):
        for code, sentence in told.items():
            numbers = rules.ARTICLES[code].rpartition("art. ")[2].split(", ")
            assert all(number[-2:].strip(".") in str(sentence) for number in numbers), (code, str(sentence))
