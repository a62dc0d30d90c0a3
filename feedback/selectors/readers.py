"""Who reads the comments of a campaign: what respondents are told before they write, and what is then held to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.models import TEACHERS, Campaign, CommentReader
from feedback.selectors.register import LEARNERS
from iqas.accounts.models import Role
from iqas.core.access import can, grants

USUAL = (Role.COORDINATOR.value, TEACHERS)
CHOICES = (
    Role.QUALITY_OFFICER.value,
    Role.COORDINATOR.value,
    Role.REVIEWER.value,
    Role.APPROVER.value,
    Role.READER.value,
    TEACHERS,
)
OFFICE = _("the quality office")
IN_WORDS: dict[str, str | Promise] = {
    Role.QUALITY_OFFICER: OFFICE,
    Role.COORDINATOR: _("those responsible for the course"),
    Role.REVIEWER: _("the reviewers of the quality system"),
    Role.APPROVER: _("those who approve micro-credentials"),
    Role.READER: _("the teaching staff with access to its quality data"),
    TEACHERS: _("the teaching staff who may reply before publication"),
}
ALL = ""


@dataclass(frozen=True)
class Readers:
    """Besides the quality office, which reviews every comment: by the code of the question, "" for all questions."""

    rows: tuple[CommentReader, ...]

    def of(self, item_code: str = ALL) -> Iterator[CommentReader]:
        """Those of one question: its own, and those of all."""
        return (row for row in self.rows if row.item_code in (ALL, item_code))

    def words(self, item_code: str = ALL) -> list[str | Promise]:
        """As a respondent is told, the quality office first."""
        return list(dict.fromkeys([OFFICE, *(named(row) for row in self.of(item_code))]))


def usual_readers(audience: str) -> tuple[str, ...]:
    """Those responsible; where learners are asked also who taught them, who have the right of reply before publication

    (surveys.md §4.9) and can use it only if respondents were told before they wrote.
    """
    return USUAL if audience in LEARNERS else (Role.COORDINATOR.value,)


def readers_of(campaign: Campaign) -> Readers:
    """The declared readers, or the usual ones where none were declared."""
    return named_readers(campaign, campaign.comment_readers.select_related("user"))


def named_readers(campaign: Campaign, declared: Iterable[CommentReader]) -> Readers:
    """As `readers_of`, of rows that were read already, with their users.

    Only a campaign that did not open here has none once it is asked: imported answers, whose readers nobody announced.
    """
    rows = tuple(declared)
    if rows:
        return Readers(rows)
    roles: Iterable[str] = (Role.COORDINATOR.value,)
    if campaign.state == Campaign.State.DRAFT:
        roles = usual_readers(campaign.questionnaire_version.questionnaire.audience)
    return Readers(tuple(CommentReader(campaign=campaign, role=role) for role in roles))


def may_read_comments(user: Any, campaign: Campaign, readers: Readers, item_code: str = ALL) -> bool:
    """Whether the person is among those who were named to the respondents. Needs the campaign's scope."""
    if can(user, "comment.review", campaign):
        return True
    held = {grant.role for grant in grants(user) if campaign.scope.path.startswith(grant.path)}
    return any(row.role in held or row.user_id == user.pk for row in readers.of(item_code))


def readable_items(user: Any, campaign: Campaign, codes: Iterable[str]) -> frozenset[str]:
    """Of these questions, those whose comments the person may read. Who reviews them reads them all."""
    asked = frozenset(codes)
    if not asked or can(user, "comment.review", campaign):
        return asked
    readers = readers_of(campaign)
    return frozenset(code for code in asked if may_read_comments(user, campaign, readers, code))


def named(row: CommentReader) -> str | Promise:
    """In words that a respondent understands."""
    return row.user.get_full_name() if row.user is not None else IN_WORDS[row.role]
