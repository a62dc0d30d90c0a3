"""Campaigns that are over, with the answers that a test asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.models import Campaign, CampaignGroup, Comment, Item, QuestionnaireVersion, Response
from feedback.packs import load
from feedback.services import summaries
from iqas.core import clock
from iqas.organisation.models import Scope
from tests.factories.organisation import the_university

Answers = Mapping[str, int | None]


def the_questionnaire(code: str = "LEARNER-END") -> QuestionnaireVersion:
    """A shipped questionnaire, loaded at first use."""
    if not QuestionnaireVersion.objects.filter(questionnaire__code=code).exists():
        load(code)
    return QuestionnaireVersion.objects.filter(questionnaire__code=code).earliest("number")


def make_results(
    code: str = "C-0001",
    answers: Sequence[Answers | tuple[str, Answers]] = (),
    *,
    scope: Scope | None = None,
    edition: Any = None,
    invited: int = 20,
    threshold: int = 5,
    questionnaire: str = "LEARNER-END",
    groups: Mapping[str, str] | None = None,
    comments: Sequence[tuple[str, str]] = (),
    **fields: Any,
) -> Campaign:
    """A finished anonymous campaign, counted. An answer is `{item: value}` or `(group, {item: value})`;
    a comment is `(item, text)`.
    """
    scope = scope or (edition.microcredential.scope if edition else the_university().scope)
    version = the_questionnaire(questionnaire)
    values: dict[str, Any] = {
        "title_es": f"Encuesta {code}",
        "title_en": f"Survey {code}",
        "target_kind": "edition" if edition else "editions",
        "year": edition.year if edition else None,
        "state": Campaign.State.MIXED,
        "mode": Campaign.Mode.ANONYMOUS,
        "opens": dt.date(2026, 1, 10),
        "closes": dt.date(2026, 1, 30),
        "public_key": b"k" * 32,
        "sealed_size": 4096,
        "mixed_at": clock.now(),
    }
    values.update(fields)
    campaign = Campaign.objects.create(
        code=code,
        questionnaire_version=version,
        scope=scope,
        edition=edition,
        invited_count=invited,
        threshold=threshold,
        **values,
    )
    for group, label in (groups or {}).items():
        CampaignGroup.objects.create(campaign=campaign, code=group, label=label)
    rows = [entry if isinstance(entry, tuple) else ("", entry) for entry in answers]
    Response.objects.bulk_create(
        Response(campaign=campaign, group_code=group, answers=dict(given)) for group, given in rows
    )
    items = {item.code: item for item in Item.objects.filter(version=version)}
    Comment.objects.bulk_create(
        Comment(campaign=campaign, item=items[item], text=text) for item, text in comments
    )
    summaries.refresh(campaign)
    return campaign


def rate_all(value: int, *, recommend: int = 8) -> dict[str, int | None]:
    """The same point on all fourteen ratings of LEARNER-END."""
    return {f"L{number:02}": value for number in range(1, 15)} | {"L15": recommend}


def publish_comments(campaign: Campaign) -> None:
    """As a reviewer who shows every comment does."""
    campaign.comments.update(review_state=Comment.Review.SHOWN)
    campaign.review_closed_at = clock.now()
    campaign.save(update_fields=["review_closed_at"])
