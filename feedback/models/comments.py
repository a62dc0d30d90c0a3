"""What people wrote in their own words, what a reviewer made of it, and what the teacher replied."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.campaigns import Campaign
from iqas.core import clock
from iqas.core.models import Identified
from iqas.organisation.models import Scope
from microcredentials.models import Partner


class Comment(Identified):
    """One text of one respondent, apart from the ratings and from the other texts.

    `marks` are the places where it seems to name somebody: `[{"kind": "name", "start": 3, "end": 9}, …]`. `original`
    is what stood there before a redaction, until the review is closed. Who decided is in the audit chain alone.
    `partner` is whose text it is, only where answers are given in an institution's name.
    """

    class Review(models.TextChoices):
        PENDING = "pending", _("to be reviewed")
        SHOWN = "shown", _("shown")
        HELD = "held", _("held back for now")
        REDACTED = "redacted", _("shown with passages removed")
        WITHHELD = "withheld", _("withheld")

    PUBLISHED = (Review.SHOWN, Review.REDACTED)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="comments")
    group_code = models.CharField(max_length=32, blank=True)
    item = models.ForeignKey("feedback.Item", models.PROTECT, related_name="+")
    text = models.TextField()
    review_state = models.CharField(max_length=10, choices=Review, default=Review.PENDING)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    marks = models.JSONField(default=list, blank=True)
    original = models.TextField(blank=True)
    decision_reason = models.CharField(_("reason"), max_length=40, blank=True)
    decided_on = models.DateField(_("decided"), null=True, blank=True)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(original="") | Q(review_state="redacted"),
                name="comment_original_of_redacted",
                violation_error_message=_("Only a redacted comment has an original."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Theme(Identified):
    """What comments are about, to be counted. It belongs to a scope and may be used below it."""

    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+", verbose_name=_("scope"))
    name = models.CharField(_("theme"), max_length=120)
    sort_name = models.CharField(max_length=120, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    comments = models.ManyToManyField(Comment, through="feedback.CommentTheme", related_name="themes")

    class Meta:
        ordering = ["sort_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "sort_name"],
                name="theme_once",
                violation_error_message=_("There is a theme of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommentTheme(Identified):
    """A comment is about a theme."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="+")  # goes with it
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "theme"], name="comment_theme_once"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.theme_id}"


class ReplyLink(Identified):
    """A teacher's way to the comments of a campaign before they are published, for some days.

    The link is derived from the keys like an invitation's; only its index is kept. The address is encrypted.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reply_links")
    name = models.CharField(_("name"), max_length=150)
    email_enc = models.BinaryField(null=True)
    tok_idx = models.CharField(max_length=64, unique=True)
    item_code = models.CharField(max_length=20, blank=True)
    opens = models.DateField(_("first day"))
    closes = models.DateField(_("last day"))
    first_read_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["campaign", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gte=models.F("opens")),
                name="reply_link_days_in_order",
                violation_error_message=_("The closing date is before the opening date."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeacherReply(Identified):
    """What a teacher answers: to one comment, or to them all (`comment` empty)."""

    link = models.ForeignKey(ReplyLink, models.PROTECT, related_name="replies")
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, blank=True, related_name="replies")
    text = models.TextField(_("reply"))
    written_at = models.DateTimeField(_("written"), default=clock.now)
    is_published = models.BooleanField(_("published"), default=False)

    class Meta:
        ordering = ["written_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "comment"],
                condition=Q(comment__isnull=False),
                name="teacher_reply_once_per_comment",
            ),
            models.UniqueConstraint(
                fields=["link"], condition=Q(comment__isnull=True), name="teacher_reply_once_to_all"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
