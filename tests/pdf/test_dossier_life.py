"""A dossier from its order to its verification, on a real database and a real job."""

from __future__ import annotations

import hashlib
import io
import json
import random
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from audits import verifier
from audits.models import Dossier, Snapshot
from audits.selectors import register
from audits.services import assessments, dossiers
from feedback.models import Response
from feedback.services import summaries
from iqas.accounts.models import RoleAssignment
from iqas.core.audit import history, verify
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.demo.building.organisation import logo_decided
from iqas.jobs.models import Job, JobState
from iqas.jobs.runner import perform_here
from iqas.organisation.models import University
from iqas.organisation.services import change_university
from tests.factories.accounts import make_staff
from tests.factories.audits import Cast, make_cast, make_dossier, make_frozen, make_written
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre

pytestmark = [pytest.mark.django_db, pytest.mark.pdf, pytest.mark.both]


@pytest.fixture
def cast(at) -> Cast:
    at("2026-10-01 10:00")
    return make_cast()


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    return make_dossier(cast)


def pdf_of(dossier: Dossier) -> bytes:
    with open_stored(dossier.sha256) as file:
        return file.read()


def test_it_is_printed_registered_and_stored_under_its_hash(dossier: Dossier) -> None:
    pdf = pdf_of(dossier)
    assert dossier.state == Dossier.State.CURRENT
    assert dossier.job.state == JobState.SUCCEEDED
    assert (hashlib.sha256(pdf).hexdigest(), len(pdf)) == (dossier.sha256, dossier.size)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == dossier.pages
        manifest = document.attachments["manifest.json"].get_file().read_bytes()
        snapshot = document.attachments["snapshot.json"].get_file().read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == dossier.manifest_sha256
    assert snapshot.decode() == dossier.snapshot.body
    event = history(dossier).first()
    assert event.action == "dossier.registered"
    assert event.seq == dossier.registered_seq
    assert event.detail.after["sha256"] == dossier.sha256
    assert list(verify()) == []


def test_asking_twice_is_asking_once(cast: Cast, dossier: Dossier) -> None:
    again = dossiers.request(
        actor=cast.author, assessment=dossier.snapshot.self_assessment, language=dossier.language
    )
    assert again.pk == dossier.pk
    perform_here(dossier.job_id)
    again.refresh_from_db()
    assert again.sha256 == dossier.sha256
    english = dossiers.request(actor=cast.author, assessment=dossier.snapshot.self_assessment, language="en")
    assert english.csv_code != dossier.csv_code


def test_what_ordering_refuses(cast: Cast) -> None:
    frozen = make_frozen(cast)
    with pytest.raises(RuleViolation) as language:
        dossiers.request(actor=cast.author, assessment=frozen, language="gl")
    assert language.value.code == "language-incomplete"
    with pytest.raises(AccessDenied):
        dossiers.request(actor=cast.coordinator, assessment=frozen, language="es")
    draft = make_written(make_cast("FAC-B", "Facultad B"))
    with pytest.raises(AccessDenied):
        dossiers.request(actor=cast.author, assessment=draft, language="es")
    officer = cast.approver
    with pytest.raises(AccessDenied):
        dossiers.request(actor=officer, assessment=draft, language="es")
    assert not Dossier.objects.exists()


def test_an_altered_snapshot_is_not_printed(cast: Cast) -> None:
    dossier = make_dossier(cast, printed=False)
    Snapshot.objects.update(body=dossier.snapshot.body.replace("Participaci", "Participazi", 1))
    job = perform_here(dossier.job_id)
    dossier.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "snapshot-altered")
    assert dossier.state == Dossier.State.PENDING
    assert list(register.entries()) == []


def test_a_file_that_the_lint_refuses_is_not_registered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = make_dossier(cast, printed=False)
    monkeypatch.setattr(
        dossiers, "lint", lambda pdf, attached: ["PDF/UA 7.3: a figure has no alternative text"]
    )
    job = perform_here(dossier.job_id)
    assert (job.state, job.error_code) == (JobState.FAILED, "dossier-unfit")
    assert "7.3" in job.error_sentence
    dossier.refresh_from_db()
    assert dossier.state == Dossier.State.PENDING


def test_later_changes_of_live_data_do_not_reach_the_dossier(cast: Cast) -> None:
    dossier = make_dossier(cast, printed=False)
    cast.centre.scope.label = "Otro nombre"
    cast.centre.scope.save()
    cast.centre.name_es = "Otro nombre"
    cast.centre.save()
    perform_here(dossier.job_id)
    dossier.refresh_from_db()
    with pikepdf.open(io.BytesIO(pdf_of(dossier))) as document:
        inside = json.loads(document.attachments["snapshot.json"].get_file().read_bytes())
    assert inside["centre"]["name_es"] == "Facultad A"


def test_a_newer_dossier_supersedes_the_older_and_names_it(cast: Cast, dossier: Dossier, at) -> None:
    at("2026-11-02 10:00")
    newer = make_dossier(cast)
    dossier.refresh_from_db()
    assert (dossier.state, newer.state) == (Dossier.State.SUPERSEDED, Dossier.State.CURRENT)
    with pikepdf.open(io.BytesIO(pdf_of(newer))) as document:
        manifest = json.loads(document.attachments["manifest.json"].get_file().read_bytes())
    assert manifest["previous"] == dossier.sha256
    assert {entry["state"] for entry in register.entries()} == {"superseded", "current"}


def test_the_manifest_names_the_program_and_the_results_that_were_known(
    cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """reliability.md §4.1: whoever doubts a figure recounts it; a result that changes later no longer has this hash."""
    settings.BUILT_FROM = "f" * 40
    edition = make_plain_edition(cast.centre)
    counted = make_results("C-0001", [rate_all(4)] * 7, edition=edition)
    make_results("C-0002", [rate_all(4)] * 7, edition=make_plain_edition(make_centre("FAC-B", "Facultad B")))
    dossier = make_dossier(cast)
    with pikepdf.open(io.BytesIO(pdf_of(dossier))) as document:
        manifest = json.loads(document.attachments["manifest.json"].get_file().read_bytes())
    assert manifest["commit"] == "f" * 40
    (named,) = manifest["survey_results"]
    assert (named["campaign"], named["edition"], named["responses"]) == ("C-0001", edition.code, 7)
    assert results_hash("C-0001", capsys) == named["sha256"]
    Response.objects.filter(campaign=counted).first().delete()
    summaries.refresh(counted)
    assert results_hash("C-0001", capsys) != named["sha256"]


def results_hash(campaign: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("campaign_results", campaign, "--sha256", "--language", "en")
    return capsys.readouterr().out.strip()


def test_the_cover_keeps_the_logo_of_the_day_of_the_freeze(cast: Cast) -> None:
    administrator = make_staff("administrator")
    change_university(actor=administrator, seen_version=University.current().version, **logo_decided())
    dossier = make_dossier(cast, printed=False)
    change_university(
        actor=administrator, seen_version=University.current().version, logo_sha256="", logo_media_type=""
    )
    logo = dossiers.content_of(dossier).logo
    assert logo is not None
    assert (logo.media_type, logo.body[:4]) == ("image/png", b"\x89PNG")


def test_the_commands_build_verify_and_export(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier = make_dossier(cast, printed=False)
    first, second, exported = tmp_path / "a.pdf", tmp_path / "b.pdf", tmp_path / "register.jsonl"
    call_command("build_dossier", dossier.code, "--out", str(first))
    call_command("build_dossier", dossier.code, "--out", str(second))
    assert first.read_bytes() == second.read_bytes()
    call_command("verify_dossier", str(first))
    call_command("export_register", "--out", str(exported))
    assert verifier.main([str(first), "--register", str(exported)]) == 0
    flipped = bytearray(first.read_bytes())
    dice = random.Random(7)
    flipped[dice.randrange(len(flipped))] ^= 1
    second.write_bytes(flipped)
    with pytest.raises(SystemExit) as refused:
        call_command("verify_dossier", str(second), "--json")
    assert refused.value.code == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["genuine"] is False
    assert verifier.main([str(second), "--register", str(exported)]) == 1


def test_the_command_ended_in_a_traceback_where_the_creator_had_lost_the_role(
    cast: Cast, tmp_path: Path
) -> None:
    dossier = make_dossier(cast, printed=False)
    Job.objects.filter(pk=dossier.job_id).update(state=JobState.FAILED, attempts=5)
    RoleAssignment.objects.filter(user=dossier.created_by).delete()
    call_command("build_dossier", dossier.code, "--out", str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    [retried] = AuditEvent.objects.filter(action="job.retried")
    assert retried.actor_id == ""


def test_a_refusal_while_printing_is_a_sentence(cast: Cast, tmp_path: Path, monkeypatch) -> None:
    dossier = make_dossier(cast, printed=False)

    def refuse(*_given: object) -> None:
        raise RuleViolation("file-missing", "The stored file is missing.")

    monkeypatch.setattr("audits.management.commands.build_dossier.perform_here", refuse)
    with pytest.raises(CommandError, match=r"The stored file is missing\."):
        call_command("build_dossier", dossier.code, "--out", str(tmp_path / "a.pdf"))


def test_a_thousand_flips_of_a_real_dossier_are_refused(dossier: Dossier, tmp_path: Path) -> None:
    pdf, known = pdf_of(dossier), {entry["sha256"]: entry for entry in register.entries()}
    file = tmp_path / "dossier.pdf"
    file.write_bytes(pdf)
    assert verifier.verify(file, known).genuine
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for _ in range(1000):
        flipped = bytearray(pdf)
        flipped[dice.randrange(len(pdf))] ^= 1 << dice.randrange(8)
        file.write_bytes(flipped)
        assert not verifier.verify(file, known).genuine


def test_the_verifier_hashes_the_evidence_again(dossier: Dossier, tmp_path: Path) -> None:
    file, folder = tmp_path / "dossier.pdf", tmp_path / "evidence"
    folder.mkdir()
    file.write_bytes(pdf_of(dossier))
    known = {entry["sha256"]: entry for entry in register.entries()}
    (folder / "acta.txt").write_text("Acta de la comisión", encoding="utf-8")
    assert verifier.verify(file, known, folder).evidence_checked == 1
    assert verifier.verify(file, known, folder).genuine
    (folder / "acta.txt").write_text("Acta de la Comisión", encoding="utf-8")
    assert not verifier.verify(file, known, folder).genuine


@pytest.mark.parametrize("field", ["sha256", "manifest_sha256", "csv_code"])
def test_a_row_that_differs_from_its_event_is_not_vouched_for(dossier: Dossier, field: str) -> None:
    assert register.entry_of(dossier) is not None
    Dossier.objects.update(**{field: "0" * len(getattr(dossier, field))})
    dossier.refresh_from_db()
    assert register.entry_of(dossier) is None
    assert list(register.entries()) == []


def test_the_commands_say_what_is_wrong(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no dossier D-2026-999"):
        call_command("build_dossier", "D-2026-999", "--out", str(tmp_path / "x.pdf"))
    with pytest.raises(CommandError, match="cannot verify"):
        call_command("verify_dossier", str(tmp_path / "missing.pdf"))


def test_verification_codes_are_eighty_random_bits_that_survive_typing() -> None:
    codes = {dossiers.new_verification_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for code in codes)
    assert dossiers.normal_code(" 7k2m-q9xw tr4h-b3cn ") == "7K2MQ9XWTR4HB3CN"
    assert dossiers.normal_code("OIL0-0000-0000-0000") == "0110000000000000"


def test_a_frozen_report_takes_no_more_words(cast: Cast, dossier: Dossier) -> None:
    row = dossier.snapshot.self_assessment.criteria.select_related("criterion", "self_assessment").first()
    with pytest.raises(AccessDenied) as denied:
        assessments.save_criterion(
            actor=cast.author,
            assessment=row,
            seen_version=row.version,
            narrative="",
            rating="",
            strengths="",
            weaknesses="",
        )
    assert denied.value.code == "not-drafting"
