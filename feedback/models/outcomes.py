"""Closing the loop: what was said, what will be done about it, what was done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign
from iqas.core import clock
from iqas.core.models import Identified, Versioned
from iqas.improvement.models import Action


class Outcome(Identified, Versioned):
    """One answer of those responsible to a campaign: you said, we will, and later we did. Public once published."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="outcomes")
    order = models.PositiveSmallIntegerField(default=0)
    item_code = models.CharField(_("question"), max_length=20, blank=True)
    you_said = models.TextField(_("you said"))
    we_will = models.TextField(_("we will"), blank=True)
    we_did = models.TextField(_("we did"), blank=True)
    actions = models.ManyToManyField(Action, through="feedback.OutcomeAction", related_name="outcomes")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    done_published_at = models.DateTimeField(_("“we did” published"), null=True, blank=True, editable=False)
    told_at = models.DateTimeField(_("those asked were told"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["campaign", "order", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_published_at__isnull=True) | Q(published_at__isnull=False),
                name="outcome_done_after_promise",
                violation_error_message=_("What was done is published after what was promised."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.order}"


class OutcomeAction(Identified):
    """An improvement action that an outcome promises."""

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="+")  # part of it
    action = models.ForeignKey(Action, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outcome", "action"], name="outcome_action_once"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.action_id}"
