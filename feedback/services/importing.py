"""Storing the answers of a file as campaigns that are already over: all of them or none."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.importers.mapping import ResponsesMapping, filled
from feedback.importers.responses import ResponseFile, Survey
from feedback.models import Campaign, ImportedFile, QuestionnaireVersion, Response
from feedback.packs.schema import LANGUAGES, Translated
from feedback.selectors.thresholds import imported_threshold
from feedback.services import summaries
from feedback.services.questionnaires import freeze
from iqas.core import clock
from iqas.core.audit import record
from iqas.core.models import Sequence as Lock
from iqas.core.packs import read_pack
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import RowError
from iqas.core.text import sort_key
from iqas.organisation.models import AcademicYear, Centre, University
from iqas.organisation.services import add_centre, begin_university, ensure_year
from microcredentials.services.imported import ensure_imported_edition

BATCH = 1000


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do: `created` and `unchanged` are codes of campaigns."""

    rows: int
    sha256: str
    mapping_sha256: str
    created: Sequence[str] = ()
    unchanged: Sequence[str] = ()
    rejected: Sequence[RowError] = ()

    @property
    def refused(self) -> bool:
        return bool(self.rejected)


def import_responses(*, actor: Any, path: Path, mapping_path: Path, dry_run: bool = False) -> ImportReport:
    """Stores the rows of a CSV or XLSX file as answers, by a mapping (`feedback.importers.mapping`).

    Each edition of the file becomes one campaign with the edition's code; university, centre, year, micro-credential and
    edition are made, as imported, where they are missing. Its threshold is the university's, or what
    it decided for the audience or for questionnaires that judge persons. The same file with the same mapping changes nothing. Where any
    row is bad nothing is stored and the report names every bad cell. Refuses `questionnaire-unknown`,
    `mapping-items` and `mapping-scale` where mapping and questionnaire disagree, `other-file` where a campaign holds
    the answers of another file, and `campaign-exists` where its code belongs to a survey of our own.
    """
    mapping, mapping_sha256 = read_pack(mapping_path, ResponsesMapping)
    file_sha256 = _sha256_of(path)
    known = _imported_before(file_sha256, mapping_sha256)
    if known:
        return ImportReport(
            sum(file.rows for file in known), file_sha256, mapping_sha256, unchanged=_codes(known)
        )
    version = _questionnaire(mapping)
    source = ResponseFile(path, mapping, list(version.items.exclude(kind="text")))
    found = source.survey()
    codes = list(found.editions)
    if found.problems or dry_run:
        if not found.problems:
            _refuse_other_files(codes)
        created = () if found.problems else codes
        return ImportReport(found.rows, file_sha256, mapping_sha256, created=created, rejected=found.problems)
    with transaction.atomic():
        _one_import_at_a_time()
        known = _imported_before(file_sha256, mapping_sha256)
        if known:
            return ImportReport(found.rows, file_sha256, mapping_sha256, unchanged=_codes(known))
        _refuse_other_files(codes)
        campaigns = _create_campaigns(actor, mapping, version, found)
        _store_answers(source, campaigns)
        _keep_origin(campaigns, found, path.name, file_sha256, mapping_sha256)
        freeze(actor=actor, version=version)
        for campaign in campaigns.values():
            summaries.refresh(campaign)
        record(
            actor=actor,
            action="responses.imported",
            subject=version,
            scope=next(iter(campaigns.values())).scope.parent,
            after={
                "file": file_sha256,
                "mapping": mapping_sha256,
                "rows": found.rows,
                "campaigns": codes,
            },
        )
    return ImportReport(found.rows, file_sha256, mapping_sha256, created=codes)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _imported_before(file_sha256: str, mapping_sha256: str) -> list[ImportedFile]:
    same = ImportedFile.objects.filter(sha256=file_sha256, mapping_sha256=mapping_sha256)
    return list(same.select_related("campaign").order_by("campaign__code"))


def _codes(files: Sequence[ImportedFile]) -> list[str]:
    return [file.campaign.code for file in files]


def _questionnaire(mapping: ResponsesMapping) -> QuestionnaireVersion:
    """The questionnaire version, from its pack where packs were not loaded yet."""
    from feedback import packs

    wanted = {"questionnaire__code": mapping.questionnaire, "number": mapping.version}
    if not QuestionnaireVersion.objects.filter(**wanted).exists():
        packs.load(mapping.questionnaire)
    version = QuestionnaireVersion.objects.filter(**wanted).select_related("questionnaire").first()
    if version is None:
        raise RuleViolation(
            "questionnaire-unknown",
            _("There is no questionnaire %(code)s version %(number)s.")
            % {"code": mapping.questionnaire, "number": mapping.version},
            field="questionnaire",
        )
    return version


def _one_import_at_a_time() -> None:
    Lock.objects.get_or_create(prefix="import_responses")
    Lock.objects.select_for_update().get(prefix="import_responses")


def _refuse_other_files(codes: Sequence[str]) -> None:
    taken = Campaign.objects.filter(code__in=codes).order_by("code")
    imported = list(taken.filter(imported_file__isnull=False).values_list("code", flat=True))
    if imported:
        raise RuleViolation(
            "other-file",
            _("These campaigns hold the answers of another file or mapping: %(codes)s. Nothing was imported.")
            % {"codes": ", ".join(imported)},
        )
    own = list(taken.values_list("code", flat=True))
    if own:
        raise RuleViolation(
            "campaign-exists",
            _("These codes belong to surveys of your own: %(codes)s. Nothing was imported.")
            % {"codes": ", ".join(own)},
        )


def _create_campaigns(
    actor: Any, mapping: ResponsesMapping, version: QuestionnaireVersion, found: Survey
) -> dict[str, Campaign]:
    university = University.objects.first() or begin_university(
        actor=actor, name=mapping.university.name, short_name=mapping.university.short_name
    )
    centre = _centre(actor, mapping)
    year = _year(actor, mapping, university)
    threshold = imported_threshold(version)
    campaigns = {}
    for code, values in found.editions.items():
        edition = ensure_imported_edition(
            actor=actor,
            centre=centre,
            year=year,
            code=code,
            title_es=filled(mapping.edition.title.es, values),
            title_en=filled(mapping.edition.title.en, values),
        )
        campaigns[code] = Campaign.objects.create(
            code=code,
            questionnaire_version=version,
            edition=edition,
            year=year,
            scope=edition.microcredential.scope,
            mode=Campaign.Mode.IMPORTED,
            state=Campaign.State.MIXED,
            threshold=threshold,
            mixed_at=clock.now(),
            **_titles(mapping.campaign.title, values),
        )
    return campaigns


def _centre(actor: Any, mapping: ResponsesMapping) -> Centre:
    centre = Centre.objects.filter(code=mapping.centre.code).first()
    return centre or add_centre(
        actor=actor,
        code=mapping.centre.code,
        kind=mapping.centre.kind,
        name_es=mapping.centre.title.es,
        name_en=mapping.centre.title.en,
    )


def _year(actor: Any, mapping: ResponsesMapping, university: University) -> AcademicYear:
    first_day = dt.date(int(mapping.year[:4]), university.year_start_month, university.year_start_day)
    return AcademicYear.objects.filter(code=mapping.year).first() or ensure_year(actor=actor, date=first_day)


def _titles(title: Translated, values: Any) -> dict[str, str | None]:
    texts = {language: getattr(title, language) for language in LANGUAGES}
    titles = {f"title_{language}": filled(text, values) if text else None for language, text in texts.items()}
    return titles | {"sort_title": sort_key(filled(title.es, values))}


def _store_answers(source: ResponseFile, campaigns: dict[str, Campaign]) -> None:
    rows: Iterator[Response] = (
        Response(campaign=campaigns[answer.edition], answers=answer.answers) for answer in source.answers()
    )
    while batch := list(islice(rows, BATCH)):
        Response.objects.bulk_create(batch)


def _keep_origin(
    campaigns: dict[str, Campaign], found: Survey, name: str, file_sha256: str, mapping_sha256: str
) -> None:
    ImportedFile.objects.bulk_create(
        ImportedFile(
            campaign=campaign,
            name=name[:255],
            sha256=file_sha256,
            mapping_sha256=mapping_sha256,
            rows=found.counts[code],
            imported_at=clock.now(),
        )
        for code, campaign in campaigns.items()
    )
