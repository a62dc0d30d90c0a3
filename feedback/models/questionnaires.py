"""Questionnaires as data: loaded from packs or written here, frozen once somebody was asked with them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core.models import Identified, Versioned


class Questionnaire(Identified):
    """The identity that stays when the questions change, so that years can be compared.

    `about_persons`: its questions judge people who can be named, such as a teacher; its results need larger groups.
    """

    class Audience(models.TextChoices):
        LEARNER = "learner", _("learners")
        WITHDRAWN = "withdrawn", _("learners who withdrew")
        GRADUATE = "graduate", _("graduates")
        TEACHER = "teacher", _("teaching staff")
        SUPPORT = "support", _("support staff")
        PARTNER = "partner", _("employers and other bodies")
        PROVIDER = "provider", _("other providers")

    code = models.CharField(_("code"), max_length=40, unique=True)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    about_persons = models.BooleanField(_("judges persons who can be named"), default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("feedback:questionnaire-versions", kwargs={"code": self.code})


class AudienceThreshold(models.Model):
    """The minimum group size of one audience, or of surveys about persons, where the university's is not enough."""

    PERSONS = "persons"
    SUBJECTS = (*Questionnaire.Audience.choices, (PERSONS, _("surveys about persons")))

    subject = models.CharField(_("audience"), max_length=20, choices=SUBJECTS, primary_key=True)
    least = models.PositiveSmallIntegerField(_("minimum group size"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least__gte=3, least__lte=100),
                name="audience_threshold_range",
                violation_error_message=_("A minimum group size is between 3 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.least}"


class QuestionnaireVersion(Identified, Versioned):
    """One wording of a questionnaire. `sha256` is the hash of its content as canonical JSON, empty for a draft.

    Its own are written here (`origin`), from nothing or from `based_on`, and may be asked once they are ready.
    """

    class Origin(models.TextChoices):
        PACK = "pack", _("pack")
        OWN = "own", _("own")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        READY = "ready", _("ready")

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    intro = models.TextField(_("introduction"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.PACK, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READY, editable=False)
    based_on = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        editable=False,
        verbose_name=_("made from"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["questionnaire__code", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "number"],
                name="questionnaire_version_once",
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", origin="own", frozen_at__isnull=True)
                | (Q(state="ready") & ~Q(sha256="")),
                name="questionnaire_draft_unused",
                violation_error_message=_("A draft is asked of nobody."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire.code} v{self.number}"

    def get_absolute_url(self) -> str:
        kwargs = {"code": self.questionnaire.code, "number": self.number}
        return reverse("feedback:questionnaire-detail", kwargs=kwargs)


class Section(Identified):
    """One screen of the survey: three to five questions on a phone."""

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="sections")  # part of it
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "order"],
                name="section_order_once",
                violation_error_message=_("Two sections stand in the same place."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Item(Identified):
    """One question. Answers are raw codes between `scale_min` and `scale_max`; `reverse` says that low is favourable.

    `importance_of` is the code of the satisfaction whose importance it asks. `common_code` is the same in every
    questionnaire that asks the same, so that audiences can be contrasted. With `shown_if_code` only those are asked
    who gave one of `shown_if_values` to that question of an earlier section.
    """

    class Kind(models.TextChoices):
        LIKERT = "likert", _("agreement")
        RECOMMENDATION = "recommendation", _("recommendation")
        YES_NO = "yes_no", _("yes or no")
        SINGLE = "single", _("one choice")
        MULTIPLE = "multiple", _("several choices")
        NUMBER = "number", _("number")
        TEXT = "text", _("comment")

    ORDERED = (Kind.LIKERT, Kind.RECOMMENDATION, Kind.YES_NO, Kind.NUMBER)
    SHARED = (Kind.YES_NO, Kind.SINGLE, Kind.MULTIPLE)  # of each answer a share is told, and no middle

    version = models.ForeignKey(QuestionnaireVersion, models.CASCADE, related_name="items")  # part of it
    section = models.ForeignKey(Section, models.CASCADE, related_name="items")  # part of it
    order = models.PositiveSmallIntegerField(_("order"))
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    text = models.TextField(_("question"))
    help = models.TextField(_("help"), blank=True)
    scale_min = models.SmallIntegerField(null=True, blank=True)
    scale_max = models.SmallIntegerField(null=True, blank=True)
    labels = models.JSONField(default=dict, blank=True)  # {"es": {"1": "Muy en desacuerdo", …}, "en": {…}}
    reverse = models.BooleanField(_("low is favourable"), default=False)
    required = models.BooleanField(_("required"), default=False)
    no_answer_allowed = models.BooleanField(_("offers “I cannot judge”"), default=True)
    criterion_code = models.CharField(_("criterion"), max_length=20, blank=True)
    common_code = models.CharField(_("common question"), max_length=40, blank=True)
    importance_of = models.CharField(max_length=20, blank=True)
    shown_if_code = models.CharField(max_length=20, blank=True)
    shown_if_values = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="item_code_once",
                violation_error_message=_("Two questions have the same code."),
            ),
            models.CheckConstraint(
                condition=Q(kind="text", scale_min__isnull=True, scale_max__isnull=True)
                | (~Q(kind="text") & Q(scale_max__gt=F("scale_min"))),
                name="item_scale_fits_kind",
                violation_error_message=_("Every question but a comment needs a scale."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_scaled(self) -> bool:
        """Whether it is one of the ratings of which a straight line is made: the same value on all of them."""
        return self.kind == self.Kind.LIKERT and not self.is_conditional and not self.importance_of

    @property
    def is_conditional(self) -> bool:
        """Whether only some are asked, by what they answered before."""
        return bool(self.shown_if_code)

    @property
    def is_ordered(self) -> bool:
        """Whether a mean or a median of its codes means anything."""
        return self.kind in self.ORDERED

    @property
    def has_known_population(self) -> bool:
        """Whether it is known how many could have answered it: not where only some are asked."""
        return not self.is_conditional

    @property
    def points(self) -> range:
        """All codes of its scale; empty for a comment."""
        if self.scale_min is None or self.scale_max is None:
            return range(0)
        return range(self.scale_min, self.scale_max + 1)
