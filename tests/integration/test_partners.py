"""The register of partners: no second of the same name, agreements that end, contacts that vanish, merging, import."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from iqas.core import audit
from iqas.core.models import AuditDetail, AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.core.worklist import work_of
from microcredentials.importers.partners import COLUMNS, KINDS
from microcredentials.models import (
    Agreement,
    MicroCredential,
    MicroCredentialVersion,
    Participation,
    Partner,
    PartnerContact,
    Supporter,
)
from microcredentials.selectors import partners as selectors
from microcredentials.services import partners as services
from microcredentials.services.approval import approve_version
from microcredentials.services.partner_import import import_partners
from microcredentials.services.proposals import edit_version
from microcredentials.services.writing import Support
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre, the_university
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db
SINCE = date(2025, 3, 1)


def refused(code: str, **call: Any) -> None:
    function = call.pop("function")
    with pytest.raises(RuleViolation) as refusal:
        function(**call)
    assert refusal.value.code == code


class TestTheRegister:
    def test_a_name_and_a_tax_number_stand_once_whatever_their_spelling(self) -> None:
        first = make_partner("Asociación Ánfora", tax_id="a-28.123.456")
        assert (first.code, first.tax_id) == ("P-001", "A28123456")
        assert "p-001" in first.search_key.lower()
        refused("name-taken", function=make_partner, name="  asociacion  ANFORA ")
        refused("tax-id-taken", function=make_partner, name="Otra", tax_id="A 28123456")
        assert Partner.objects.count() == 1

    def test_the_second_of_two_editors_is_told(self) -> None:
        officer, partner = make_staff("quality_officer"), make_partner("Uno")
        services.change_partner(actor=officer, partner=partner, seen=1, name="Dos")
        with pytest.raises(StaleVersion) as stale:
            services.change_partner(actor=officer, partner=partner, seen=1, name="Tres")
        assert stale.value.current.name == "Dos"

    def test_a_reader_changes_nothing(self) -> None:
        reader = make_staff("reader")
        with pytest.raises(AccessDenied):
            services.add_partner(actor=reader, name="Uno", kind="company")
        with pytest.raises(AccessDenied):
            services.change_partner(actor=reader, partner=make_partner(), seen=1, name="Dos")


class TestParticipation:
    def test_it_is_said_by_who_edits_the_micro_credential(self) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        microcredential, partner = make_microcredential(centre=here), make_partner()
        call = {"microcredential": microcredential, "partner": partner, "role": "design", "since": SINCE}
        with pytest.raises(AccessDenied):
            services.add_participation(actor=make_staff("coordinator", scope=there.scope), **call)
        mine = make_staff("coordinator", scope=here.scope)
        row = services.add_participation(actor=mine, **call)
        refused("participation-once", function=services.add_participation, actor=mine, **call)
        services.remove_participation(actor=mine, participation=row)
        assert not Participation.objects.exists()
        assert [event.action for event in audit.history(partner)][:2] == [
            "partner.leaves",
            "partner.takes-part",
        ]


class TestAgreements:
    @pytest.mark.parametrize(
        ("day", "state"),
        [
            ("2024-12-31", "future"),
            ("2025-01-01", "in_force"),
            ("2025-10-01", "in_force"),
            ("2025-10-02", "expiring"),
            ("2025-12-31", "expiring"),
            ("2026-01-01", "expired"),
        ],
    )
    def test_the_state_follows_from_the_dates(self, day: str, state: str) -> None:
        row = Agreement(title="Convenio", starts=date(2025, 1, 1), ends=date(2025, 12, 31))
        assert row.state_on(date.fromisoformat(day)) == state

    def test_without_an_end_it_never_expires(self) -> None:
        assert Agreement(title="Convenio", starts=date(2025, 1, 1)).state_on(date(2099, 1, 1)) == "in_force"

    def test_it_does_not_end_before_it_begins(self) -> None:
        refused(
            "dates-order",
            function=services.save_agreement,
            actor=make_staff("quality_officer"),
            partner=make_partner(),
            title="Convenio",
            starts=date(2025, 2, 1),
            ends=date(2025, 1, 1),
        )

    def test_who_looks_after_the_partner_is_warned_until_it_is_renewed(self, at: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        officer, partner = make_staff("quality_officer"), make_partner("Ánfora")
        services.add_participation(
            actor=officer,
            microcredential=make_microcredential(centre=here),
            partner=partner,
            role="need",
            since=SINCE,
        )
        terms = {"actor": officer, "partner": partner, "starts": date(2024, 1, 1)}
        services.save_agreement(title="Convenio", ends=date(2025, 12, 31), **terms)
        people = [
            officer,
            make_staff("coordinator", scope=here.scope),
            make_staff("coordinator", scope=there.scope),
        ]

        def warned() -> list[bool]:
            return [any("Ánfora" in str(item.title) for item in work_of(person)) for person in people]

        at("2025-10-01 10:00")
        assert warned() == [False, False, False]
        at("2025-10-02 10:00")
        assert warned() == [True, True, False]
        at("2026-06-01 10:00")
        assert warned() == [True, True, False]
        renewed = services.save_agreement(title="Renovación", ends=date(2027, 12, 31), **terms)
        assert warned() == [False, False, False]
        renewed.delete()
        last = Agreement.objects.get()
        services.save_agreement(actor=officer, partner=partner, agreement=last, seen=1, is_final=True)
        assert warned() == [False, False, False]


class TestContacts:
    def test_nothing_of_an_erased_contact_is_left(self) -> None:
        officer, partner = make_staff("quality_officer"), make_partner()
        given = {
            "name": "CANARY Pérez",
            "email": "canary@example.org",
            "phone": "600-CANARY",
            "position": "CANARY",
        }
        contact = services.save_contact(
            actor=officer, partner=partner, basis="consent", basis_on=SINCE, **given
        )
        services.save_contact(actor=officer, partner=partner, contact=contact, seen=1, name="CANARY Ruiz")
        services.erase_contact(actor=officer, contact=contact)
        assert not PartnerContact.objects.exists()
        kept = " ".join(f"{d.label} {d.before} {d.after} {d.reason}" for d in AuditDetail.objects.all())
        assert "CANARY" not in kept.upper()
        assert "partner.contact-erased" in {event.action for event in audit.history(partner)}
        assert list(audit.verify()) == []

    def test_a_reader_does_not_keep_contacts(self) -> None:
        with pytest.raises(AccessDenied):
            services.save_contact(
                actor=make_staff("reader"),
                partner=make_partner(),
                name="Ana",
                basis="consent",
                basis_on=SINCE,
            )


class TestStakeholdersOfAProposal:
    def named(self, microcredential: MicroCredential, *names: str) -> MicroCredentialVersion:
        version = microcredential.versions.latest("number")
        return edit_version(
            actor=make_staff("quality_officer"),
            version=version,
            seen=version.version,
            rows={"supporters": [Support(name, interest="Lo necesita.") for name in names]},
        )

    def test_one_named_before_it_was_registered_is_found_afterwards(self) -> None:
        microcredential = make_microcredential()
        version = self.named(microcredential, "Ánfora", "Otra")
        assert selectors.not_in_the_register(microcredential) == ["Ánfora", "Otra"]
        partner = make_partner("Ánfora")
        assert selectors.not_in_the_register(microcredential) == ["Otra"]
        assert version.supporters.get(name="Ánfora").partner == partner
        officer = make_staff("quality_officer")
        assert list(selectors.stands_behind(officer, partner)) == [microcredential]
        stranger = make_staff("reader", scope=make_centre("FAC-B").scope)
        assert list(selectors.stands_behind(stranger, partner)) == []

    def test_a_merge_moves_drafts_and_leaves_what_was_approved(self) -> None:
        kept, twice = make_partner("Ánfora S. A."), make_partner("Ánfora SA")
        officer = make_staff("quality_officer")
        draft, approved = make_microcredential(), make_microcredential()
        for microcredential in (draft, approved):
            version = self.named(microcredential, "Ánfora SA")
            Supporter.objects.filter(version=version).update(partner=twice)
        approve_version(actor=make_staff("approver"), version=approved.versions.get())
        services.merge_partners(actor=officer, kept=kept, duplicate=twice)
        found = {row.version.microcredential_id: row.partner for row in Supporter.objects.all()}
        assert found == {draft.pk: kept, approved.pk: twice}
        assert set(selectors.stands_behind(officer, kept)) == {draft, approved}


class TestMerging:
    def test_everything_moves_and_the_same_role_is_kept_once(self) -> None:
        officer = make_staff("quality_officer")
        kept, twice = make_partner("Ánfora S. A."), make_partner("Ánfora SA", tax_id="A1")
        uno, dos = make_microcredential("Uno"), make_microcredential("Dos")
        for partner, microcredential, since, note in (
            (kept, uno, date(2025, 5, 1), "mesa sectorial"),
            (twice, uno, date(2024, 5, 1), "encuesta"),
            (twice, dos, SINCE, ""),
        ):
            services.add_participation(
                actor=officer,
                microcredential=microcredential,
                partner=partner,
                role="need",
                since=since,
                note=note,
            )
        services.save_agreement(actor=officer, partner=twice, title="Convenio", starts=SINCE)
        services.save_contact(actor=officer, partner=twice, name="Ana", basis="contract", basis_on=SINCE)

        services.merge_partners(actor=officer, kept=kept, duplicate=twice, reason="la misma empresa")

        kept.refresh_from_db()
        twice.refresh_from_db()
        rows = {row.microcredential_id: (row.since, row.note) for row in kept.participations.all()}
        assert rows == {
            uno.pk: (date(2024, 5, 1), "mesa sectorial; encuesta"),
            dos.pk: (SINCE, ""),
        }
        assert (kept.agreements.count(), kept.contacts.count(), kept.tax_id) == (1, 1, "A1")
        assert (twice.merged_into, twice.is_active) == (kept, False)
        assert twice.code.lower() in kept.search_key
        newest = audit.history(kept).first()
        assert newest is not None
        assert (newest.action, newest.detail.reason) == ("partner.merged", "la misma empresa")
        refused("merged", function=services.change_partner, actor=officer, partner=twice, seen=2, name="X")
        refused("merged", function=services.merge_partners, actor=officer, kept=kept, duplicate=twice)
        refused("same-partner", function=services.merge_partners, actor=officer, kept=kept, duplicate=kept)
        assert make_partner("Ánfora SA").code == "P-003"

    def test_a_coordinator_does_not_merge(self) -> None:
        with pytest.raises(AccessDenied):
            services.merge_partners(
                actor=make_staff("coordinator"), kept=make_partner(), duplicate=make_partner()
            )


def table(*lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join(("Nombre;Tipo;NIF;País;Web;Notas", *lines)).encode())


class TestImport:
    def test_twice_changes_nothing_and_a_dry_run_writes_nothing(self) -> None:
        officer = make_staff("quality_officer")
        make_partner("Ánfora", notes="queda")
        lines = ("ANFORA;empresa;A-1;es;anfora.example;", "Servicio de Empleo;Servicio público de empleo;;;;")
        dry = import_partners(actor=officer, file=table(*lines), dry_run=True)
        assert (dry.created, dry.updated, dry.written, Partner.objects.count()) == (1, 1, False, 1)
        first = import_partners(actor=officer, file=table(*lines))
        assert (first.created, first.updated, first.written) == (1, 1, True)
        partner = Partner.objects.get(tax_id="A1")
        assert (partner.website, partner.country, partner.notes) == ("https://anfora.example", "ES", "queda")
        again = import_partners(actor=officer, file=table(*lines))
        assert (again.created, again.updated) == (0, 0)

    def test_a_bad_row_is_named_and_nothing_is_written(self) -> None:
        lines = (
            "Buena;empresa;;;;",
            "Mala;castillo;;España;no es una web;",
            ";empresa;;;;",
            "Sin tipo;;;;;",
            "Buena;empresa;;;;",
        )
        report = import_partners(actor=make_staff("quality_officer"), file=table(*lines))
        assert [(error.row, error.field, error.code) for error in report.rejected] == [
            (3, "kind", "unknown-kind"),
            (3, "country", "not-a-country"),
            (3, "website", "not-an-address"),
            (4, "name", "missing"),
            (5, "kind", "missing"),
            (6, "name", "row-twice"),
        ]
        assert not report.written
        assert not Partner.objects.exists()

    def test_one_event_with_the_hash_of_the_file_and_none_where_nothing_changed(self) -> None:
        officer, content = make_staff("quality_officer"), table("Ánfora;empresa;;;;", "Búcaro;ong;;;;")
        before = AuditEvent.objects.count()
        report = import_partners(actor=officer, file=content, filename="entidades.csv")
        import_partners(actor=officer, file=content)
        assert AuditEvent.objects.count() == before + 1
        event = AuditEvent.objects.latest("seq")
        assert (event.action, event.actor_id) == ("partners.imported", str(officer.pk))
        sha256 = hashlib.sha256(content.getvalue()).hexdigest()
        assert event.detail.after == {
            "file": "entidades.csv", "sha256": sha256, "rows": 2, "created": 2, "updated": 0,
        }  # fmt: skip
        assert report.sha256 == sha256

    def test_the_statements_do_not_grow_with_the_rows(self, django_assert_max_num_queries: Any) -> None:
        officer = make_staff("quality_officer")
        lines = [f"Entidad {number};empresa;B{number};;;" for number in range(300)]
        with django_assert_max_num_queries(30):
            assert import_partners(actor=officer, file=table(*lines)).created == 300
        lines = [line.replace("empresa", "ong") for line in lines]
        with django_assert_max_num_queries(30):
            assert import_partners(actor=officer, file=table(*lines)).updated == 300
        assert Partner.objects.filter(search_key__contains="p-300").count() == 1
        codes = Partner.objects.order_by("code").values_list("code", flat=True)
        assert (codes[0], codes[299]) == ("P-001", "P-300")
        assert make_partner("Otra").code == "P-301"

    def test_a_name_that_another_partner_has_is_refused(self) -> None:
        make_partner("Ánfora", tax_id="A1")
        make_partner("Búcaro", tax_id="B1")
        report = import_partners(actor=None, file=table("ánfora;;B1;;;", "Búcaro;;;;;nota"))
        assert [(error.row, error.code) for error in report.rejected] == [(2, "name-taken")]
        assert Partner.objects.get(tax_id="B1").name == "Búcaro"

    def test_proposals_being_written_point_to_a_new_partner(self) -> None:
        version = make_microcredential("Datos").current
        assert version is not None
        named = Supporter.objects.create(version=version, name="ánfora", order=9)
        import_partners(actor=None, file=table("Ánfora;empresa;;;;"))
        named.refresh_from_db()
        assert named.partner == Partner.objects.get()

    def test_the_columns_of_the_documentation_are_those_of_the_code(self) -> None:
        page = (Path(__file__).parents[2] / "docs/how-to/import-partners.md").read_text(encoding="utf-8")
        for field, headers in COLUMNS.synonyms.items():
            assert f"| `{field}` | {', '.join(headers)} |" in page
        for kind, words in KINDS.items():
            assert f"| `{kind.value}` | {', '.join(words)} |" in page

    def test_the_command(self, tmp_path: Path) -> None:
        the_university()
        file = tmp_path / "entidades.csv"
        file.write_bytes(table("Ánfora;empresa;;;;").getvalue())
        out = io.StringIO()
        call_command("import_partners", str(file), "--dry-run", stdout=out)
        assert "1" in out.getvalue()
        assert not Partner.objects.exists()
        for told in ({"created": 1, "unchanged": 0}, {"created": 0, "unchanged": 1}):
            out = io.StringIO()
            call_command("import_partners", str(file), "--json", stdout=out)
            answer = json.loads(out.getvalue())
            assert (
                answer.items() >= {**told, "rows": 1, "updated": 0, "written": True, "rejected": []}.items()
            )
        file.write_bytes(table("Mala;castillo;;;;").getvalue())
        with pytest.raises(SystemExit):
            call_command("import_partners", str(file), stdout=io.StringIO())
        with pytest.raises(CommandError):
            call_command("import_partners", str(tmp_path / "nada.csv"))
