"""The guided proposal: every section saves by itself, says what it lacks, and two people lose no word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from microcredentials.models import MicroCredential, MicroCredentialVersion
from microcredentials.sections import SECTIONS
from microcredentials.services import proposals
from microcredentials.services.writing import Evaluation
from tests.factories.evidence import EvidenceFactory
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre
from tests.integration.test_proposals import ESCO, make_whole
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


def page_of(version: MicroCredentialVersion, section: str) -> str:
    return url("section-edit", version.microcredential.code, section)


def sent(client: Any, address: str, **changes: Any) -> dict[str, Any]:
    """What the page would send as it stands, with `changes`; a double underscore stands for a hyphen."""
    editor = client.get(address).context["editor"]
    data: dict[str, Any] = {}
    for form in (
        editor.form,
        *(part for rows in editor.rows.values() for part in (rows.management_form, *rows)),
    ):
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                data[field.html_name] = "on" if value is True else value
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def says(answer: Any, status: int, *texts: str) -> None:
    body = text_of(answer)
    assert (answer.status_code, [text for text in texts if text not in body]) == (status, [])


@pytest.fixture
def draft() -> MicroCredentialVersion:
    version = make_microcredential("Uno").current
    assert version is not None
    return version


@pytest.fixture
def client(staff: Any, client_for: Any) -> Any:
    return client_for(staff("quality_officer"))


def test_from_nothing_to_approved(staff: Any, client_for: Any) -> None:
    centre = make_centre()
    author = client_for(staff("coordinator", scope=centre.scope))
    answer = author.post(url("microcredential-create"), {"centre": centre.pk, "title_es": "Uno"})
    made = MicroCredential.objects.get()
    version = made.current
    assert version is not None
    assert answer.headers["Location"] == page_of(version, "identity")
    assert [body.is_coordinating for body in version.awarding_bodies.all()] == [True]

    def write(section: str, **changes: Any) -> Any:
        address = page_of(version, section)
        answer = author.post(address, sent(author, address, **changes))
        assert answer.status_code == 302, text_of(answer)
        return answer

    write("identity", ects="4,5", hours="112", eqf_level="5", country="es")
    write("outcomes", outcomes__0__text_es="Segundo")
    write("outcomes", outcomes__0__ORDER=2, outcomes__1__text_es="Primero", outcomes__1__ORDER=1)
    write(
        "assessment",
        assessments__0__name_es="Examen",
        assessments__0__criteria_es="Aprueba",
        assessments__0__outcomes=[str(outcome.pk) for outcome in version.outcomes.all()],
    )
    write("teaching", mode="hybrid")
    write("staff", responsible_name="Ana Ruiz Peña")
    write("access", requires_degree="no")
    refused = author.post(url("version-submit", made.code), {"note": ""})
    assert refused.status_code == 422
    assert "anexo I" in text_of(refused)
    write("quality", quality_assurance_es="SIGC")
    version.refresh_from_db()
    assert (version.country, version.ects, version.elements_done) == ("ES", Decimal("4.5"), 9)
    assert [outcome.text_es for outcome in version.outcomes.all()] == ["Primero", "Segundo"]  # type: ignore[attr-defined]
    assert version.assessments.get().outcomes.count() == 2
    assert author.post(url("version-submit", made.code), {"note": ""}).status_code == 302
    assert author.get(page_of(version, "need")).status_code == 409


def test_every_section_saves_what_it_shows_and_changes_nothing_by_itself(client: Any) -> None:
    version, _author = make_whole()
    before = version.version
    for section in SECTIONS:
        address = page_of(version, section.code)
        assert client.post(address, sent(client, address)).status_code == 302, section.code
    version.refresh_from_db()
    assert version.version == before


def test_every_page_asks_the_database_little(client: Any, max_queries: Any) -> None:
    version, _author = make_whole()
    code = version.microcredential.code
    for address in (
        url("proposal-detail", code),
        url("version-detail", code, 1),
        *(page_of(version, section.code) for section in SECTIONS),
    ):
        with max_queries(20):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("ects", ["15", "0", "abc", "1e9", "-2"])
def test_a_refused_section_keeps_every_field_and_says_where(client: Any, draft: Any, ects: str) -> None:
    address = page_of(draft, "identity")
    answer = client.post(address, sent(client, address, ects=ects, summary_es="No lo pierdas"))
    says(answer, 422, "No lo pierdas", "#id_ects", "Error:")
    draft.refresh_from_db()
    assert draft.ects == 6


@pytest.mark.parametrize("title", ["Máster en datos", "Grado en Historia", "Técnico Superior en Imagen"])
def test_a_name_that_could_pass_for_a_degree_is_refused_on_its_field(
    client: Any, draft: Any, title: str
) -> None:
    address = page_of(draft, "identity")
    answer = client.post(address, sent(client, address, title_es=title))
    says(answer, 422, 'href="#id_title_es"', "RD 822/2021")
    created = client.post(
        url("microcredential-create"), {"centre": draft.microcredential.centre_id, "title_es": title}
    )
    assert created.status_code == 422
    assert MicroCredential.objects.count() == 1


class TestRows:
    def test_they_are_added_changed_reordered_and_removed(self, client: Any, draft: Any) -> None:
        address = page_of(draft, "staff")
        new = {"teachers__0__name": "Luz", "teachers__0__hours": "12,5", "teachers__0__is_external": "on"}
        answer = client.post(address, sent(client, address, **new, more="teachers"))
        assert answer.headers["Location"] == f"{address}#teachers-new"
        luz = draft.teachers.get()
        assert (luz.name, luz.hours, luz.is_external) == ("Luz", Decimal("12.5"), True)
        client.post(address, sent(client, address, teachers__0__name="Luz Vera", teachers__1__name="Ana"))
        assert [(row.pk == luz.pk, row.name) for row in draft.teachers.all()] == [
            (True, "Luz Vera"),
            (False, "Ana"),
        ]
        client.post(address, sent(client, address, teachers__0__DELETE="on"))
        assert [row.name for row in draft.teachers.all()] == ["Ana"]
        client.post(address, sent(client, address, teachers__0__name=" "))
        assert not draft.teachers.exists()

    def test_a_row_without_its_name_is_refused_not_dropped(self, client: Any, draft: Any) -> None:
        address = page_of(draft, "need")
        answer = client.post(address, sent(client, address, supporters__0__interest="Contrataremos a diez"))
        says(answer, 422, "Contrataremos a diez", "#id_supporters-0-name")

    def test_an_expression_of_interest_is_proved_by_evidence_that_the_person_may_see(
        self, client: Any, client_for: Any, staff: Any, draft: Any
    ) -> None:
        letter, foreign = (
            EvidenceFactory(scope=scope) for scope in (draft.microcredential.scope, make_centre("OTRO").scope)
        )
        author = client_for(staff("coordinator", scope=draft.microcredential.centre.scope))
        address = page_of(draft, "need")
        row = {"supporters__0__name": "Gremio", "supporters__0__evidence_id": foreign.code}
        assert author.post(address, sent(author, address, **row)).status_code == 422
        row["supporters__0__evidence_id"] = letter.code.lower()
        assert author.post(address, sent(author, address, **row)).status_code == 302
        assert draft.supporters.get().evidence == letter

    @pytest.mark.parametrize(("written", "status"), [(ESCO, 302), ("http://example.org/skill/1", 422)])
    def test_an_esco_address_is_checked_in_form(
        self, client: Any, draft: Any, written: str, status: int
    ) -> None:
        address = page_of(draft, "outcomes")
        answer = client.post(address, sent(client, address, outcomes__0__esco_uri=written))
        assert answer.status_code == status

    def test_rows_of_another_version_are_never_touched(self, client: Any, draft: Any) -> None:
        other, _author = make_whole()
        stranger = other.teachers.get()
        address = page_of(draft, "staff")
        client.post(address, sent(client, address, teachers__0__id=stranger.pk, teachers__0__name="Robada"))
        stranger.refresh_from_db()
        assert stranger.name == "Luz Vera"
        assert draft.teachers.get().name == "Robada"

    def test_the_matrix_marks_an_outcome_without_assessment(
        self, client: Any, draft: Any, staff: Any
    ) -> None:
        proposals.replace_assessments(
            actor=staff("quality_officer"),
            version=draft,
            seen=draft.version,
            assessments=[Evaluation({"name_es": "Examen"}, outcomes=("RA1",))],
        )
        for address in (page_of(draft, "outcomes"), page_of(draft, "assessment")):
            assert_shows(client.get(address), "Sin evaluación")


class TestAutosave:
    def test_it_says_when_and_hands_back_what_the_page_must_know(
        self, client: Any, draft: Any, at: Any
    ) -> None:
        at("2026-03-02 10:32")
        address = page_of(draft, "staff")
        first = sent(client, address, resources="Aula", teachers__0__name="Luz")
        answer = client.post(address, first, headers=HTMX)
        assert answer.status_code == 200
        assert_shows(
            answer, "Guardado a las 10:32", f'value="{draft.teachers.get().pk}"', 'id="section-points"'
        )
        seen = str(answer.context["seen"])
        again = first | {
            "seen": seen,
            "teachers-0-id": str(draft.teachers.get().pk),
            "resources": "Aula y taller",
        }
        assert client.post(address, again, headers=HTMX).status_code == 200
        draft.refresh_from_db()
        assert draft.resources == "Aula y taller"
        assert draft.teachers.count() == 1

    def test_what_is_refused_is_said_and_nothing_is_saved(self, client: Any, draft: Any) -> None:
        address = page_of(draft, "identity")
        answer = client.post(address, sent(client, address, ects="15", region="Aragón"), headers=HTMX)
        says(answer, 422, "Sin guardar", "37.8")
        assert_hides(answer, "<html")
        draft.refresh_from_db()
        assert draft.region == ""

    def test_it_never_overwrites(self, client: Any, draft: Any) -> None:
        address = page_of(draft, "need")
        mine = sent(client, address, need="La segunda persona")
        client.post(address, sent(client, address, need="La primera persona"), headers=HTMX)
        answer = client.post(address, mine, headers=HTMX)
        says(answer, 409, "Comparar los dos textos")
        draft.refresh_from_db()
        assert draft.need == "La primera persona"

    def test_a_text_that_only_the_other_changed_is_not_put_back_by_the_next_save(
        self, client: Any, draft: Any
    ) -> None:
        address = page_of(draft, "teaching")
        mine = sent(client, address, contents_es="Uno")
        client.post(address, sent(client, address, calendar="De la otra persona"))
        first = client.post(address, mine, headers=HTMX)
        assert_shows(first, "Calendario")
        client.post(
            address, mine | {"seen": str(first.context["seen"]), "contents_es": "Uno y dos"}, headers=HTMX
        )
        draft.refresh_from_db()
        assert (draft.calendar, draft.contents_es) == ("De la otra persona", "Uno y dos")


class TestTwoPeople:
    @pytest.fixture
    def conflict(self, client: Any, draft: Any) -> dict[str, Any]:
        """The page that the second of two people gets, and what it would send."""
        address = page_of(draft, "need")
        second = sent(client, address, need="TEXTO-SEGUNDO", target_groups_es="Solo mío")
        client.post(address, sent(client, address, need="TEXTO-PRIMERO"))
        answer = client.post(address, second)
        says(answer, 409, "TEXTO-PRIMERO", "TEXTO-SEGUNDO")
        return {"address": address, "data": dict(answer.context["hidden"])}

    @pytest.mark.parametrize(
        ("choice", "kept"),
        [
            ("stored", "TEXTO-PRIMERO"),
            ("yours", "TEXTO-SEGUNDO"),
            ("both", "TEXTO-PRIMERO\n\nTEXTO-SEGUNDO"),
        ],
    )
    def test_the_second_sees_both_texts_and_chooses(
        self, client: Any, draft: Any, conflict: dict[str, Any], choice: str, kept: str
    ) -> None:
        answer = client.post(conflict["address"], conflict["data"] | {"choice-need": choice})
        assert answer.status_code == 302
        draft.refresh_from_db()
        assert (draft.need, draft.target_groups_es) == (kept, "Solo mío")

    def test_a_third_who_saves_while_the_second_chooses_is_not_overwritten(
        self, client: Any, draft: Any, conflict: dict[str, Any]
    ) -> None:
        client.post(conflict["address"], sent(client, conflict["address"], need="TEXTO-TERCERO"))
        answer = client.post(conflict["address"], conflict["data"] | {"choice-need": "yours"})
        says(answer, 409, "TEXTO-TERCERO", "TEXTO-SEGUNDO")

    def test_two_people_never_link_the_wrong_outcome(self, client: Any, draft: Any) -> None:
        """One reorders the outcomes, whose codes follow their order, while the other links an assessment to one."""
        basics, cases = draft.outcomes.all()
        linking, ordering = page_of(draft, "assessment"), page_of(draft, "outcomes")
        mine = sent(client, linking, assessments__0__outcomes=[str(basics.pk)])
        untouched = sent(client, linking, supervision="verified")
        turned = sent(client, ordering, outcomes__0__ORDER=2, outcomes__1__ORDER=1)
        assert client.post(ordering, turned).status_code == 302
        assert [row.code for row in draft.outcomes.all()] == ["RA1", "RA2"]
        assert [row.pk for row in draft.outcomes.all()] == [cases.pk, basics.pk]
        assert client.post(linking, untouched).status_code == 302
        assert draft.assessments.get().outcomes.count() == 2
        assert client.post(linking, mine).status_code == 302
        assert [row.pk for row in draft.assessments.get().outcomes.all()] == [basics.pk]

    def test_an_outcome_that_is_gone_is_not_linked(self, client: Any, draft: Any) -> None:
        first = draft.outcomes.first()
        linking, removing = page_of(draft, "assessment"), page_of(draft, "outcomes")
        mine = sent(client, linking, assessments__0__outcomes=[str(first.pk)])
        assert client.post(removing, sent(client, removing, outcomes__0__DELETE="on")).status_code == 302
        says(client.post(linking, mine), 422, "assessments-0-outcomes")
        assert draft.assessments.get().outcomes.count() == 1

    def test_rows_of_both_are_kept(self, client: Any, draft: Any) -> None:
        address = page_of(draft, "outcomes")
        mine = sent(client, address, outcomes__2__text_es="MI-TEXTO")
        client.post(address, sent(client, address, outcomes__2__text_es="SU-TEXTO"))
        answer = client.post(address, mine)
        says(answer, 409, "MI-TEXTO", "SU-TEXTO")
        data = dict(answer.context["hidden"]) | {"choice-outcomes": "both"}
        assert client.post(address, data).status_code == 302
        assert [row.text_es for row in draft.outcomes.all()][2:] == ["MI-TEXTO", "SU-TEXTO"]
        assert draft.assessments.get().outcomes.count() == 2


@pytest.mark.parametrize("way", [{}, HTMX], ids=["page", "autosave"])
@pytest.mark.parametrize("section", [each.code for each in SECTIONS])
def test_no_word_of_either_is_lost_whatever_two_people_write(
    client: Any, section: str, way: dict[str, str]
) -> None:
    """Both change every text of the section; the second reads both, nothing is overwritten, and both may stay."""
    version, _author = make_whole()
    address = page_of(version, section)
    opened = sent(client, address)
    prose = [name for name, value in opened.items() if is_prose(name, value)]
    first = {name: f"{opened[name]} PRIMERA-{number}" for number, name in enumerate(prose)}
    second = {name: f"{opened[name]} SEGUNDA-{number}" for number, name in enumerate(prose)}
    assert client.post(address, opened | first, headers=way).status_code in (200, 302)
    told = client.post(address, opened | second, headers=way)
    if not prose:
        assert told.status_code in (200, 302)
        return
    assert told.status_code == 409
    if way:
        told = client.post(address, opened | second)  # the button that the refused autosave shows
    says(
        told, 409, *(f"PRIMERA-{n}" for n in range(len(prose))), *(f"SEGUNDA-{n}" for n in range(len(prose)))
    )
    stored = str(sent(client, address))
    assert "SEGUNDA" not in stored
    assert all(f"PRIMERA-{number}" in stored for number in range(len(prose)))
    differences = told.context["differences"]
    joined = {one.name for one in differences if one.can_join} - {"awarding_bodies"}  # one coordinates
    choices = {f"choice-{one.name}": "both" if one.name in joined else "yours" for one in differences}
    answer = client.post(address, dict_of(told.context["hidden"]) | choices)
    assert answer.status_code == 302
    stored = str(sent(client, address))
    assert all(f"SEGUNDA-{number}" in stored for number in range(len(prose)))
    for number, name in enumerate(prose):
        if name in joined or name.partition("-")[0] in joined:
            assert f"PRIMERA-{number}" in stored, name


def is_prose(name: str, value: Any) -> bool:
    """What people write, as against what they choose, count or date."""
    own = name.rpartition("-")[2]
    words = ("_es", "_en", "name", "need", "resources", "interest", "institution", "calendar", "places_text")
    return isinstance(value, str) and " " in value and own.endswith(words)


def dict_of(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def test_broken_posts_are_refused_quietly(client: Any, draft: Any) -> None:
    for section in SECTIONS:
        answer = client.post(
            page_of(draft, section.code), {"seen": "x:\x00 y", "title_es": "\x00", "need": "\x00"}
        )
        assert answer.status_code in {302, 409, 422}, section.code
    assert client.get(page_of(draft, "nonsense")).status_code == 404


def test_the_overview_tells_gaps_warnings_and_the_award_apart(
    client: Any, client_for: Any, staff: Any
) -> None:
    version = make_microcredential("Solo el título", complete=False).current
    assert version is not None
    address = url("proposal-detail", version.microcredential.code)
    answer = client.get(address)
    assert_shows(
        answer, f'href="{page_of(version, "identity")}#id_ects"', "art. 37.8", "Al expedirla", "M1", "M5"
    )
    assert_shows(answer, f'href="{page_of(version, "need")}#supporters"', "Avisos de calidad")
    assert [line.tone for line in answer.context["lines"]][:2] == ["unmet", "partly"]
    reader = client_for(staff("reader")).get(address)
    assert_hides(reader, page_of(version, "identity"))


def test_the_whole_proposal_is_read_on_its_version(client_for: Any, staff: Any) -> None:
    version, _author = make_whole()
    answer = client_for(staff("reader")).get(url("version-detail", version.microcredential.code, 1))
    assert_shows(
        answer,
        "140 puestos sin cubrir.",
        "Gremio",
        "Contratará.",
        "Luz Vera",
        "Solaria",
        "Rúbrica",
        "180",
        "Módulos",
    )
    assert_shows(answer, "13 Acción por el clima", "Español, Inglés")
