"""Partners: who outside the university helps to see the need, design, teach, assess or recognise; and other providers.

The register belongs to the university; where a partner takes part belongs to the micro-credential.
"""

from __future__ import annotations

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.evidence.models import EvidenceVersion
from microcredentials.models.catalogue import MicroCredential

NOTICE = dt.timedelta(days=90)


class Partner(Identified, Versioned):
    """One organisation. A duplicate that was merged stays as a signpost to the one that was kept."""

    class Kind(models.TextChoices):
        EMPLOYER = "employer", _("employer")
        COMPANY = "company", _("company")
        EMPLOYMENT_SERVICE = "employment_service", _("public employment service")
        PROFESSIONAL_BODY = "professional_body", _("professional association")
        CIVIL_SOCIETY = "civil_society", _("civil society")
        COMMUNITY_CENTRE = "community_centre", _("community centre")
        UNIVERSITY = "university", pgettext_lazy("partner", "other provider: university")
        VET = "vet", _("other provider: vocational training")
        OTHER_PROVIDER = "other_provider", _("other provider")
        ADMINISTRATION = "administration", _("public administration")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    tax_id = models.CharField(_("tax number"), max_length=20, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        default="ES",
        validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two letters, as ES."))],
    )
    website = models.URLField(_("website"), max_length=300, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", editable=False)
    sort_name = models.CharField(max_length=200, editable=False)
    search_key = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["sort_name"],
                condition=Q(merged_into__isnull=True),
                name="partner_name_once",
                violation_error_message=_("The register already has this name."),
            ),
            models.UniqueConstraint(
                fields=["tax_id"],
                condition=Q(merged_into__isnull=True) & ~Q(tax_id=""),
                name="partner_tax_id_once",
                violation_error_message=_("The register already has this tax number."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="partner_merged_inactive",
                violation_error_message=_("A merged partner is not active."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:partner-detail", args=[self.code])


class PartnerContact(Identified, Versioned):
    """A person at a partner, with why their data may be kept (GDPR art. 6.1). Erased, not archived."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent")
        CONTRACT = "contract", _("contract")
        PUBLIC_INTEREST = "public_interest", _("public interest")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=150)
    position = models.CharField(_("position"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    basis = models.CharField(_("legal basis"), max_length=20, choices=Basis)
    basis_on = models.DateField(_("since"))
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Participation(Identified):
    """What a partner does for a micro-credential, from a date on."""

    class Role(models.TextChoices):
        NEED = "need", _("stated the need")
        DESIGN = "design", _("takes part in the design")
        TEACHING = "teaching", _("teaches")
        PLACEMENT = "placement", _("offers placements")
        ASSESSMENT = "assessment", _("takes part in the assessment")
        RECOGNITION = "recognition", _("recognises it")
        FEEDBACK = "feedback", _("gives feedback")

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="participations", verbose_name=_("partner")
    )
    microcredential = models.ForeignKey(
        MicroCredential, models.PROTECT, related_name="participations", verbose_name=_("micro-credential")
    )
    role = models.CharField(_("role"), max_length=15, choices=Role)
    since = models.DateField(_("since"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ["microcredential__sort_title", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "microcredential", "role"],
                name="participation_once",
                violation_error_message=_("The partner already has this role here."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner.code} {self.role} {self.microcredential.code}"


class Agreement(Identified, Versioned):
    """What was signed with a partner, from when until when, and the evidence of it."""

    class State(models.TextChoices):
        FUTURE = "future", _("not yet in force")
        IN_FORCE = "in_force", _("in force")
        EXPIRING = "expiring", _("about to expire")
        EXPIRED = "expired", _("expired")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    title = models.CharField(_("title"), max_length=200)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    evidence = models.ForeignKey(
        EvidenceVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    is_final = models.BooleanField(_("will not be renewed"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = [F("ends").desc(nulls_first=True), "title"]
        indexes = [models.Index(fields=["ends"], name="agreement_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="agreement_dates_order",
                violation_error_code="dates-order",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """Where it stands today."""
        return self.state_on(clock.today())

    def state_on(self, day: dt.date) -> str:
        if day < self.starts:
            return self.State.FUTURE
        if self.ends is None or day + NOTICE < self.ends:
            return self.State.IN_FORCE
        return self.State.EXPIRING if day <= self.ends else self.State.EXPIRED

    @property
    def state_label(self) -> str:
        return str(self.State(self.state).label)
