"""Micro-credentials and their versions, with the elements of Annex I that exist when a course is designed.

Council Recommendation 2022/C 243/02, Annex I: M2–M4 and M6–M11 belong to the design, M1 (learner), M5 (date of
issuing) and O3 (grade) only to an issued credential, so they have no field here.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.evidence.models import Evidence
from iqas.organisation.models import Centre, Scope
from microcredentials import rules
from microcredentials.choices import CYCLES, known_languages, known_sdgs
from microcredentials.workflow import Needs

VERSION_IN_FORCE = Needs(
    "not-approved",
    lambda microcredential: microcredential.current is not None and microcredential.current.is_frozen,
    rules.NOT_APPROVED,
    mend="approval-detail",
)
ACTS_RECORDED = Needs(
    "acts-missing",
    lambda microcredential: (
        microcredential.current is not None
        and microcredential.current.submissions.filter(state="approved").exists()
    ),
    rules.ACTS_MISSING,
    mend="approval-detail",
)
CONDITIONS_FULFILLED = Needs(
    "open-conditions",
    lambda microcredential: (
        microcredential.current is None
        or not microcredential.current.submissions.filter(
            state="approved", acts__outcome="conditions", acts__fulfilled_on__isnull=True
        ).exists()
    ),
    rules.OPEN_CONDITIONS,
    mend="approval-detail",
)
REASONS_ANSWERED = Needs(
    "open-reasons",
    lambda version: not version.remarks.filter(act__isnull=False, resolved_at__isnull=True).exists(),
    rules.OPEN_REASONS,
    mend="approval-detail",
)
ALL_ACTS = Needs(
    "acts-missing",
    lambda version: not version.submissions.filter(state="waiting").exists(),
    rules.ACTS_OUTSTANDING,
    mend="approval-detail",
)


class MicroCredential(FSMModelMixin, Identified):
    """What a centre offers under one name over the years; `current` is the version in force, else the draft."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")
        SUSPENDED = "suspended", _("suspended")
        EXTINGUISHED = "extinguished", _("extinguished")
        IMPORTED = "imported", _("imported")

    code = models.CharField(_("code"), max_length=30, unique=True)
    centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="microcredentials", verbose_name=_("centre")
    )
    scope = models.OneToOneField(Scope, models.PROTECT, related_name="microcredential")
    state = FSMField(_("state"), choices=State, default=State.DRAFT, protected=True)
    current = models.OneToOneField(
        "MicroCredentialVersion", models.PROTECT, null=True, related_name="current_of", editable=False
    )
    sort_title = models.CharField(max_length=300, editable=False)
    title_key = models.CharField(max_length=300, editable=False)  # how imports recognise a title
    search_key = models.TextField(editable=False, default="")
    state_on = models.DateField(_("date of the state"), null=True, editable=False)
    state_reason = models.TextField(_("reason of the state"), blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["sort_title", "code"]
        indexes = [
            models.Index(fields=["centre", "state"], name="mc_by_centre_state"),
            models.Index(fields=["centre", "title_key"], name="mc_by_centre_title"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "approved", "published", "suspended", "extinguished", "imported"]
                ),
                name="mc_known_state",
                violation_error_message=_("Unknown state."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:microcredential-detail", args=[self.code])

    @transition(field=state, source=State.DRAFT, target=State.APPROVED)
    def approve(self) -> None:
        """Its first version was approved. Called by `services.approval` alone."""

    @transition(
        field=state,
        source=State.APPROVED,
        target=State.PUBLISHED,
        conditions=[VERSION_IN_FORCE, ACTS_RECORDED, CONDITIONS_FULFILLED],
        custom={"verb": _("Publish"), "event": "microcredential.published"},
    )
    def publish(self) -> None:
        """Whoever looks for it may see it."""

    @transition(
        field=state,
        source=[State.APPROVED, State.PUBLISHED],
        target=State.SUSPENDED,
        custom={"verb": _("Suspend"), "event": "microcredential.suspended"},
    )
    def suspend(self) -> None:
        """No longer offered, for now."""

    @transition(
        field=state,
        source=State.SUSPENDED,
        target=State.PUBLISHED,
        conditions=[VERSION_IN_FORCE, ACTS_RECORDED, CONDITIONS_FULFILLED],
        custom={"verb": _("Offer it again"), "event": "microcredential.resumed"},
    )
    def resume(self) -> None:
        """Offered again."""

    @transition(
        field=state,
        source=[State.APPROVED, State.PUBLISHED, State.SUSPENDED],
        target=State.EXTINGUISHED,
        custom={"verb": _("Extinguish"), "event": "microcredential.extinguished"},
    )
    def extinguish(self) -> None:
        """Never offered again."""


class MicroCredentialVersion(FSMModelMixin, Identified, Versioned):
    """The design of a micro-credential. Locked while submitted, frozen once approved: a change makes the next version."""

    class Stage(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", pgettext_lazy("version", "submitted")
        APPROVED = "approved", _("approved")

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("on-site")
        HYBRID = "hybrid", _("hybrid")
        VIRTUAL = "virtual", _("virtual")

    class Supervision(models.TextChoices):
        NONE = "unsupervised", _("unsupervised, identity not verified")
        SUPERVISED = "supervised", _("supervised, identity not verified")
        VERIFIED = "verified", _("supervised online or on-site, identity verified")

    class Stackability(models.TextChoices):
        STAND_ALONE = "stand_alone", _("stand-alone, independent")
        STACKABLE = "stackable", _("stackable towards another credential")

    microcredential = models.ForeignKey(MicroCredential, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=300)  # M2
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("For whom it is and what for, in a few sentences.")
    )
    country = models.CharField(
        _("country of the issuer"), max_length=2, default="ES"
    )  # M3, ISO 3166-1 alpha-2
    region = models.CharField(_("region of the issuer"), max_length=120, blank=True)
    ects = models.DecimalField(_("ECTS credits"), max_digits=4, decimal_places=2, null=True, blank=True)  # M7
    hours = models.PositiveSmallIntegerField(
        _("hours of work"),
        null=True,
        blank=True,
        help_text=_("All the learner's work, not only class hours."),
    )
    eqf_level = models.PositiveSmallIntegerField(  # M8
        _("EQF level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text=_("The level it is referenced to. MECES classifies official degrees only."),
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, blank=True)  # M10, RD 822/2021 art. 37.3
    quality_assurance = models.TextField(_("quality assurance that underpins it"), blank=True)  # M11
    requires_degree = models.BooleanField(
        _("requires a university degree"), null=True, blank=True, help_text=_("RD 822/2021 art. 37.5.")
    )
    field_of_study = models.CharField(_("field of study"), max_length=200, blank=True)
    responsible_teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible teacher"),
        help_text=_("A teacher of the university (RD 822/2021 art. 37.4)."),
    )
    responsible_name = models.CharField(_("name of the responsible teacher"), max_length=150, blank=True)
    responsible_email = models.EmailField(_("e-mail of the responsible teacher"), blank=True)
    prerequisites = models.TextField(_("entry requirements"), blank=True)  # O1
    supervision = models.CharField(  # O2
        _("supervision and identity in the assessment"), max_length=15, choices=Supervision, blank=True
    )
    stackability = models.CharField(_("stackability"), max_length=15, choices=Stackability, blank=True)  # O4
    further_information = models.TextField(_("further information"), blank=True)  # O5
    hours_per_ects = models.PositiveSmallIntegerField(
        _("hours of work per ECTS"), null=True, blank=True, help_text=_("25 to 30 (RD 1125/2003 art. 4.5).")
    )
    need = models.TextField(
        _("need"),
        blank=True,
        help_text=_("What is lacking, for whom, and how that is known: figures, studies, requests."),
    )
    target_groups = models.TextField(
        _("target groups"), blank=True, help_text=_("Who should take it, those hard to reach included.")
    )
    contents = models.TextField(_("contents"), blank=True, help_text=_("One unit per line."))
    methods = models.TextField(_("teaching methods"), blank=True)
    languages = models.JSONField(
        _("languages of teaching"), default=list, blank=True, validators=[known_languages]
    )
    calendar = models.TextField(
        _("calendar"), blank=True, help_text=_("Weeks, days and hours; each edition has its own dates.")
    )
    resources = models.TextField(
        _("resources"), blank=True, help_text=_("Rooms, laboratories, platforms, licences, support staff.")
    )
    selection = models.TextField(
        _("selection"), blank=True, help_text=_("How places are given when more people apply than fit.")
    )
    places_min = models.PositiveSmallIntegerField(_("fewest learners to run it"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("places in an edition"), null=True, blank=True)
    price = models.DecimalField(
        _("price (€)"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("0 where it is free."),
    )
    cost = models.DecimalField(
        _("cost of an edition (€)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    budget = models.TextField(
        _("budget"), blank=True, help_text=_("What the money is spent on, and grants or sponsors if any.")
    )
    stacks_into = models.TextField(
        _("what it builds towards"), blank=True, help_text=_("Other micro-credentials and degrees.")
    )
    sustainability = models.TextField(
        _("contribution to sustainability"),
        blank=True,
        help_text=_("Social, environmental, and in how things are governed. Optional."),
    )
    sdgs = models.JSONField(
        _("Sustainable Development Goals"), default=list, blank=True, validators=[known_sdgs]
    )
    elements_done = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # of nine; see completeness.py
    stage = FSMField(_("stage"), choices=Stage, default=Stage.DRAFT, protected=True)
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approval_note = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["microcredential", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["microcredential", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["microcredential"],
                condition=Q(approved_at__isnull=True),
                name="version_one_draft",
                violation_error_message=_("There is already a draft of the next version."),
            ),
            models.CheckConstraint(
                condition=Q(ects__gt=0, ects__lt=15),
                name="version_ects_range",
                violation_error_code="ects-range",
                violation_error_message=rules.ECTS_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0),
                name="version_hours_positive",
                violation_error_message=_("The hours of work must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(hours_per_ects__gte=25, hours_per_ects__lte=30),
                name="version_hours_per_ects",
                violation_error_code="hours-per-ects",
                violation_error_message=rules.HOURS_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(places_min__gt=0),
                name="version_places_min_positive",
                violation_error_message=_("The fewest learners are more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(places__gt=0),
                name="version_places_positive",
                violation_error_message=_("The places are more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(places_min__isnull=True)
                | Q(places__isnull=True)
                | Q(places__gte=F("places_min")),
                name="version_places_order",
                violation_error_code="places-order",
                violation_error_message=_("There are fewer places than the fewest learners to run it."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="version_price_range",
                violation_error_message=_("The price is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="version_cost_range",
                violation_error_message=_("The cost is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(eqf_level__gte=1, eqf_level__lte=8),
                name="version_eqf_range",
                violation_error_message=_("The EQF has levels 1 to 8."),
            ),
            models.CheckConstraint(
                condition=Q(title_es__isnull=False) & ~Q(title_es=""),
                name="version_titled",
                violation_error_message=_("A micro-credential needs a title."),
            ),
            models.CheckConstraint(
                condition=Q(elements_done__lte=9),
                name="version_nine_elements",
                violation_error_message=_("There are nine elements at design time."),
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | (
                    Q(ects__isnull=False, requires_degree__isnull=False, approved_by__isnull=False)
                    & ~Q(mode="")
                ),
                name="version_approved_whole",
                violation_error_message=_("What the law asks for is missing from an approved version."),
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False, stage="approved")
                | Q(approved_at__isnull=True, stage__in=["draft", "submitted"]),
                name="version_stage_fits",
                violation_error_message=_("Unknown state."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"

    @property
    def is_frozen(self) -> bool:
        return self.approved_at is not None

    @transition(
        field=stage,
        source=Stage.DRAFT,
        target=Stage.SUBMITTED,
        conditions=[REASONS_ANSWERED],
        custom={"verb": _("Submit for approval"), "event": "version.submitted"},
    )
    def submit(self) -> None:
        """Handed in: locked until it is returned or approved."""

    @transition(field=stage, source=Stage.SUBMITTED, target=Stage.DRAFT)
    def give_back(self) -> None:
        """Returned or rejected: its authors may write again."""

    @transition(field=stage, source=Stage.SUBMITTED, target=Stage.APPROVED, conditions=[ALL_ACTS])
    def approve(self) -> None:
        """Every act that it needs is favourable."""

    @property
    def is_open(self) -> bool:
        """Whether it can be written: neither approved nor handed in."""
        return bool(self.stage == self.Stage.DRAFT)

    @property
    def responsible(self) -> str:
        """The responsible teacher as shown: the account's name, else the name written. Needs select_related."""
        return str(self.responsible_teacher) if self.responsible_teacher_id else self.responsible_name

    @property
    def meces_reference(self) -> int | None:
        """MECES is EQF minus 4 and covers official degrees only (RD 1027/2011): a derived reference, never stored."""
        return self.eqf_level - 4 if self.eqf_level is not None and self.eqf_level >= 5 else None

    @property
    def qf_ehea_cycle(self) -> str | Promise:
        """The cycle of the European Higher Education Area to which the EQF level belongs; none below level 5 (M8)."""
        return CYCLES.get(self.eqf_level or 0, "")


class AwardingBody(Identified):
    """Who awards the micro-credential (M4); where there are several universities, one coordinates."""

    version = models.ForeignKey(MicroCredentialVersion, models.PROTECT, related_name="awarding_bodies")
    name = models.CharField(_("awarding body"), max_length=200)
    is_coordinating = models.BooleanField(_("coordinates"), default=False)
    agreement = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreement")
    )
    country = models.CharField(  # M3, ISO 3166-1 alpha-2; empty where it is the issuer's
        _("country"), max_length=2, blank=True, help_text=_("Two letters; only where it is another.")
    )
    region = models.CharField(
        _("region"), max_length=120, blank=True, help_text=_("Only where it is another.")
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"],
                name="awarding_body_once",
                violation_error_message=_("Named twice."),
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(is_coordinating=True),
                name="awarding_one_coordinator",
                violation_error_message=_("Only one body coordinates."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
