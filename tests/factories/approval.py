"""Submissions of the tests, taken along the route by the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.management import call_command

from iqas.core import clock
from iqas.frameworks.models import EvidenceKind
from microcredentials.services import approval
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential

if TYPE_CHECKING:
    from typing import Any

    from microcredentials.models import ApprovalAct, MicroCredential, Submission

WORDS = iter(range(1_000_000))


def paper(name: str = "acta") -> ContentFile[bytes]:
    """A document; never the same content twice."""
    return ContentFile(f"Acta de prueba {next(WORDS)}".encode(), name=f"{name}.txt")


def make_submission(microcredential: MicroCredential | None = None, *, author: Any = None) -> Submission:
    """A whole draft, handed in by its author (a coordinator)."""
    author = author or make_staff("coordinator")
    microcredential = microcredential or make_microcredential(actor=author)
    draft = microcredential.versions.get(approved_at__isnull=True)
    return approval.submit_version(actor=author, version=draft)


def decide(
    submission: Submission, outcome: str = "favourable", *, actor: Any = None, **more: Any
) -> ApprovalAct:
    """The act of the step that the submission waits for, with its document, recorded by an officer."""
    if not EvidenceKind.objects.exists():
        call_command("load_packs")
    submission.refresh_from_db()
    assert submission.waiting_for is not None
    values: dict[str, Any] = {"held_on": clock.today(), "upload": paper()}
    if outcome == "returned":
        values["reasons"] = {"outcomes": "Los resultados no se pueden observar."}
    elif outcome != "favourable":
        values["conditions"] = "Revisar el precio."
    return approval.record_act(
        actor=actor or make_staff("quality_officer"),
        submission=submission,
        step=submission.waiting_for,
        outcome=outcome,
        **(values | more),
    )


def take_to(submission: Submission, step: str) -> Submission:
    """The submission when it waits for the step of that code."""
    submission.refresh_from_db()
    while submission.waiting_for is not None and submission.waiting_for.code != step:
        decide(submission)
        submission.refresh_from_db()
    return submission
