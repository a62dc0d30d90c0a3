"""Inviting whom the registers know: the learners of the editions, the contacts of the partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.importers.recipients import Recipient
from feedback.models import Campaign, Questionnaire
from feedback.selectors.register import fitting_states, learners_of
from feedback.selectors.targets import with_target
from feedback.services.invitations import Invited, invite_people
from feedback.targets import TargetKind
from iqas.core.refusals import RuleViolation
from microcredentials.models import Enrolment, PartnerContact


def refuse_audience(audience: str, states: Sequence[str], *, field: str) -> None:
    """Refuses `audience-learners` (it asks others than learners) and `audience-states` (other learners than these)."""
    name = Questionnaire.Audience(audience).label
    fitting = fitting_states(audience)
    if not fitting:
        raise RuleViolation(
            "audience-learners",
            _("This questionnaire asks %(audience)s: no learner is invited to it.") % {"audience": name},
            field=field,
        )
    wrong = [str(Enrolment.State(state).label) for state in states if state not in fitting]
    if wrong:
        raise RuleViolation(
            "audience-states",
            _("This questionnaire asks %(audience)s, not learners who are: %(states)s.")
            % {"audience": name, "states": ", ".join(wrong)},
            field=field,
        )


@transaction.atomic
def invite_learners(
    *, actor: Any, campaign: Campaign, states: Sequence[str], by_edition: bool = False
) -> Invited:
    """Invite the learners of the campaign's editions whose enrolment is in one of these states and who have an address.

    `by_edition` makes each edition a group whose results are compared. Refuses what `invite_people` and
    `refuse_audience` refuse, and `register-target` where partners are asked. The history keeps how many, never who.
    """
    target = with_target(Campaign.objects.filter(pk=campaign.pk)).get().target
    if target.kind == TargetKind.PARTNERS:
        raise RuleViolation("register-target", _("This campaign asks partners, not learners."))
    refuse_audience(campaign.questionnaire_version.questionnaire.audience, states, field="states")
    people = learners_of(target.editions, states, by_edition=by_edition)
    if not people:
        raise RuleViolation(
            "nobody", _("The register has nobody with an address in these states."), field="states"
        )
    return invite_people(actor=actor, campaign=campaign, people=people)


@transaction.atomic
def invite_contacts(*, actor: Any, campaign: Campaign, contacts: Sequence[PartnerContact]) -> Invited:
    """Invite contacts of the campaign's partners. Where answers are kept with their link, the link knows its partner.

    Refuses what `invite_people` refuses, and `contact-foreign` (of a partner that the campaign does not ask).
    """
    target = with_target(Campaign.objects.filter(pk=campaign.pk)).get().target
    asked = {partner.pk for partner in target.partners}
    if any(contact.partner_id not in asked for contact in contacts):
        raise RuleViolation(
            "contact-foreign",
            _("Somebody in the list works for a partner that is not asked."),
            field="contacts",
        )
    people = [
        Recipient(row, contact.email.strip().lower(), partner_id=contact.partner_id)
        for row, contact in enumerate(contacts, start=1)
    ]
    return invite_people(actor=actor, campaign=campaign, people=people)
