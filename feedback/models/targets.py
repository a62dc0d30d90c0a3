"""The rows behind a campaign's target, and who will read the comments on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign
from iqas.accounts.models import Role
from iqas.core.models import Identified
from microcredentials.models import Edition, Partner


class CampaignEdition(Identified):
    """An edition of a pooled campaign. A campaign on one edition has none of these."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="pool")  # part of it
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["edition__code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "edition"], name="campaign_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.edition_id}"


class CampaignPartner(Identified):
    """A partner that a campaign asks."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="asked_partners")  # part of it
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["partner__sort_name"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "partner"], name="campaign_partner_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.partner_id}"


TEACHERS = "teachers"
READER_ROLES = [*Role.choices, (TEACHERS, _("the teaching staff, to reply before publication"))]


class CommentReader(Identified):
    """Who will read the comments of a campaign, as respondents are told: those with a role there, one person, or the

    teaching staff (`TEACHERS`), who have no account: each may be asked to reply before publication.

    `item_code` narrows it to the comments on one question. A campaign that is prepared without rows has the usual readers
    (`selectors.readers.usual_readers`). Written down when it opens, and fixed.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="comment_readers")  # part of it
    role = models.CharField(_("role"), max_length=20, choices=READER_ROLES, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    item_code = models.CharField(_("question"), max_length=20, blank=True)

    class Meta:
        ordering = ["item_code", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "role", "item_code"],
                condition=~Q(role=""),
                name="comment_reader_role_once",
                violation_error_message=_("They are among the readers already."),
            ),
            models.UniqueConstraint(
                fields=["campaign", "user", "item_code"],
                condition=Q(user__isnull=False),
                name="comment_reader_person_once",
                violation_error_message=_("They are among the readers already."),
            ),
            models.CheckConstraint(
                condition=Q(role="", user__isnull=False) | (~Q(role="") & Q(user__isnull=True)),
                name="comment_reader_role_or_person",
                violation_error_message=_("A reader is a role or a person."),
            ),
        ]

    def __str__(self) -> str:
        return self.role or str(self.user_id)
