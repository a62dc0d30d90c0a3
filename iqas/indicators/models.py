"""What is measured, what is aimed at, and what was found; a number never without its numerator and denominator."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified, Versioned
from iqas.organisation.models import AcademicYear, Scope


class Definition(Identified):
    """One version of an indicator, loaded from a pack. A changed formula is a new version; old numbers keep theirs."""

    class Better(models.TextChoices):
        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")

    class Computation(models.TextChoices):
        RESPONSE_RATE = "response_rate", _("answers and invited people")
        FAVOURABLE = "favourable", _("favourable answers")
        COMPLETION = "completion", _("completed and enrolled")
        SUCCESS = "success", _("passed and presented")
        COVERAGE = "coverage", _("enrolled and places")
        EVIDENCE = "evidence", _("criteria with valid evidence")

    class Disclosure(models.TextChoices):
        NONE = "none", _("no opinions or results of persons: always shown")
        LEFT_OUT = "left_out", _("small groups are left out of every total")
        HIDDEN = "hidden", _("small groups and the groups that would reveal them are hidden")

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=160)
    formula = models.TextField(_("formula"))
    unit = models.CharField(_("unit"), max_length=20, default="share")
    better = models.CharField(_("direction"), max_length=4, choices=Better, default=Better.UP)
    computation = models.CharField(_("computation"), max_length=20, choices=Computation)
    disclosure = models.CharField(_("small groups"), max_length=10, choices=Disclosure)
    items = models.JSONField(_("questions"), default=dict, blank=True)  # {"LEARNER-END": ["L14"], …}
    points = models.JSONField(_("answers that count"), default=list, blank=True)  # empty: the two best points
    tolerance = models.DecimalField(_("tolerance"), max_digits=4, decimal_places=3, default=0)
    is_current = models.BooleanField(default=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="indicator_version_once",
                violation_error_message=_("This version exists already."),
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(is_current=True), name="indicator_one_current",
                violation_error_message=_("Only one version is in force."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("indicators:indicator-detail", args=[self.code])


class Target(Identified, Versioned):
    """What a scope aims at in a year; scopes below inherit it. Values are fractions from 0 to 1."""

    class Kind(models.TextChoices):
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")
        RANGE = "range", _("between")

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="targets")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.AT_LEAST)
    value = models.DecimalField(_("target"), max_digits=6, decimal_places=4)
    upper = models.DecimalField(_("upper bound"), max_digits=6, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "scope", "year"],
                name="target_once",
                violation_error_message=_("There is already a target for this year."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="target_not_negative",
                violation_error_message=_("A target cannot be negative."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="range", upper__isnull=False) & Q(upper__gt=F("value")))
                | (~Q(kind="range") & Q(upper__isnull=True)),
                name="target_range_has_upper",
                violation_error_message=_(
                    "A range needs an upper bound above the lower one; others have none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Measurement(Identified):
    """One number of one year. Where it is suppressed no figure is stored at all, so that none can be read.

    `denominator` 0 means not applicable; no row means no data yet. `n` counts persons (criteria for evidence);
    `left_out` the editions that a total does not contain because they are too small.
    """

    class Level(models.TextChoices):
        EDITION = "edition", _("edition")
        MICROCREDENTIAL = "microcredential", _("micro-credential")
        CENTRE = "centre", _("centre")
        UNIVERSITY = "university", _("university")

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="measurements")
    level = models.CharField(_("level"), max_length=20, choices=Level)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    edition = models.ForeignKey(
        "microcredentials.Edition", models.CASCADE, null=True, blank=True, related_name="+"
    )  # derived from it
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="+")
    numerator = models.PositiveIntegerField(_("numerator"), null=True)
    denominator = models.PositiveIntegerField(_("denominator"), null=True)
    n = models.PositiveIntegerField(null=True)
    suppressed = models.BooleanField(_("suppressed"), default=False)
    left_out = models.PositiveIntegerField(default=0)
    source = models.CharField(_("source"), max_length=300, blank=True)
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        indexes = [models.Index(fields=["scope", "year"], name="measurement_by_scope_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "scope", "year"], condition=Q(edition__isnull=True), name="measurement_once",
            ),
            models.UniqueConstraint(
                fields=["definition", "edition", "year"], condition=Q(edition__isnull=False),
                name="measurement_once_per_edition",
            ),
            models.CheckConstraint(
                condition=Q(suppressed=True, numerator__isnull=True, denominator__isnull=True, n__isnull=True)
                | Q(suppressed=False, numerator__isnull=False, denominator__isnull=False, n__isnull=False),
                name="measurement_suppressed_has_no_figure",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.definition_id} {self.level} {self.year_id}"

    @property
    def value(self) -> Fraction | None:
        """Numerator through denominator, exactly; None where suppressed or not applicable."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)
