"""What people answered: while they write (draft), sealed (inbox), and mixed (response, receipt); or signed.

No row but a signed answer knows its invitation, its time or its batch, and keys are random: the order of rows says
nothing. Comments are in `models.comments`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign, Invitation
from iqas.core.models import Identified


class Draft(models.Model):
    """Answers not sent yet, encrypted under the respondent's token."""

    ref = models.CharField(max_length=64, primary_key=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    body = models.BinaryField()
    expires_day = models.DateField()  # the campaign's last day: the same in all its drafts

    def __str__(self) -> str:
        return self.ref


class Inbox(Identified):
    """A sealed answer that waits to be mixed."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="inbox")
    sealed = models.BinaryField()

    class Meta:
        verbose_name_plural = "inbox"

    def __str__(self) -> str:
        return str(self.pk)


class Response(Identified):
    """The ratings of one respondent: item code → raw value, null for "I cannot judge"."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="responses")
    group_code = models.CharField(max_length=32, blank=True)
    answers = models.JSONField()

    def __str__(self) -> str:
        return str(self.pk)


class Receipt(models.Model):
    """The SHA-256 of a number that one respondent holds: proof that an answer was counted, not which."""

    h = models.CharField(max_length=64, primary_key=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="receipts")

    def __str__(self) -> str:
        return self.h


class SignedAnswer(Identified):
    """The answer of one invitation, where the campaign is confidential or attributed and says so; never elsewhere."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="signed_answers")
    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="signed_answer")
    answers = models.JSONField()
    comments = models.JSONField(default=dict)
    answered_on = models.DateField(_("answered"))

    class Meta:
        ordering = ["campaign", "answered_on"]

    def __str__(self) -> str:
        return str(self.pk)
