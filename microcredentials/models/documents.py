"""The documents made of versions, editions and annual programmes, with what each says and the file that the job printed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.evidence.models import EvidenceVersion
from iqas.organisation.models import Scope
from microcredentials.models.approval import AnnualProgramme
from microcredentials.models.catalogue import MicroCredentialVersion
from microcredentials.models.editions import Edition
from microcredentials.models.printed import Printed


class Document(Printed):
    """`filed_as` is the evidence that has the printed file, where somebody filed it."""

    class Kind(models.TextChoices):
        APPLICATION = "application", _("Application")
        QUALITY_REPORT = "quality_report", _("Report of the quality system")
        SELF_ASSESSMENT = "self_assessment", _("Self-assessment of the proposal")
        SHEET = "sheet", _("Public sheet")
        EDITION_REPORT = "edition_report", _("Final report of the edition")
        PROGRAMME = "programme", _("Annual programme")

    kind = models.CharField(_("document"), max_length=20, choices=Kind)
    version = models.ForeignKey(
        MicroCredentialVersion, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="documents")
    programme = models.ForeignKey(
        AnnualProgramme, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    filed_as = models.ForeignKey(EvidenceVersion, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Printed.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["version", "kind", "-as_of"], name="document_of_version")]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "language", "content_sha256"],
                name="document_once_per_content",
                violation_error_message=_("This document exists already."),
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "language", "content_sha256"],
                name="document_of_programme_once_per_content",
                violation_error_message=_("This document exists already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="programme", programme__isnull=False, version__isnull=True)
                | (~Q(kind="programme") & Q(programme__isnull=True, version__isnull=False)),
                name="document_of_a_version_or_a_programme",
                violation_error_message=_("A document is of a version, or of an annual programme."),
            ),
            models.CheckConstraint(
                condition=Q(kind="edition_report", edition__isnull=False)
                | (~Q(kind="edition_report") & Q(edition__isnull=True)),
                name="document_edition_fits",
                violation_error_message=_(
                    "A final report is of an edition; other documents are of a version."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sha256="", artefact__isnull=True, made_at__isnull=True)
                | (~Q(sha256="") & Q(artefact__isnull=False, made_at__isnull=False)),
                name="document_file_when_made",
                violation_error_message=_("A document that was made has its file and its hash."),
            ),
            models.CheckConstraint(
                condition=Q(filed_as__isnull=True) | ~Q(sha256=""),
                name="document_filed_when_made",
                violation_error_message=_("Only a document that was made is filed as evidence."),
            ),
        ]

    @property
    def scope(self) -> Scope:
        """Where it belongs. Needs select_related("version__microcredential__scope", "programme__scope")."""
        if self.programme is not None:
            return self.programme.scope
        return self.of_version.microcredential.scope

    @property
    def of_version(self) -> MicroCredentialVersion:
        """The version, of a document that is not of a programme. Needs select_related("version")."""
        if self.version is None:
            raise ValueError(f"{self.code} is of a programme.")
        return self.version

    @property
    def is_filed(self) -> bool:
        """Whether it stands as evidence. Needs select_related("filed_as")."""
        return self.filed_as is not None and self.filed_as.state != EvidenceVersion.State.WITHDRAWN
