from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified


class Tag(models.TextChoices):
    """How well a statement is founded. Only S goes without "check with your agency"."""

    SOURCED = "S", _("Sourced")
    BACKGROUND = "K", _("Background knowledge")
    OURS = "I", _("Our proposal")


class PackRecord(Identified):
    """One version of a pack. `content` is what was loaded, `sha256` its fingerprint; frozen once cited."""

    code = models.CharField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("note"), blank=True, null=True)
    source = models.TextField(_("source"))
    source_url = models.TextField(_("address of the source"), blank=True)
    status_tag = models.CharField(_("foundation"), max_length=1, choices=Tag)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(_("loaded"))
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        ordering = ("code", "-loaded_at")
        constraints = (
            models.UniqueConstraint(fields=("code", "version"), name="%(app_label)s_%(class)s_code_version"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class EvidenceKind(Identified):
    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        ordering = ("order",)
        verbose_name = _("kind of evidence")

    def __str__(self) -> str:
        return str(self.title)


class RatingScale(PackRecord):
    """Levels of a rating (`levels`) or, for audits, types of finding (`finding_types`)."""

    descriptor_tag = models.CharField(max_length=1, choices=Tag)

    class Meta(PackRecord.Meta):
        verbose_name = _("rating scale")


class RatingLevel(Identified):
    scale = models.ForeignKey(RatingScale, models.PROTECT, related_name="levels")
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    descriptor = models.TextField(_("descriptor"))
    order = models.PositiveSmallIntegerField(_("order"))
    is_pass = models.BooleanField(_("counts as met"), null=True)
    symbol = models.CharField(_("symbol"), max_length=3)

    class Meta:
        ordering = ("scale", "order")
        constraints = (models.UniqueConstraint(fields=("scale", "code"), name="frameworks_level_code"),)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class FindingType(Identified):
    scale = models.ForeignKey(RatingScale, models.PROTECT, related_name="finding_types")
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    descriptor = models.TextField(_("descriptor"))
    order = models.PositiveSmallIntegerField(_("order"))
    symbol = models.CharField(_("symbol"), max_length=3)
    needs_action = models.BooleanField(_("needs an improvement action"))
    blocks_certificate = models.BooleanField(_("blocks the certificate"))

    class Meta:
        ordering = ("scale", "order")
        constraints = (models.UniqueConstraint(fields=("scale", "code"), name="frameworks_finding_code"),)

    def __str__(self) -> str:
        return str(self.label)


class Framework(PackRecord):
    short_title = models.CharField(_("short title"), max_length=80, blank=True, null=True)
    scale = models.ForeignKey(RatingScale, models.PROTECT, related_name="frameworks")
    questions_tag = models.CharField(max_length=1, choices=Tag, default=Tag.OURS)

    class Meta(PackRecord.Meta):
        verbose_name = _("framework")

    def get_absolute_url(self) -> str:
        return reverse("frameworks:framework-detail", args=[self.code, self.version])

    @property
    def name(self) -> str:
        return str(self.short_title or self.title)


class GuidingQuestion(Identified):
    """A question that a self-assessment asks of every criterion of the framework."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="questions")
    code = models.CharField(max_length=40)
    text = models.TextField()
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("framework", "order")
        constraints = (
            models.UniqueConstraint(fields=("framework", "code"), name="frameworks_question_code"),
        )

    def __str__(self) -> str:
        return str(self.text)


class Criterion(Identified):
    """A node of a framework. `tag` founds what it asks for, `text_tag` the words it is told in."""

    class Time(models.TextChoices):
        DESIGN = "design", _("At design time")
        AWARD = "award", _("On the issued credential")

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="criteria")
    code = models.CharField(_("code"), max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    title = models.CharField(_("title"), max_length=250)
    text = models.TextField(_("text"))
    note = models.TextField(_("note"), blank=True, null=True)
    order = models.PositiveSmallIntegerField(
        _("order"), help_text=_("In the whole framework, parents first.")
    )
    assessable = models.BooleanField(_("assessable"))
    shared = models.BooleanField(
        _("shared"),
        help_text=_("Evidence of the centre or the university serves all its micro-credentials."),
    )
    time = models.CharField(_("time"), max_length=10, choices=Time, blank=True)
    tag = models.CharField(_("foundation"), max_length=1, choices=Tag)
    text_tag = models.CharField(_("foundation of the text"), max_length=1, choices=Tag)
    source = models.TextField(_("source"))
    source_url = models.TextField(_("address of the source"), blank=True)
    freshness_months = models.PositiveSmallIntegerField(_("freshness in months"), null=True, blank=True)
    evidence_kinds = models.ManyToManyField(EvidenceKind, related_name="criteria", blank=True)

    class Meta:
        ordering = ("framework", "order")
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = (
            models.UniqueConstraint(fields=("framework", "code"), name="frameworks_criterion_code"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="frameworks_criterion_not_own_parent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_sourced(self) -> bool:
        return self.tag == Tag.SOURCED and self.text_tag == Tag.SOURCED


class Crosswalk(PackRecord):
    class Meta(PackRecord.Meta):
        verbose_name = _("cross-walk")


class CrosswalkLink(Identified):
    """From one criterion to one of another framework; `sourced` only where an official table says so."""

    class Relation(models.TextChoices):
        CORRESPONDS = "corresponds", _("corresponds to")
        RELATES = "relates", _("relates to")

    crosswalk = models.ForeignKey(Crosswalk, models.PROTECT, related_name="links")
    source = models.ForeignKey(Criterion, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Criterion, models.PROTECT, related_name="links_in")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation)
    sourced = models.BooleanField(_("sourced"))
    origin = models.TextField(_("origin"))

    class Meta:
        ordering = ("crosswalk", "source__order", "target__order")
        constraints = (
            models.UniqueConstraint(fields=("crosswalk", "source", "target"), name="frameworks_link_once"),
        )

    def __str__(self) -> str:
        return f"{self.source.code} → {self.target.code}"
