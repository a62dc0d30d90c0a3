"""A whole proposal in a real browser: by keyboard alone, saved by itself, two people, a phone, no scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from iqas.core import clock
from microcredentials.models import (
    ApprovalAct,
    LearningOutcome,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.selectors.proposal import proposal_of
from tests.e2e.browser import assert_accessible, assert_fits
from tests.e2e.hands import Hands
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university
from tests.integration.test_proposals import make_whole

if TYPE_CHECKING:
    from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.sqlite]


def section(version: MicroCredentialVersion, code: str) -> str:
    return reverse("microcredentials:section-edit", args=[version.microcredential.code, code])


@pytest.mark.timeout(900)
def test_from_empty_to_published_by_keyboard_alone_on_a_phone(open_page: OpenPage) -> None:
    call_command("load_packs")
    the_university(is_public=True)
    centre = make_centre()
    today = clock.today()
    make_year(today.year if today.month >= 9 else today.year - 1)
    author = make_staff("coordinator", scope=centre.scope)
    hands = Hands(open_page(reverse("microcredentials:microcredential-create"), user=author, phone=True))
    write_it(hands)
    hands.skip()
    hands.press("a[href$='/approval/']")
    hands.skip()
    hands.press("a[href$='/submit/']")
    hands.skip()
    hands.write(note="Para la programación del curso que viene.")
    hands.press("form button.btn-primary")
    microcredential = MicroCredential.objects.get()
    assert microcredential.current is not None
    assert microcredential.current.stage == "submitted"
    bodies = {  # who keeps the minutes of each body
        "quality-report": make_staff("reviewer", scope=centre.scope, name="Comisión de Calidad"),
        "centre": make_staff("approver", scope=centre.scope, name="Junta de Centro"),
        "governing-body": make_staff("approver", name="Consejo de Gobierno"),
        "price": make_staff("approver", name="Consejo Social"),
    }
    for step, person in bodies.items():
        waiting = open_page("/", user=person, phone=True)
        if step == "governing-body":
            approve_programme(Hands(waiting))
        else:
            record_act(Hands(waiting), microcredential, step)
        waiting.close()
    publish_it(Hands(open_page("/", user=make_staff("quality_officer"), phone=True)), microcredential)
    microcredential.refresh_from_db()
    assert microcredential.state == "published"
    acts = ApprovalAct.objects.order_by("recorded_at")
    assert [(act.step.code, act.recorded_by) for act in acts] == list(bodies.items())
    assert all(act.document is not None and act.held_on == clock.today() for act in acts)
    assert author not in {act.recorded_by for act in acts}


def record_act(hands: Hands, microcredential: MicroCredential, step: str) -> None:
    """The person of a body finds in "my work" that it waits for them, and records what the body decided, with its document."""
    page = hands.page
    hands.skip()
    hands.press(f"a[href*='/{microcredential.code}/approval/']")
    if page.url.endswith("/approval/"):
        hands.skip()
        hands.press(".step--current a.btn-primary")
    assert f"/{step}/" in page.url
    hands.skip()
    hands.date("held_on", clock.today())
    minutes = f"Acta: {step}".encode()
    hands.attach("upload", {"name": "acta.txt", "mimeType": "text/plain", "buffer": minutes})
    hands.press("form .form-actions button.btn-primary")
    assert "El acto queda registrado." in page.inner_text("main")


def approve_programme(hands: Hands) -> None:
    """The governing body approves the annual programme, whole: its person prepares it and records the approval."""
    hands.skip()
    hands.press("main a[href$='/programmes/']")
    hands.skip()
    hands.press("main a[href$='/programmes/new/']")
    hands.skip()
    hands.choose("year", 1)
    hands.press("form .form-actions button.btn-primary")
    hands.skip()
    hands.press("main a[href$='/approve/']")
    hands.skip()
    hands.date("held_on", clock.today())
    hands.attach("upload", {"name": "acta.txt", "mimeType": "text/plain", "buffer": b"Acta del Consejo"})
    hands.press("form .form-actions button.btn-primary")
    assert "Riego de precisión" in hands.page.inner_text("main")


def publish_it(hands: Hands, microcredential: MicroCredential) -> None:
    hands.skip()
    hands.press(f"a[href$='/{microcredential.code}/standing/publish/']")
    hands.skip()
    hands.press("form button.btn-primary")


def write_it(hands: Hands) -> None:
    """Every section, one after the other, with what a real proposal holds."""
    page = hands.page
    hands.skip()
    hands.write(title_es="Riego de precisión")
    hands.press("form button.btn-primary")
    assert page.inner_text("h1") == "Qué es"
    hands.skip()
    hands.write(summary_es="Regar lo justo.", ects="3", hours_per_ects="25", hours="75")
    hands.write(eqf_level="4", awarding_bodies__0__name="Universidad de Prueba")
    hands.go_on("Necesidad y pertinencia")
    hands.write(need="Cinco comunidades de regantes no encuentran personal.", target_groups_es="Regantes.")
    hands.write(supporters__0__name="Federación de regantes", supporters__0__interest="Contratará a diez.")
    hands.go_on("Resultados de aprendizaje")
    hands.write(outcomes__0__text_es="Calcula las necesidades de riego.")
    hands.choose("outcomes-0-kind", 2)
    hands.press("button[name='more']")
    assert page.url.endswith("#outcomes-new")
    hands.write(outcomes__1__text_es="Mantiene sensores y programadores.")
    hands.choose("outcomes-1-kind", 3)
    hands.go_on("Evaluación")
    hands.choose("supervision", 3)
    hands.write(assessments__0__name_es="Práctica en campo", assessments__0__criteria_es="Lista de cotejo.")
    hands.write(assessments__0__weight="100")
    for outcome in LearningOutcome.objects.values_list("pk", flat=True):
        hands.tick(f"[name='assessments-0-outcomes'][value='{outcome}']")
    hands.go_on("Contenidos y docencia")
    hands.choose("mode", 1)
    hands.write(contents_es="Suelo\nCultivo", methods_es="Prácticas en parcela.")
    hands.tick("[name='languages'][value='es']")
    hands.go_on("Profesorado y recursos")
    hands.write(
        responsible_name="Daniel Cebrián", resources="Parcela de ensayo.", teachers__0__name="Luz Vera"
    )
    hands.tick("[name='teachers-0-is_external']")
    hands.write(teachers__0__institution="Federación de regantes", teachers__0__hours="12,5")
    hands.go_on("Acceso y selección")
    hands.choose("requires_degree", 2)
    hands.write(selection_es="Por orden de solicitud.", places_min="6", places="12")
    hands.go_on("Precio y presupuesto")
    hands.write(price="90", cost="1000")
    hands.go_on("Acumulabilidad")
    hands.choose("stackability", 1)
    hands.go_on("Calidad y sostenibilidad")
    hands.write(quality_assurance_es="SIGC del centro.")
    hands.press("form .form-actions button.btn-primary")
    assert "10 de 10 secciones" in page.inner_text("main")
    proposal = proposal_of(MicroCredential.objects.get())
    assert proposal is not None
    assert proposal.gaps == []
    assert proposal.warnings == []
    assert proposal.version.elements_done == 9


def test_it_saves_itself_and_keeps_one_row_as_one(open_page: OpenPage) -> None:
    version = make_microcredential("Uno").current
    assert version is not None
    page = open_page(section(version, "staff"), user=make_staff("quality_officer"))
    page.fill("[name='resources']", "Aula")
    page.fill("[name='teachers-0-name']", "Luz")
    page.wait_for_selector("#save-state:has-text('Guardado a las')")
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.type("[name='teachers-0-name']", " Vera")
    assert saved.value.status == 200
    page.wait_for_selector("form.htmx-request", state="detached")
    page.reload()
    assert page.input_value("[name='resources']") == "Aula"
    assert [row.name for row in version.teachers.all()] == ["Luz Vera"]


def test_a_lost_connection_and_an_ended_session_still_said_saved(open_page: OpenPage) -> None:
    version = make_microcredential("Uno").current
    assert version is not None
    author = make_staff("quality_officer")
    page = open_page(section(version, "need"), user=author)
    page.fill("[name='need']", "Uno")
    page.wait_for_selector("#save-state:has-text('Guardado a las')")
    page.type("[name='need']", " dos")
    assert page.inner_text("#save-state") == "Todavía sin guardar"
    page.context.set_offline(True)
    page.wait_for_selector("#save-state.tone-unmet:has-text('el servidor no responde')")
    page.context.set_offline(False)
    page.wait_for_selector("#save-state:not(.tone-unmet):has-text('Guardado a las')")
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.type("[name='need']", " tres")
    page.wait_for_selector("#save-state.tone-unmet:has-text('su sesión ha terminado')")
    assert page.locator("[name='login']").count() == 0
    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == settings.SESSION_COOKIE_NAME])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector("#save-state:has-text('Guardado a las')")
    version.refresh_from_db()
    assert version.need == "Uno dos tres"


def test_the_second_of_two_people_sees_both_texts_and_chooses(open_page: OpenPage) -> None:
    version = make_microcredential("Uno").current
    assert version is not None
    first, second = (
        open_page(section(version, "need"), user=make_staff("quality_officer")) for _person in range(2)
    )
    first.fill("[name='need']", "TEXTO-PRIMERO")
    first.wait_for_selector("#save-state:has-text('Guardado a las')")
    second.fill("[name='need']", "TEXTO-SEGUNDO")
    second.click("button:has-text('Comparar los dos textos')")
    second.wait_for_selector("text=TEXTO-PRIMERO")
    assert "TEXTO-SEGUNDO" in second.inner_text("main")
    assert_accessible(second)
    second.click("button:has-text('Guardar lo elegido')")
    second.wait_for_selector("[name='need']")
    assert second.input_value("[name='need']") == "TEXTO-PRIMERO\n\nTEXTO-SEGUNDO"


def test_without_scripts_every_section_saves(open_page: OpenPage) -> None:
    version = make_microcredential("Uno").current
    assert version is not None
    page = open_page(section(version, "need"), user=make_staff("quality_officer"), scripts=False, phone=True)
    page.fill("[name='need']", "Escrito sin guiones")
    page.click("button[name='go'].btn-primary")
    assert page.inner_text("h1") == "Resultados de aprendizaje"
    version.refresh_from_db()
    assert version.need == "Escrito sin guiones"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["es", "en"])
def test_axe_finds_nothing_on_a_proposal_and_it_fits_a_phone(open_page: OpenPage, language: str) -> None:
    version, author = make_whole()
    code = version.microcredential.code
    addresses = [section(version, name) for name in ("identity", "need", "assessment", "staff", "quality")]
    addresses += [
        reverse("microcredentials:proposal-detail", args=[code]),
        reverse("microcredentials:version-detail", args=[code, 1]),
    ]
    page = open_page(addresses[0], user=author, language=language, phone=language == "en")
    for address in addresses:
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)


def test_a_part_that_arrives_later_leaves_the_page_its_title(open_page: OpenPage) -> None:
    version = make_microcredential("Poda de frutales").current
    assert version is not None
    page = open_page(version.microcredential.get_absolute_url(), user=make_staff("quality_officer"))
    page.wait_for_selector("#around", state="attached")
    page.wait_for_selector("#documents-now", state="attached")
    assert "Poda de frutales" in page.title()


def test_the_list_at_the_head_of_a_page_opens_what_it_leads_to(open_page: OpenPage) -> None:
    version = make_microcredential("Poda de frutales").current
    assert version is not None
    address, officer = version.microcredential.get_absolute_url(), make_staff("quality_officer")
    page = open_page(address, user=officer, phone=True)
    assert page.locator(".timeline").is_hidden()
    page.click(".page-contents a[href='#history']")
    page.wait_for_selector(".timeline", state="visible")
    assert_accessible(page)
    assert_fits(page)
    plain = open_page(f"{address}#history", user=officer, scripts=False)
    plain.click("#history + details > summary")
    plain.wait_for_selector(".timeline", state="visible")
