"""The smallest group about which something is shown: the university's, its audience's, that for persons."""

from __future__ import annotations

from collections.abc import Mapping

from feedback.models import AudienceThreshold, QuestionnaireVersion
from iqas.organisation.models import University

PERSONS_LEAST = 10


def least_threshold(version: QuestionnaireVersion) -> int:
    """The smallest minimum group size for a questionnaire: the largest of those that hold for it."""
    return _least(version, persons=PERSONS_LEAST)


def imported_threshold(version: QuestionnaireVersion) -> int:
    """The same for answers of another system, which were given under its promises: for persons only what was decided here."""
    return _least(version, persons=0)


def _least(version: QuestionnaireVersion, *, persons: int) -> int:
    questionnaire = version.questionnaire
    decided = decided_thresholds()
    least = max(University.current().threshold, decided.get(questionnaire.audience, 0))
    if questionnaire.about_persons:
        least = max(least, decided.get(AudienceThreshold.PERSONS, persons))
    return least


def decided_thresholds() -> Mapping[str, int]:
    """What was decided, by audience and for persons."""
    return dict(AudienceThreshold.objects.values_list("subject", "least"))
