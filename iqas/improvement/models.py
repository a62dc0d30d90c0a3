from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, FSMModelMixin, transition

from iqas.core.models import Identified, Versioned
from iqas.evidence.models import EvidenceVersion
from iqas.frameworks.models import Criterion
from iqas.organisation.models import Scope


class Action(FSMModelMixin, Identified, Versioned):
    """An improvement: who does what until when, how it is followed up, what proves it, what it changed.

    The minimum content is that of BOE-A-2022-3710, Protocol, point 2.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("action", "Open")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done, to be verified")
        VERIFIED = "verified", pgettext_lazy("action", "Verified")
        CANCELLED = "cancelled", pgettext_lazy("action", "Cancelled")

    code = models.CharField(_("code"), max_length=20, unique=True)
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="actions", verbose_name=_("scope"))
    title = models.CharField(_("title"), max_length=200)
    sort_title = models.CharField(max_length=200, editable=False, db_index=True)
    cause = models.TextField(_("cause"))
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("criterion")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions", verbose_name=_("responsible")
    )
    due = models.DateField(_("due"))
    follow_up = models.TextField(_("follow-up measure"), help_text=_("How progress and result are measured."))
    state = FSMField(_("state"), default=State.OPEN, choices=State.choices, protected=True, db_index=True)
    proof = models.ForeignKey(
        EvidenceVersion, models.PROTECT, null=True, blank=True, related_name="proves", verbose_name=_("proof")
    )
    effect = models.TextField(_("effect"), blank=True, help_text=_("What changed, measured as foreseen."))
    origin_code = models.CharField(_("origin"), max_length=40, blank=True, db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    cancel_reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ("due", "code")
        verbose_name = _("improvement action")
        indexes = (models.Index(fields=("state", "due"), name="improvement_overdue"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=("done", "verified"))
                | (Q(proof__isnull=False) & Q(done_by__isnull=False)),
                name="improvement_done_needs_proof",
                violation_error_message=_("An action is done only with its proof."),
            ),
            models.CheckConstraint(
                condition=~Q(state="verified")
                | (
                    Q(verified_by__isnull=False)
                    & ~Q(verified_by=F("done_by"))
                    & ~Q(verified_by=F("responsible"))
                ),
                name="improvement_second_person",
                violation_error_message=_("Somebody else verifies an action."),
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="improvement_cancel_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("improvement:action-detail", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.OPEN, self.State.IN_PROGRESS}

    @transition(state, source=State.OPEN, target=State.IN_PROGRESS, permission="improvement.work")
    def start(self) -> None:
        """Work on it has begun."""

    @transition(
        state, source=(State.OPEN, State.IN_PROGRESS), target=State.DONE, permission="improvement.work"
    )
    def finish(self) -> None:
        """Carried out, with its proof; a second person looks at it."""

    @transition(state, source=State.DONE, target=State.VERIFIED, permission="improvement.verify")
    def verify(self) -> None:
        """The proof shows that it was carried out, and the effect is on record."""

    @transition(state, source=State.DONE, target=State.IN_PROGRESS, permission="improvement.verify")
    def send_back(self) -> None:
        """The proof does not show it; work goes on."""

    @transition(
        state, source=(State.OPEN, State.IN_PROGRESS), target=State.CANCELLED, permission="improvement.change"
    )
    def cancel(self) -> None:
        """It will not be carried out, for a stated reason."""
