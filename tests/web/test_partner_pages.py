"""Pages of partners and pathways: who sees what, two editors, few statements, sums of credits on the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from iqas.core.panels import _builders
from microcredentials.models import Participation, Partner, PartnerContact, Pathway
from microcredentials.services import partners as services
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.partners import make_partner, make_pathway
from tests.support.pages import assert_hides, assert_shows, text_of, uploaded

pytestmark = pytest.mark.django_db
SINCE = date(2025, 3, 1)


@pytest.fixture(autouse=True)
def only_our_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels of upper floors need their own packs; they are tested where they are made."""
    own = [
        entry for entry in _builders["microcredential"] if entry[1].__module__ == "microcredentials.panels"
    ]
    monkeypatch.setitem(_builders, "microcredential", own)


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


def partner_form(**changes: Any) -> dict[str, Any]:
    return {"name": "Ánfora", "kind": "company", "country": "ES", "is_active": "on"} | changes


class TestPartners:
    def test_who_may_read_and_who_may_write(self, staff: Any, client_for: Any) -> None:
        centre, partner = make_centre("FAC-A"), make_partner("Ánfora")
        reader = client_for(staff("reader", scope=centre.scope))
        coordinator = client_for(staff("coordinator", scope=centre.scope))
        auditor = client_for(staff("auditor", scope=centre.scope))
        for name, *args in (
            ("partner-create",),
            ("partner-edit", partner.code),
            ("partner-agreement-add", partner.code),
            ("partner-contact-add", partner.code),
        ):
            assert reader.get(url(name, *args)).status_code == 403, name
            assert coordinator.get(url(name, *args)).status_code == 200, name
        assert coordinator.get(url("partner-merge", partner.code)).status_code == 403
        assert auditor.get(url("partner-list")).status_code == 403
        assert_shows(reader.get(url("partner-list")), "Ánfora")

    def test_contacts_and_other_centres_micro_credentials_are_not_for_everybody(
        self, staff: Any, client_for: Any
    ) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        officer, partner = make_staff("quality_officer"), make_partner()
        for title, centre in (("CANARY-A", here), ("CANARY-B", there)):
            services.add_participation(
                actor=officer,
                microcredential=make_microcredential(title, centre=centre),
                partner=partner,
                role="design",
                since=SINCE,
            )
        services.save_contact(
            actor=officer, partner=partner, name="CANARY-C", basis="consent", basis_on=SINCE
        )
        page = url("partner-detail", partner.code)
        seen = client_for(staff("reader", scope=here.scope)).get(page)
        assert_shows(seen, "CANARY-A")
        assert_hides(seen, "CANARY-B", "CANARY-C")
        assert_shows(client_for(staff("coordinator", scope=here.scope)).get(page), "CANARY-C")

    def test_search_without_accents_and_filters(self, staff: Any, client_for: Any) -> None:
        make_partner("Asociación Ánfora", kind="civil_society")
        make_partner("Béjar Textil", country="PT")
        client = client_for(staff("reader"))
        found = client.get(url("partner-list"), {"q": "anfora ASOCIACION"})
        assert_shows(found, "Asociación Ánfora")
        assert_hides(found, "Béjar")
        assert_hides(client.get(url("partner-list"), {"country": "pt"}), "Ánfora")
        assert_hides(client.get(url("partner-list"), {"kind": "company"}), "Ánfora")

    def test_create_edit_and_lose_nothing(self, staff: Any, client_for: Any) -> None:
        client = client_for(staff("coordinator"))
        assert client.post(url("partner-create"), partner_form()).status_code == 302
        partner = Partner.objects.get()
        twice = client.post(url("partner-create"), partner_form(name="anfora"))
        assert twice.status_code == 422
        assert partner.code in text_of(twice)
        first = partner_form(notes="de la primera", seen_version="1")
        assert client.post(url("partner-edit", partner.code), first).status_code == 302
        second = client.post(
            url("partner-edit", partner.code), partner_form(notes="de la segunda", seen_version="1")
        )
        assert second.status_code == 409
        assert "de la primera" in text_of(second)
        assert "de la segunda" in text_of(second)
        again = partner_form(notes="de ambas", seen_version="2")
        assert client.post(url("partner-edit", partner.code), again).status_code == 302
        partner.refresh_from_db()
        assert partner.notes == "de ambas"

    def test_a_hostile_name_is_shown_as_text(self, staff: Any, client_for: Any) -> None:
        partner = make_partner("<script>alert(1)</script>")
        body = client_for(staff("reader")).get(url("partner-detail", partner.code)).content.decode()
        assert "<script>alert(1)" not in body
        assert "&lt;script&gt;" in body

    def test_a_merged_code_leads_to_the_kept_one(self, staff: Any, client_for: Any) -> None:
        kept, twice = make_partner(), make_partner()
        client = client_for(staff("quality_officer"))
        answer = client.post(url("partner-merge", kept.code), {"duplicate": str(twice.pk), "reason": ""})
        assert answer.status_code == 302
        assert client.get(url("partner-detail", twice.code)).url == kept.get_absolute_url()
        assert_hides(client.get(url("partner-list")), twice.name)

    def test_agreements_and_contacts(self, staff: Any, client_for: Any) -> None:
        partner = make_partner()
        client = client_for(staff("quality_officer"))
        bad = client.post(
            url("partner-agreement-add", partner.code),
            {"title": "Convenio", "starts": "2026-02-01", "ends": "2026-01-01"},
        )
        assert bad.status_code == 422
        client.post(url("partner-agreement-add", partner.code), {"title": "Convenio", "starts": "2026-01-01"})
        agreement = partner.agreements.get()
        changed = {"title": "Convenio marco", "starts": "2026-01-01", "seen_version": "1"}
        edit = url("partner-agreement-edit", partner.code, agreement.pk)
        assert [client.post(edit, changed).status_code, client.post(edit, changed).status_code] == [302, 409]
        contact = {
            "name": "Ana Ruiz",
            "basis": "consent",
            "basis_on": "2026-01-01",
            "email": "ana@example.org",
        }
        assert client.post(url("partner-contact-add", partner.code), contact).status_code == 302
        row = PartnerContact.objects.get()
        assert_shows(client.get(url("partner-detail", partner.code)), "Convenio marco", "Ana Ruiz")
        assert client.get(url("partner-contact-erase", partner.code, row.pk)).status_code == 200
        assert client.post(url("partner-contact-erase", partner.code, row.pk)).status_code == 302
        assert_hides(client.get(url("partner-detail", partner.code)), "Ana Ruiz")

    def test_a_partner_made_on_the_fly(self, staff: Any, client_for: Any) -> None:
        microcredential = make_microcredential()
        client = client_for(staff("coordinator"))
        page = url("participation-add", microcredential.code)
        given = {"role": "need", "since": "2026-01-15"}
        assert client.post(page, given).status_code == 422
        assert client.post(page, given | {"new_name": "Nueva", "new_kind": "employer"}).status_code == 302
        assert_shows(client.get(url("microcredential-partners", microcredential.code)), "Nueva")
        assert client.post(page, given | {"new_name": "Otra", "new_kind": ""}).status_code == 422
        row = Participation.objects.get()
        assert client.post(url("participation-remove", microcredential.code, row.pk)).status_code == 302
        assert Partner.objects.count() == 1
        assert not Participation.objects.exists()

    def test_an_import_is_seen_before_it_is_confirmed(self, staff: Any, client_for: Any) -> None:
        client = client_for(staff("quality_officer"))
        seen = uploaded(client, url("partner-import"), "Nombre;Tipo\nÁnfora;empresa\n".encode())
        assert_shows(seen, "lista.csv")
        assert not Partner.objects.exists()
        confirm = url("import-confirm", seen.context["job"].pk)
        assert client_for(staff("quality_officer")).post(confirm).status_code == 404
        done = client.post(confirm, follow=True)
        assert (done.context["report"]["created"], Partner.objects.get().name) == (1, "Ánfora")
        again = uploaded(client, url("partner-import"), "Nombre;Tipo\nÁnfora;empresa\n".encode())
        assert again.context["report"]["unchanged"] == 1

    def test_a_bad_list_of_partners_is_told_as_people_write_it(self, staff: Any, client_for: Any) -> None:
        client = client_for(staff("quality_officer"))
        page = uploaded(client, url("partner-import"), b"Nombre;Tipo;Color\n<b>A;castillo;rojo\n")
        assert_shows(page, "<strong>Tipo</strong>", "Color", "castillo")
        assert not page.context["may_confirm"]


class TestPathways:
    def test_another_centre_is_404(self, staff: Any, client_for: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        pathway = make_pathway(centre=here, name_es="CANARY-P")
        stranger, reader = (
            client_for(staff("coordinator", scope=there.scope)),
            client_for(staff("reader", scope=here.scope)),
        )
        for name, readable in (("pathway-detail", True), ("pathway-edit", False), ("pathway-steps", False)):
            assert stranger.get(url(name, pathway.code)).status_code == 404
            assert reader.get(url(name, pathway.code)).status_code == (200 if readable else 403)
        assert_hides(stranger.get(url("pathway-list")), "CANARY-P")

    def test_the_page_says_how_much_it_fills_and_names_the_article(self, staff: Any, client_for: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        mine = make_microcredential("Propia", centre=here, approved=True)
        other = make_microcredential("CANARY-B", centre=there)
        pathway = make_pathway(mine, other, centre=here)
        shown = client_for(staff("reader", scope=here.scope)).get(url("pathway-detail", pathway.code))
        assert_shows(shown, "36 ECTS", "6 ECTS", "10.5", "Propia")
        assert_hides(shown, "CANARY-B", other.code)
        assert_shows(
            client_for(staff("quality_officer")).get(url("pathway-detail", pathway.code)), "CANARY-B"
        )

    def test_over_the_cap_is_a_warning_and_the_panel_tells_it_too(self, staff: Any, client_for: Any) -> None:
        mine = make_microcredential("Propia", approved=True)
        pathway = make_pathway(mine, ects=20)
        client = client_for(staff("quality_officer"))
        assert "3" in text_of(client.get(url("pathway-detail", pathway.code)))
        assert_shows(client.get(url("pathway-detail", pathway.code)), "art. 10.5")
        assert_shows(client.get(url("microcredential-partners", mine.code)), pathway.code)

    def test_create_fill_and_lose_nothing(self, staff: Any, client_for: Any) -> None:
        centre = make_centre()
        uno, dos = make_microcredential("Uno", centre=centre), make_microcredential("Dos", centre=centre)
        client = client_for(staff("coordinator", scope=centre.scope))
        data = {
            "centre": str(centre.pk),
            "name_es": "Datos",
            "target": "degree",
            "target_name": "Grado",
            "target_ects": "240",
        }
        assert client.post(url("pathway-create"), data | {"target_ects": "0"}).status_code == 422
        assert client.post(url("pathway-create"), data | {"other_ects": "241"}).status_code == 422
        assert client.post(url("pathway-create"), data).status_code == 302
        pathway = Pathway.objects.get()
        steps = url("pathway-steps", pathway.code)
        rows = {
            "step-TOTAL_FORMS": "2",
            "step-INITIAL_FORMS": "0",
            "step-0-number": "1",
            "step-0-code": uno.code,
            "step-1-number": "1",
            "step-1-code": dos.code.lower(),
            "seen_version": str(pathway.version),
        }
        assert client.post(steps, rows | {"step-1-code": "MC-999"}).status_code == 422
        assert client.post(steps, rows).status_code == 302
        assert client.post(steps, rows).status_code == 409
        assert pathway.steps.count() == 2
        edit = data | {"seen_version": "1", "note": "mía"}
        conflict = client.post(url("pathway-edit", pathway.code), edit)
        assert conflict.status_code == 409
        assert "mía" in text_of(conflict)


class TestFewStatements:
    def test_lists_and_pages(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        officer, centre = make_staff("quality_officer"), make_centre()
        credentials = [make_microcredential(centre=centre, approved=True) for _each in range(4)]
        for _number in range(6):
            partner = make_partner()
            for microcredential in credentials:
                services.add_participation(
                    actor=officer, microcredential=microcredential, partner=partner, role="need", since=SINCE
                )
            services.save_agreement(actor=officer, partner=partner, title="Convenio", starts=SINCE)
        pathways = [make_pathway(credentials[:2], *credentials, centre=centre) for _each in range(3)]
        client = client_for(staff("quality_officer"))
        client.get(url("partner-list"))
        with max_queries(12):
            client.get(url("partner-list"), {"agreement": "yes", "role": "need"})
        with max_queries(12):
            client.get(url("pathway-list"))
        with max_queries(20):
            client.get(url("partner-detail", partner.code))
        with max_queries(20):
            client.get(url("pathway-detail", pathways[0].code))
        with max_queries(20):
            client.get(url("microcredential-partners", credentials[0].code))
