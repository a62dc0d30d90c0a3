"""The demonstration university: the same codes, counts and figures for a day, whenever and wherever it is built.

A change of these numbers is a change of the demonstration: say so in CHANGELOG.md.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from audits.models import Dossier, SelfAssessment
from feedback.models import Campaign, CampaignGroup, Comment, OpeningRule, Round
from iqas.accounts.models import User
from iqas.core import audit
from iqas.demo import content
from iqas.demo.summary import open_survey
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.improvement.models import Action
from iqas.indicators.models import Measurement
from iqas.organisation.models import AcademicYear, Centre
from iqas.organisation.services import begin_university
from iqas.ui.pdf.lint import lint
from microcredentials.models import (
    Agreement,
    AnnualProgramme,
    ApprovalAct,
    Edition,
    EnrolmentCount,
    MicroCredential,
    Partner,
    Pathway,
    Submission,
)
from microcredentials.selectors.pathways import ways
from tests.factories.feedback import answer_all, make_campaign, make_questionnaire

TODAY = dt.date(2026, 11, 23)
FIGURES = {
    "response-rate": (165, 306),
    "overall-satisfaction": (121, 146),
    "satisfaction-teaching": (359, 425),
    "usefulness": (120, 140),
    "completion-rate": (274, 303),
    "success-rate": (None, None),  # of 272 presented; 274 completed: two who were not would be told of
    "places-coverage": (303, 391),
    "valid-evidence": (210, 322),
    "employer-need": (12, 18),
    "employer-satisfaction": (53, 75),
    "provider-level": (26, 32),
    "provider-recognition": (5, 8),
    "teacher-satisfaction": (10, 12),
    "graduate-use": (11, 17),
}
OBJECT_PAGES = (
    "/microcredentials/MC-001/",
    "/microcredentials/MC-001/partners/",
    *(f"/microcredentials/{code}/approval/" for code in ("MC-003", "MC-010", "MC-013", "MC-014")),
    "/microcredentials/MC-013/proposal/",
    "/microcredentials/MC-013/compare/",
    "/microcredentials/editions/MC-001-2026-1/",
    "/microcredentials/partners/P-001/",
    "/microcredentials/pathways/ITI-001/",
    "/microcredentials/editions/MC-001-2025-1/",
    "/feedback/campaigns/C-0063/",
    "/feedback/campaigns/C-0059/results/",
    "/feedback/campaigns/C-0062/results/",
    "/feedback/campaigns/C-0063/results/",
    "/quality/evidence/E-0001/",
    "/quality/indicators/completion-rate/",
    "/audits/S-2026-001/",
    "/audits/dossiers/D-2026-001/",
    *(f"/quality/{name}/" for name in ("credential", "course", "learners", "peers")),
    *(f"/quality/{name}/MC-001/" for name in ("credential", "course", "learners", "peers")),
)
LISTS = (
    "/microcredentials/partners/",
    "/microcredentials/pathways/",
    "/microcredentials/",
    "/microcredentials/editions/",
    "/quality/",
    "/quality/indicators/",
    "/quality/evidence/",
    "/quality/actions/",
    "/quality/frameworks/",
    "/feedback/",
    "/feedback/questionnaires/",
    "/audits/",
    "/audits/dossiers/",
    "/people/",
    "/jobs/",
    "/settings/centres/",
)


LINT = Path(__file__).resolve().parents[3] / "shared" / "tools" / "pdf_lint.py"


def told() -> dict[str, Any]:
    out = io.StringIO()
    call_command("demo", "--json", today=TODAY, stdout=out)
    return dict(json.loads(out.getvalue()))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_the_same_for_the_same_day(max_queries, client_for, tmp_path):
    first = told()
    head = audit.chain_head()
    assert list(audit.verify()) == []

    assert Centre.objects.count() == 3
    assert MicroCredential.objects.count() == 14
    assert AcademicYear.objects.count() == 5
    assert Edition.objects.count() == 62
    counts = EnrolmentCount.objects.aggregate(
        enrolled=Sum("enrolled"), completed=Sum("completed"), passed=Sum("passed")
    )
    assert counts == {"enrolled": 932, "completed": 748, "passed": 712}
    heard = Campaign.objects.aggregate(
        asked=Sum("invited_count"), answered=Sum("responses_count"), destroyed=Sum("destroyed_count")
    )
    assert heard == {"asked": 984, "answered": 530, "destroyed": 26}
    assert Campaign.objects.filter(destroyed_count__gt=0).count() == 8
    assert Comment.objects.count() == 359
    assert_comments_answer_their_question()
    others = Campaign.objects.exclude(questionnaire_version__questionnaire__audience="learner")
    assert Counter(others.values_list("questionnaire_version__questionnaire__code", flat=True)) == {
        "TEACHER": 1,
        "EMPLOYER": 2,
        "PROVIDER": 1,
        "GRADUATE-6M": 1,
    }
    assert (Round.objects.count(), OpeningRule.objects.count()) == (1, 1)
    assert CampaignGroup.objects.count() == 2
    assert (Evidence.objects.count(), EvidenceVersion.objects.count()) == (189, 482)
    assert Partner.objects.filter(merged_into=None).count() == 14
    assert Counter(row.state_on(TODAY) for row in Agreement.objects.all()) == {
        "in_force": 8,
        "expiring": 1,
        "expired": 1,
    }
    pathways = {way.pathway.code: (way.stack.most, way.stack.room) for way in ways(Pathway.objects.all())}
    assert pathways == {"ITI-001": (13, 30), "ITI-002": (12, 9)}
    assert ApprovalAct.objects.count() == 71
    assert list(AnnualProgramme.objects.filter(approved_at=None).values_list("code", flat=True)) == [
        "PA-2027-28"
    ]
    assert set(Submission.objects.values_list("state", "waiting_for__code")) == {
        ("approved", None),
        ("returned", None),
        ("waiting", "quality-report"),
        ("waiting", "governing-body"),
    }
    rows = Measurement.objects.filter(level="university", year__code="2025-26").select_related("definition")
    assert {row.definition.code: (row.numerator, row.denominator) for row in rows} == FIGURES
    assert Action.objects.filter(due__lt=TODAY).exclude(state="verified").count() == 1
    assert list(SelfAssessment.objects.values_list("code", "state")) == [("S-2026-001", "frozen")]
    assert list(Dossier.objects.values_list("code", flat=True)) == ["D-2026-001"]

    assert first["centres"] == ["FCEE", "EIS", "IFP"]
    assert (first["self_assessment"], first["dossier"], first["campaign"]) == (
        "S-2026-001",
        "D-2026-001",
        "C-0063",
    )
    assert len(set(first["survey_links"])) == 52
    assert all(link.startswith("http") for link in first["survey_links"])
    assert {account["role"] for account in first["accounts"]} == {
        "administrator",
        "quality_officer",
        "centre_quality",
        "coordinator",
        "reviewer",
        "approver",
        "auditor",
        "student_auditor",
        "reader",
    }

    assert told() == first
    assert audit.chain_head() == head

    client = client_for(User.objects.filter(assignments__role="quality_officer").first())
    for most, addresses in ((20, OBJECT_PAGES), (12, LISTS)):
        for address in addresses:
            with max_queries(most):
                assert client.get(address).status_code == 200, address

    file = tmp_path / "dossier.pdf"
    call_command("build_dossier", first["dossier"], "--out", str(file), stdout=io.StringIO())
    assert_a_dossier_that_may_leave(file)


def assert_comments_answer_their_question() -> None:
    """Praise once stood under "What should be improved?"."""
    banks = content.comments() | content.others().comments
    for code, text in Comment.objects.values_list("item__code", "text"):
        assert text in banks[code], (code, text)


def assert_a_dossier_that_may_leave(file: Path) -> None:
    """Long enough, and without a finding of our lint nor, where it is at hand, of the independent one.

    Where it is not, tests/pdf/test_dossier.py is skipped and says why.
    """
    with pikepdf.open(file) as document:
        assert len(document.pages) >= 40
    assert lint(file.read_bytes()) == []
    if LINT.exists():
        finished = subprocess.run(
            [sys.executable, str(LINT), str(file)], capture_output=True, text=True, check=False
        )
        assert finished.returncode == 0, finished.stdout


@pytest.mark.django_db
def test_the_demonstration_never_mixes_with_a_real_university():
    begin_university(actor=None, name="Universidad Real")
    with pytest.raises(CommandError, match=r"Universidad|universidad|university"):
        call_command("demo")
    assert Centre.objects.count() == 0


@pytest.mark.django_db
def test_the_survey_to_try_is_the_open_one_with_links_left():
    about_to_close = make_campaign(version=make_questionnaire(("likert",)), links=12)
    answer_all(about_to_close, *[{"A1": "4"}] * 10)
    begun = make_campaign(version=make_questionnaire(("likert",)), links=11)
    assert open_survey() == begun
