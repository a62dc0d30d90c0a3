"""What stays of answers once they were counted, and where imported ones came from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.questionnaires import Item
from iqas.core import clock
from iqas.core.models import Identified


class ItemSummary(Identified):
    """The counts of one item in a campaign, or in one of its predeclared groups (`group_code`, "" for everybody).

    Everything published reads these rows; the threshold is applied when they are read. `is_behind`: some later answers
    are not in it, because they are too few to be told apart from those before them. `distribution` of a number is by
    bins (`statistics.bins_of`); `total` and `middle_sum` (the sum of its two middle answers) keep mean and median exact.
    """

    campaign = models.ForeignKey(
        "feedback.Campaign", models.CASCADE, related_name="summaries"
    )  # derived from it
    group_code = models.CharField(max_length=32, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="summaries")
    n = models.PositiveIntegerField(_("answers"))
    no_answer = models.PositiveIntegerField(_("no answer"))
    distribution = models.JSONField(default=dict)  # {"1": n, …}, every point of the scale, raw codes
    population = models.PositiveIntegerField(
        null=True
    )  # invited, without those who said that they cannot judge
    favourable_low = models.PositiveIntegerField(null=True)  # persons of the population: 95 % interval of the
    favourable_high = models.PositiveIntegerField(
        null=True
    )  # favourable; null for a census or an unknown one
    total = models.BigIntegerField(null=True)
    middle_sum = models.IntegerField(null=True)
    is_behind = models.BooleanField(default=False)
    computed_at = models.DateTimeField(_("computed"), default=clock.now)

    class Meta:
        ordering = ["campaign", "group_code", "item__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "group_code", "item"],
                name="summary_once",
                violation_error_message=_("This item was counted already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.group_code} {self.item_id}"


class GroupSummary(Identified):
    """How many of a predeclared group answered."""

    campaign = models.ForeignKey(
        "feedback.Campaign", models.CASCADE, related_name="group_summaries"
    )  # derived
    group_code = models.CharField(max_length=32)
    responses = models.PositiveIntegerField(_("answers"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "group_code"],
                name="group_summary_once",
                violation_error_message=_("This group was counted already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.group_code}"


class ImportedFile(Identified):
    """The file and the mapping that the answers of one campaign came from; they never change afterwards."""

    campaign = models.OneToOneField("feedback.Campaign", models.PROTECT, related_name="imported_file")
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(_("rows"))
    imported_at = models.DateTimeField(_("imported"))

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.name
