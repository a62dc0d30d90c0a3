"""Evidence: who may add, approve, withdraw and cite it, and what counts as valid on a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iqas.core.access import allowed, can
from iqas.core.audit import history
from iqas.core.doctor import examine
from iqas.core.files import location_of, open_stored
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.evidence import selectors, services
from iqas.evidence.models import Citation, Evidence, EvidenceVersion
from iqas.frameworks.services import PACKS, load_packs
from iqas.organisation.scopes import add_scope
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory, text_upload
from tests.factories.frameworks import CriterionFactory, EvidenceKindFactory, shipped_criterion
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db

FACT = date(2026, 1, 15)


@pytest.fixture
def centre_officer() -> Any:
    return make_staff("centre_quality", make_centre().scope)


@pytest.fixture
def second_person() -> Any:
    return make_staff("centre_quality", make_centre().scope)


@pytest.fixture
def minutes(centre_officer: Any) -> Evidence:
    EvidenceKindFactory()
    return services.add_evidence(
        actor=centre_officer,
        scope=make_centre().scope,
        title="Acta 3/2026",
        kind="minutes",
        criteria=[CriterionFactory()],
    )


def micro_credential(centre: Any, code: str) -> Any:
    return add_scope(kind="microcredential", parent=centre.scope, code=code, label=f"Microcredencial {code}")


# --- versions ----------------------------------------------------------------------------------------


def test_a_file_is_kept_under_its_hash_and_numbered(centre_officer: Any, minutes: Evidence) -> None:
    first = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload("uno")
    )
    second = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload("dos")
    )
    assert (first.number, second.number) == (1, 2)
    assert first.state == "draft"
    with open_stored(first.sha256) as file:
        assert file.read() == b"uno"
    assert [event.action for event in history(minutes)] == ["evidence.version-added"] * 2 + ["evidence.added"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "upload"),
        ({"url": "https://example.org", "upload": "both"}, "upload"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://example.org", "date_of_fact": date(2999, 1, 1)}, "date_of_fact"),
        ({"url": "https://example.org", "valid_until": date(2026, 1, 14)}, "valid_until"),
    ],
)
def test_a_version_says_what_is_wrong_and_writes_nothing(
    centre_officer: Any, minutes: Evidence, values: dict[str, Any], field: str
) -> None:
    if values.get("upload"):
        values = values | {"upload": text_upload()}
    with pytest.raises(RuleViolation) as refusal:
        services.add_version(actor=centre_officer, evidence=minutes, **({"date_of_fact": FACT} | values))
    assert refusal.value.field == field
    assert not minutes.versions.exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (
            "dibujo.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "file-kind",
        ),
        ("pagina.txt", b"<html><script>alert(1)</script></html>", "file-kind"),
        ("informe.pdf", b"MZ\x90\x00 this is a program", "file-kind"),
        ("informe.pdf", b"%PDF-1.7 cut", "file-broken"),
        ("vacio.txt", b"", "file-empty"),
        ("hoja.xlsx", b"\xd0\xcf\x11\xe0 with a password", "file-encrypted"),
    ],
)
def test_a_wrong_kind_of_file_is_refused_with_its_field(
    centre_officer: Any, minutes: Evidence, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.add_version(
            actor=centre_officer,
            evidence=minutes,
            date_of_fact=FACT,
            upload=SimpleUploadedFile(name, content),
        )
    assert (refusal.value.code, refusal.value.field) == (code, "upload")
    assert not minutes.versions.exists()


def test_the_same_content_again_is_refused_unless_withdrawn(centre_officer: Any, minutes: Evidence) -> None:
    version = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload()
    )
    with pytest.raises(RuleViolation, match="1") as refusal:
        services.add_version(actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload())
    assert refusal.value.code == "same-content"
    services.withdraw_version(actor=centre_officer, version=version, reason="Fecha equivocada")
    again = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload()
    )
    assert again.number == 2


# --- approval ----------------------------------------------------------------------------------------


def test_somebody_else_than_the_uploader_approves(
    centre_officer: Any, second_person: Any, minutes: Evidence
) -> None:
    version = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload()
    )
    with pytest.raises(AccessDenied) as refusal:
        services.approve_version(actor=centre_officer, version=version)
    assert refusal.value.code == "own-upload"
    approved = services.approve_version(actor=second_person, version=version)
    assert (approved.state, approved.approved_by) == ("approved", second_person)
    with pytest.raises(AccessDenied) as refusal:
        services.approve_version(actor=second_person, version=version)
    assert refusal.value.code == "not-draft"


def test_the_database_itself_refuses_an_approval_of_ones_own_upload() -> None:
    version = EvidenceVersionFactory(approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceVersion.objects.filter(pk=version.pk).update(approved_by=version.uploaded_by)


def test_the_state_is_not_set_by_hand() -> None:
    version = EvidenceVersionFactory()
    with pytest.raises(AttributeError):
        version.state = "approved"


def test_withdrawing_needs_a_reason_and_keeps_the_citations(second_person: Any) -> None:
    version = EvidenceVersionFactory(approved=True)
    criterion = CriterionFactory()
    services.cite(
        actor=second_person,
        version=version,
        criterion=criterion,
        scope=make_centre().scope,
        citing_code="S-2026-001",
    )
    with pytest.raises(RuleViolation) as refusal:
        services.withdraw_version(actor=second_person, version=version, reason="  ")
    assert refusal.value.field == "reason"
    withdrawn = services.withdraw_version(actor=second_person, version=version, reason="Contiene un error")
    assert withdrawn.state == "withdrawn"
    assert Citation.objects.filter(version=version).exists()


# --- the header --------------------------------------------------------------------------------------


def test_two_people_change_the_header_and_neither_is_lost(
    centre_officer: Any, second_person: Any, minutes: Evidence
) -> None:
    services.change_evidence(
        actor=centre_officer, evidence=minutes, seen_version=1, title="Acta 3/2026 firmada"
    )
    with pytest.raises(StaleVersion) as refusal:
        services.change_evidence(actor=second_person, evidence=minutes, seen_version=1, title="Otro título")
    assert refusal.value.current.title == "Acta 3/2026 firmada"
    minutes.refresh_from_db()
    assert (minutes.title, minutes.version) == ("Acta 3/2026 firmada", 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title-missing"),
        ({"kind": "song"}, "unknown-kind"),
        ({"personal_data": True}, "redaction-missing"),
        ({"title": "x" * 201}, "invalid"),
    ],
)
def test_a_bad_header_is_refused(
    centre_officer: Any, minutes: Evidence, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.change_evidence(actor=centre_officer, evidence=minutes, seen_version=1, **changes)
    assert refusal.value.code == code
    minutes.refresh_from_db()
    assert (minutes.title, minutes.version) == ("Acta 3/2026", 1)


def test_a_heading_is_not_proved(centre_officer: Any, minutes: Evidence) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.change_evidence(
            actor=centre_officer,
            evidence=minutes,
            seen_version=1,
            criteria=[CriterionFactory(assessable=False)],
        )
    assert refusal.value.code == "not-assessable"


# --- citations ---------------------------------------------------------------------------------------


def test_a_citation_pins_the_version_and_freezes_the_framework(second_person: Any) -> None:
    version = EvidenceVersionFactory(approved=True)
    criterion = CriterionFactory()
    cite = {
        "version": version,
        "criterion": criterion,
        "scope": make_centre().scope,
        "citing_code": "S-2026-001",
    }
    first = services.cite(actor=second_person, **cite)
    assert services.cite(actor=second_person, **cite).pk == first.pk
    criterion.framework.refresh_from_db()
    assert criterion.framework.frozen_at is not None
    EvidenceVersionFactory(evidence=version.evidence, approved=True)
    assert [item.version_id for item in selectors.citations_of("S-2026-001")] == [version.pk]
    assert selectors.newer_than([version]) == {version.pk: 2}
    with pytest.raises(ProtectedError):
        version.delete()


def test_only_approved_versions_are_cited(second_person: Any) -> None:
    version = EvidenceVersionFactory()
    with pytest.raises(AccessDenied) as refusal:
        services.cite(
            actor=second_person,
            version=version,
            criterion=CriterionFactory(),
            scope=make_centre().scope,
            citing_code="S-1",
        )
    assert refusal.value.code == "not-approved"


def test_a_citation_is_taken_back(second_person: Any) -> None:
    version = EvidenceVersionFactory(approved=True)
    citation = services.cite(
        actor=second_person,
        version=version,
        criterion=CriterionFactory(),
        scope=make_centre().scope,
        citing_code="S-1",
    )
    services.uncite(actor=second_person, citation=citation)
    assert not selectors.citations_of("S-1").exists()
    assert [event.action for event in history(version.evidence)] == ["evidence.uncited", "evidence.cited"]


# --- who sees ----------------------------------------------------------------------------------------

SCOPES = ("university", "centre A", "centre B", "credential A", "credential B")
ROLES = (
    "quality_officer",
    "centre_quality",
    "coordinator",
    "reviewer",
    "approver",
    "reader",
    "auditor",
    "administrator",
)
EVIDENCE_RULES = ("evidence.view", "evidence.change")
VERSION_RULES = ("evidence.approve", "evidence.withdraw", "evidence.cite")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(SCOPES)), max_size=2),
    objects=st.lists(
        st.tuples(
            st.sampled_from(SCOPES), st.booleans(), st.sampled_from(["draft", "approved"]), st.booleans()
        ),
        max_size=4,
    ),
)
def test_each_predicate_agrees_with_its_twin(
    held: list[tuple[str, str]], objects: list[tuple[str, bool, str, bool]]
) -> None:
    with transaction.atomic():
        scopes = scopes_of_two_centres()
        user = (
            make_staff("reader", scopes["credential B"])
            if not held
            else make_staff(held[0][0], scopes[held[0][1]])
        )
        for role, place in held[1:]:
            user.assignments.create(role=role, scope=scopes[place], valid_from=date(2020, 1, 1))
        for place, personal, state, own in objects:
            evidence = EvidenceFactory(scope=scopes[place], personal_data=personal)
            EvidenceVersionFactory(
                evidence=evidence, approved=state == "approved", **({"uploaded_by": user} if own else {})
            )
        for action in EVIDENCE_RULES:
            assert {
                obj.pk for obj in Evidence.objects.select_related("scope") if can(user, action, obj)
            } == set(allowed(user, action).values_list("pk", flat=True)), action
        versions = EvidenceVersion.objects.select_related("evidence__scope")
        for action in VERSION_RULES:
            assert {obj.pk for obj in versions if can(user, action, obj)} == set(
                allowed(user, action).values_list("pk", flat=True)
            ), action
        transaction.set_rollback(True)


def scopes_of_two_centres() -> dict[str, Any]:
    first, second = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    return {
        "university": the_university().scope,
        "centre A": first.scope,
        "centre B": second.scope,
        "credential A": micro_credential(first, "MC-901"),
        "credential B": micro_credential(second, "MC-902"),
    }


def test_what_lies_above_is_seen_unless_it_holds_personal_data() -> None:
    scopes = scopes_of_two_centres()
    coordinator = make_staff("coordinator", scopes["credential A"])
    policy = EvidenceFactory(scope=scopes["university"])
    staff_list = EvidenceFactory(scope=scopes["centre A"], personal_data=True)
    foreign = EvidenceFactory(scope=scopes["centre B"])
    own = EvidenceFactory(scope=scopes["credential A"], personal_data=True)
    seen = set(allowed(coordinator, "evidence.view"))
    assert seen == {policy, own}
    assert not can(coordinator, "evidence.change", policy)
    assert can(coordinator, "evidence.change", own)
    assert {staff_list, foreign} & seen == set()


def test_an_auditor_has_no_evidence_outside_the_dossier() -> None:
    EvidenceFactory(scope=the_university().scope)
    assert not allowed(make_staff("auditor"), "evidence.view").exists()


# --- validity ----------------------------------------------------------------------------------------


def test_valid_on_a_date_is_approved_happened_and_not_expired() -> None:
    evidence = EvidenceFactory()
    valid = EvidenceVersionFactory(evidence=evidence, approved=True, valid_until=date(2026, 6, 30))
    EvidenceVersionFactory(evidence=evidence)
    EvidenceVersionFactory(evidence=evidence, approved=True, valid_until=date(2026, 6, 29))
    EvidenceVersionFactory(evidence=evidence, approved=True, date_of_fact=date(2026, 7, 1))
    lasting = EvidenceVersionFactory(evidence=evidence, approved=True)
    assert set(selectors.valid_on(date(2026, 6, 30))) == {valid, lasting}


def test_share_of_criteria_with_valid_evidence() -> None:
    scopes = scopes_of_two_centres()
    specification, support = shipped_criterion("A.1"), shipped_criterion("B.3")
    assert support.shared
    assert not specification.shared
    EvidenceVersionFactory(
        evidence=EvidenceFactory(
            scope=scopes["credential A"], criteria=[specification, shipped_criterion("A.2")]
        ),
        approved=True,
        date_of_fact=date(2025, 4, 20),
    )
    EvidenceVersionFactory(
        evidence=EvidenceFactory(scope=scopes["centre A"], criteria=[specification, support]),
        approved=True,
        date_of_fact=date(2023, 1, 1),
    )
    expired = EvidenceFactory(scope=scopes["credential A"], criteria=[shipped_criterion("C.1")])
    EvidenceVersionFactory(evidence=expired, approved=True, valid_until=date(2026, 6, 19))

    found = selectors.per_criterion_validity(
        [scopes["credential A"], scopes["credential B"]], date(2026, 6, 20)
    )
    first, second = found[scopes["credential A"].pk], found[scopes["credential B"].pk]
    assert (first.valid, first.total, second.valid, second.total) == (3, 23, 0, 23)
    by_code = {item.criterion.code: item for item in first.criteria}
    assert (by_code["A.1"].age_months, by_code["A.1"].from_above, by_code["A.1"].stale) == (14, False, False)
    assert (by_code["B.3"].age_months, by_code["B.3"].from_above, by_code["B.3"].stale) == (41, True, True)
    assert not by_code["C.1"].valid
    assert (first.below("A").valid, first.below("A").total, first.below("A").oldest_months) == (2, 6, 14)
    assert (second.below("B").valid, second.oldest_months) == (0, None)


def test_validity_takes_the_same_queries_for_one_and_for_many(max_queries: Callable[..., Any]) -> None:
    centre = make_centre()
    criterion = shipped_criterion("A.1")
    scopes = [micro_credential(centre, f"MC-8{number:02}") for number in range(30)]
    for scope in scopes:
        EvidenceVersionFactory(evidence=EvidenceFactory(scope=scope, criteria=[criterion]), approved=True)
    for count in (1, 30):
        with max_queries(3):
            found = selectors.per_criterion_validity(scopes[:count], date(2026, 6, 20))
        assert sum(item.valid for item in found.values()) == count


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2025, 4, 20), date(2026, 6, 20), 14),
        (date(2025, 4, 20), date(2026, 6, 19), 13),
        (date(2026, 6, 20), date(2026, 6, 20), 0),
        (date(2026, 7, 1), date(2026, 6, 20), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
    ],
)
def test_months_are_whole(earlier: date, later: date, months: int) -> None:
    assert selectors.months_between(earlier, later) == months


@pytest.mark.parametrize(
    ("versions", "status"),
    [
        ([], "missing"),
        ([{}], "draft"),
        ([{"approved": True}], "approved"),
        ([{"approved": True, "valid_until": date(2026, 7, 1)}], "expiring"),
        ([{"approved": True, "valid_until": date(2026, 7, 1)}, {}], "expiring"),
        ([{"approved": True, "valid_until": date(2026, 6, 1)}], "expired"),
        ([{"approved": True, "valid_until": date(2026, 6, 1)}, {}], "draft"),
    ],
)
def test_the_status_of_an_evidence(versions: list[dict[str, Any]], status: str) -> None:
    evidence = EvidenceFactory()
    for version in versions:
        EvidenceVersionFactory(evidence=evidence, **version)
    assert selectors.with_status(Evidence.objects.all(), date(2026, 6, 20)).get().status == status


# --- files on disk -----------------------------------------------------------------------------------


def flip_a_byte(sha256: str) -> None:
    location = location_of(sha256)
    with default_storage.open(location, "rb") as file:
        content = bytearray(file.read())
    content[0] ^= 1
    default_storage.delete(location)
    default_storage.save(location, ContentFile(bytes(content)))


def test_a_byte_flipped_on_disk_is_found(centre_officer: Any, minutes: Evidence) -> None:
    version = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload("este texto se altera")
    )
    assert problems("evidence-files") == ()
    flip_a_byte(version.sha256)
    with pytest.raises(RuleViolation) as refusal:
        open_stored(version.sha256)
    assert refusal.value.code == "file-altered"
    assert [minutes.code in sentence for sentence in problems("evidence-files")] == [True]
    default_storage.delete(location_of(version.sha256))
    assert [minutes.code in sentence for sentence in problems("evidence-files")] == [True]


def problems(check: str) -> tuple[str, ...]:
    return next(finding.problems for finding in examine() if finding.id == check)


def test_a_file_that_a_crash_left_half_written_is_made_whole(centre_officer: Any, minutes: Evidence) -> None:
    first = services.add_version(
        actor=centre_officer, evidence=minutes, date_of_fact=FACT, upload=text_upload("el texto entero")
    )
    location = location_of(first.sha256)
    default_storage.delete(location)
    default_storage.save(location, ContentFile(b"el tex"))
    other = EvidenceFactory(scope=minutes.scope)
    services.add_version(
        actor=centre_officer, evidence=other, date_of_fact=FACT, upload=text_upload("el texto entero")
    )
    with open_stored(first.sha256) as file:
        assert file.read() == b"el texto entero"


def load_next_version(folder: Path) -> None:
    """The four dimensions again, as version 2099."""
    content = yaml.safe_load((PACKS / "four-dimensions.yaml").read_text(encoding="utf-8"))
    path = folder / "four-dimensions.yaml"
    path.write_text(yaml.safe_dump(content | {"version": "2099"}, allow_unicode=True), encoding="utf-8")
    load_packs(folder)


def test_a_new_version_of_the_framework_keeps_what_is_filed_for_it(
    centre_officer: Any, second_person: Any, tmp_path: Path
) -> None:
    criterion, scope = shipped_criterion("A.1"), make_centre().scope
    filed = services.add_evidence(
        actor=centre_officer, scope=scope, title="Acta", kind="minutes", criteria=[criterion]
    )
    version = services.add_version(
        actor=centre_officer, evidence=filed, date_of_fact=FACT, upload=text_upload()
    )
    services.approve_version(actor=second_person, version=version)
    load_next_version(tmp_path)
    proved = selectors.per_criterion_validity([scope], FACT)[scope.pk].criteria
    assert [(c.criterion.framework.version, c.criterion.code) for c in proved if c.valid] == [("2099", "A.1")]


def test_saying_anew_what_an_evidence_proves_leaves_older_frameworks_alone(
    centre_officer: Any, tmp_path: Path
) -> None:
    criterion = shipped_criterion("A.1")
    filed = services.add_evidence(
        actor=centre_officer, scope=make_centre().scope, title="Acta", kind="minutes", criteria=[criterion]
    )
    load_next_version(tmp_path)
    services.change_evidence(actor=centre_officer, evidence=filed, seen_version=filed.version, criteria=[])
    assert [link.criterion for link in filed.criterion_links.all()] == [criterion]
