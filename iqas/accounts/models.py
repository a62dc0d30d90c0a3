"""People, and the roles that they hold on scopes for a time."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.models import Identified
from iqas.core.text import sort_key
from iqas.organisation.models import Scope


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    QUALITY_OFFICER = "quality_officer", _("quality officer")
    CENTRE_QUALITY = "centre_quality", _("quality officer of a centre")
    COORDINATOR = "coordinator", _("coordinator")
    REVIEWER = "reviewer", _("reviewer")
    APPROVER = "approver", _("approver")
    AUDITOR = "auditor", _("external auditor")
    STUDENT_AUDITOR = "student_auditor", _("student auditor")
    READER = "reader", _("reader")


EXTERNAL_ROLES = frozenset({Role.AUDITOR, Role.STUDENT_AUDITOR})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        name = fields.pop("name", "")
        user = self.model(email=normal_email(email), name=name, sort_name=sort_key(name), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normal_email(username or ""))


class User(Identified, AbstractBaseUser):
    """A person with an account. Accounts are ended, never deleted (ENS op.acc.1). Powers come from roles alone."""

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("There is an account with this e-mail.")}
    )
    name = models.CharField(_("name"), max_length=150)
    sort_name = models.CharField(max_length=150, editable=False, default="")
    language = models.CharField(
        _("language of messages"),
        max_length=5,
        choices=[("es", _("Spanish")), ("en", _("English"))],
        default="es",
    )
    is_active = models.BooleanField(_("active"), default=True)
    invited_at = models.DateTimeField(default=clock.now, editable=False)
    previous_login = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["sort_name", "email"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        return reverse("accounts:person-detail", kwargs={"pk": self.pk})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class RoleAssignment(Identified):
    """A role on a scope and everything below it, from one date to another (included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="assignments")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="granted")

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_ends_after_start",
                violation_error_message=_("The role ends before it starts."),
            )
        ]
        indexes = [models.Index(fields=["user", "valid_from", "valid_until"], name="assignment_now")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


def normal_email(email: str) -> str:
    return email.strip().lower()
