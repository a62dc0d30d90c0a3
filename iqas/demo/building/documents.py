"""Documents that were asked for yesterday; the jobs that print them run when the university is served."""

from __future__ import annotations

import datetime as dt

from iqas.demo.building.world import World
from microcredentials.models import Document, Edition, MicroCredential
from microcredentials.services import documents

Kind = Document.Kind
OF_A_VERSION = (
    (Kind.APPLICATION, "es"),
    (Kind.QUALITY_REPORT, "es"),
    (Kind.SHEET, "es"),
    (Kind.SHEET, "en"),
)


def ask_for_documents(world: World) -> None:
    world.at(world.today - dt.timedelta(days=1), lambda: _ask(world), hour=12)


def _ask(world: World) -> None:
    officer = world.people["officer"]
    credential = (
        MicroCredential.objects.filter(state="published").select_related("current").order_by("code")[0]
    )
    for kind, language in OF_A_VERSION:
        documents.request(actor=officer, version=credential.current, kind=kind, language=language)
    edition = (
        Edition.objects.filter(report__filed_at__isnull=False).order_by("report__filed_at", "code").last()
    )
    if edition is not None:
        documents.request_report(actor=officer, edition=edition, language="es")
