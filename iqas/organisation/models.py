"""The university, its centres and academic years, and the tree of scopes on which everything else hangs."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified, Versioned
from iqas.core.refusals import RuleViolation


class Scope(Identified):
    """A node of one tree: the university, a centre, a micro-credential, a dossier.

    Roles, evidence, actions and measurements hang on scopes. A child's `path` starts with its parent's.
    """

    class Kind(models.TextChoices):
        UNIVERSITY = "university", _("university")
        CENTRE = "centre", _("centre")
        MICROCREDENTIAL = "microcredential", _("micro-credential")
        DOSSIER = "dossier", _("dossier")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=160, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    label = models.CharField(_("name"), max_length=300)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="university"), name="scope_one_university",
                violation_error_message=_("An installation serves one university."),
            ),
            models.CheckConstraint(
                condition=Q(kind="university", parent__isnull=True) | (~Q(kind="university") & Q(parent__isnull=False)),
                name="scope_has_parent",
                violation_error_message=_("Every scope but the university hangs below another."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"


class University(Identified, Versioned):
    """The one university of this installation, and what it has decided for all its centres."""

    scope = models.OneToOneField(Scope, models.PROTECT, related_name="university")
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    logo_media_type = models.CharField(max_length=40, blank=True)
    is_public = models.BooleanField(
        _("public university"),
        default=True,
        help_text=_("In a public university the Consejo Social approves prices (RD 822/2021 art. 37.2)."),
    )
    threshold = models.PositiveSmallIntegerField(
        _("minimum group size"),
        default=5,
        validators=[MinValueValidator(3), MaxValueValidator(50)],
        help_text=_("No figure about fewer people than this is shown anywhere."),
    )
    dpo_email = models.EmailField(_("data protection contact"), blank=True)
    complaints_email = models.EmailField(_("complaints and suggestions contact"), blank=True)
    retention_days = models.PositiveIntegerField(
        _("days that addresses of invited people are kept"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Counted from the closing of the survey; only counts remain."),
    )
    year_start_month = models.PositiveSmallIntegerField(
        _("month in which the academic year begins"),
        default=9,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    year_start_day = models.PositiveSmallIntegerField(
        _("day on which the academic year begins"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
    )
    results_deadline_days = models.PositiveSmallIntegerField(
        _("days after the end to sign the results"), default=7, validators=[MinValueValidator(1)]
    )
    report_deadline_months = models.PositiveSmallIntegerField(
        _("months after the end to file the final report"), default=2, validators=[MinValueValidator(1)]
    )
    min_enrolment = models.PositiveSmallIntegerField(
        _("minimum enrolment of an edition"), default=8, validators=[MinValueValidator(1)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(threshold__gte=3),
                name="university_threshold_min",
                violation_error_message=_("The minimum group size cannot be below 3."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> University:
        """The university. Refuses `no-university` where none was begun yet."""
        found = cls.objects.select_related("scope").first()
        if found is None:
            raise RuleViolation(
                "no-university",
                _("There is no university yet. Run: manage.py start_university, or manage.py demo."),
            )
        return found


class Centre(Identified, Versioned):
    """A providing unit directly under the university; the boundary of visibility (RD 822/2021 art. 37.2)."""

    class Kind(models.TextChoices):
        FACULTY = "faculty", _("faculty")
        SCHOOL = "school", _("school")
        AFFILIATED = "affiliated", _("affiliated centre")
        INSTITUTE = "institute", _("research institute")
        LIFELONG = "lifelong", _("lifelong learning centre")
        FOUNDATION = "foundation", _("university foundation")

    scope = models.OneToOneField(Scope, models.PROTECT, related_name="centre")
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.FACULTY)
    municipality = models.CharField(
        _("municipality"),
        max_length=80,
        blank=True,
        help_text=_("Where it stands; SIIU counts learners by it (RD 640/2021 art. 18.1.a)."),
    )
    sort_name = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["sort_name"]

    def __str__(self) -> str:
        return self.name


class AcademicYear(Identified):
    """A period of twelve months named like `2025-26`."""

    code = models.CharField(_("code"), max_length=9, unique=True)
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"))

    class Meta:
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=models.F("starts")),
                name="year_ends_after_start",
                violation_error_message=_("The year ends before it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def of(cls, date: dt.date) -> AcademicYear | None:
        return cls.objects.filter(starts__lte=date, ends__gte=date).first()
