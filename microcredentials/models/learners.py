"""Learners: as little identity as suffices to recognise a person, and apart from it what is only ever counted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.models import Identified, Versioned


class Learner(Identified, Versioned):
    """A person who enrolled. Adults may lack a student number; one of the three keys recognises them.

    The keys are normalised (`identity.py`) so that an import recognises a person however the value was typed.
    An erased learner keeps its row, empty: the enrolments stay and so do the counts.
    """

    class Document(models.TextChoices):
        DNI = "dni", _("DNI")
        NIE = "nie", _("NIE")
        PASSPORT = "passport", _("passport")
        OTHER = "other", _("other document")

    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    document_kind = models.CharField(_("identity document"), max_length=10, choices=Document, blank=True)
    document_number = models.CharField(_("document number"), max_length=30, blank=True)
    student_number = models.CharField(_("student number"), max_length=30, blank=True)
    email_key = models.CharField(max_length=254, unique=True, null=True, editable=False)
    document_key = models.CharField(max_length=45, unique=True, null=True, editable=False)
    student_key = models.CharField(max_length=40, unique=True, null=True, editable=False)
    sort_name = models.CharField(max_length=260, editable=False)
    search_key = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    IDENTITY = ("given_name", "family_name", "email", "document_kind", "document_number", "student_number")
    KEYS = ("student_key", "document_key", "email_key")

    class Meta:
        ordering = ["sort_name", "id"]
        indexes = [models.Index(fields=["sort_name"], name="learner_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False)
                | Q(email_key__isnull=False)
                | Q(document_key__isnull=False)
                | Q(student_key__isnull=False),
                name="learner_recognisable",
                violation_error_code="no-identity",
                violation_error_message=_("A learner has an e-mail, an identity document or a student number."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    given_name="", family_name="", email="", document_number="", student_number="",
                    email_key__isnull=True, document_key__isnull=True, student_key__isnull=True,
                    sort_name="", search_key="",
                ),
                name="learner_erased_is_empty",
                violation_error_message=_("An erased learner holds no identity."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        if self.erased_at is not None:
            return _now("Erased person")
        return f"{self.given_name} {self.family_name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("microcredentials:learner-detail", args=[self.pk])

    @property
    def listed_name(self) -> str:
        """As lists show it: family name first."""
        return (
            str(self) if self.erased_at is not None else f"{self.family_name}, {self.given_name}".strip(", ")
        )


class LearnerStatistics(models.Model):
    """What SIIU asks about learners (RD 640/2021 art. 18.1.a). Never shown beside a name: only counted."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("woman")
        MALE = "male", _("man")
        OTHER = "other", _("other")

    class Access(models.TextChoices):
        DEGREE = "degree", _("university degree")
        VOCATIONAL = "vocational", _("vocational training")
        SECONDARY = "secondary", _("upper secondary education")
        EXPERIENCE = "experience", _("work experience")
        OTHER = "other", _("other route")

    learner = models.OneToOneField(Learner, models.PROTECT, primary_key=True, related_name="statistics")
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=2, blank=True)  # ISO 3166-1 alpha-2
    residence = models.CharField(_("place of residence"), max_length=80, blank=True)
    access = models.CharField(_("access route"), max_length=12, choices=Access, blank=True)

    FIELDS = ("sex", "birth_year", "nationality", "residence", "access")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_year__gte=1900, birth_year__lte=2100),
                name="statistics_birth_year",
                violation_error_message=_("The year of birth has four digits."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.learner_id)


class ErasedIdentity(models.Model):
    """A keyed hash of what an erased person was known by, so that no list brings them back (`microcredentials.erased`)."""

    digest = models.CharField(max_length=64, primary_key=True)
    erased_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.digest[:12]
