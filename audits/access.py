"""Who may do what with self-assessments and dossiers, and what an external auditor may open."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import Condition, Rule, register
from iqas.core.refusals import Text


def in_state(state: str, code: str, reason: Text) -> Condition:
    return Condition(
        code,
        holds=lambda _user, assessment: assessment.state == state,
        twin=lambda _user: Q(state=state),
        reason=reason,
    )


def _is_no_author(user: Any, assessment: Any) -> bool:
    return not assessment.authors.filter(pk=user.pk).exists()


DRAFTING = in_state("drafting", "not-drafting", _("The text was handed over; it can no longer be edited."))
IN_REVIEW = in_state("review", "not-in-review", _("Only a report in review can be frozen or returned."))
ANOTHER_PERSON = Condition(
    "own-work",
    holds=_is_no_author,
    twin=lambda user: ~Q(authors=user),
    reason=_("You wrote part of this report; somebody else freezes it."),
)

register(Rule("assessment.view", "audits.SelfAssessment", "scope"))
register(Rule("assessment.start", "organisation.Scope", "self"))
register(Rule("assessment.edit", "audits.SelfAssessment", "scope", (DRAFTING,)))
register(Rule("assessment.submit", "audits.SelfAssessment", "scope", (DRAFTING,)))
register(Rule("assessment.return", "audits.SelfAssessment", "scope", (IN_REVIEW,)))
register(Rule("assessment.freeze", "audits.SelfAssessment", "scope", (IN_REVIEW, ANOTHER_PERSON)))
register(Rule("dossier.view", "audits.Dossier", "scope"))
register(Rule("dossier.build", "audits.SelfAssessment", "scope"))
register(Rule("review.open", "audits.Dossier", "scope"))
