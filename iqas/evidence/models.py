from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core.models import Identified, Versioned
from iqas.frameworks.models import Criterion, EvidenceKind
from iqas.organisation.models import Scope


class Evidence(Identified, Versioned):
    """A document or page that proves something, as one thing through all its versions."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="evidence", verbose_name=_("scope"))
    title = models.CharField(_("title"), max_length=200)
    sort_title = models.CharField(max_length=200, editable=False, db_index=True)
    description = models.TextField(_("description"), blank=True)
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="evidence", verbose_name=_("kind"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence_owned", verbose_name=_("owner")
    )
    personal_data = models.BooleanField(_("contains personal data"), default=False)
    redaction_note = models.TextField(_("redaction note"), blank=True)
    criteria = models.ManyToManyField(
        Criterion, through="EvidenceCriterion", related_name="evidence", verbose_name=_("criteria")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ("code",)
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("evidence:evidence-detail", args=[self.code])


class EvidenceCriterion(Identified):
    """What an evidence is said to prove. A proposal until a version of it is cited."""

    evidence = models.ForeignKey(
        Evidence, models.CASCADE, related_name="criterion_links"
    )  # a link is part of it
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="evidence_links")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("evidence", "criterion"), name="evidence_criterion_once"),
        )

    def __str__(self) -> str:
        return f"{self.evidence.code} → {self.criterion.code}"


class EvidenceVersion(FSMModelMixin, Identified):
    """One file or one address, never changed after it is written; approved by somebody else than its uploader."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for approval")
        APPROVED = "approved", pgettext_lazy("evidence", "Approved")
        WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "Withdrawn")

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    media_type = models.CharField(_("type"), max_length=100, blank=True)
    original_name = models.CharField(_("file name"), max_length=255, blank=True)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    date_of_fact = models.DateField(_("date of fact"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    state = FSMField(_("state"), default=State.DRAFT, choices=State.choices, protected=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ("evidence", "-number")
        verbose_name = _("version of evidence")
        indexes = (
            models.Index(fields=("evidence", "state", "valid_until"), name="evidence_version_validity"),
        )
        constraints = (
            models.UniqueConstraint(fields=("evidence", "number"), name="evidence_version_number"),
            models.CheckConstraint(
                condition=(Q(sha256="") & ~Q(url="")) | (~Q(sha256="") & Q(url="")),
                name="evidence_version_file_or_url",
                violation_error_message=_("Give a file or an address, one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("date_of_fact")),
                name="evidence_version_validity_order",
                violation_error_message=_("It cannot cease to be valid before the date of fact."),
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(approved_by__isnull=False) & Q(approved_at__isnull=False)),
                name="evidence_version_approved_by",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("uploaded_by")),
                name="evidence_version_second_person",
                violation_error_message=_("Somebody else than the uploader approves a version."),
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal_reason=""),
                name="evidence_version_withdrawal_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.evidence.code} v{self.number}"

    @property
    def label(self) -> str:
        """How the version is quoted: `E-0001 v2`."""
        return str(self)

    @property
    def is_file(self) -> bool:
        return bool(self.sha256)

    @transition(state, source=State.DRAFT, target=State.APPROVED, permission="evidence.approve")
    def approve(self) -> None:
        """From now on it counts, and may be cited."""

    @transition(
        state, source=(State.DRAFT, State.APPROVED), target=State.WITHDRAWN, permission="evidence.withdraw"
    )
    def withdraw(self) -> None:
        """It no longer counts; what cites it keeps citing it, and says that it was withdrawn."""


class Citation(Identified):
    """A statement of a document (`citing_code`, such as `S-2026-001`) leans on one version, for ever."""

    version = models.ForeignKey(EvidenceVersion, models.PROTECT, related_name="citations")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="citations")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    citing_code = models.CharField(_("cited by"), max_length=40, db_index=True)
    cited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cited_at = models.DateTimeField()

    class Meta:
        ordering = ("citing_code", "criterion__order")
        verbose_name = _("citation")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "criterion", "citing_code"), name="evidence_citation_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.citing_code} {self.criterion.code} → {self.version}"
