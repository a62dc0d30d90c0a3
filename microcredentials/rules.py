"""What the law asks of a micro-credential: the one place, for forms, imports and API alike.

RD 822/2021 is BOE-A-2021-15781; Annex I and II are those of Council Recommendation 2022/C 243/02.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.accounts.roles import is_external
from iqas.core.refusals import RuleViolation
from iqas.ui import formats
from microcredentials.names import confusion_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iqas.accounts.models import User
    from microcredentials.models import (
        Assessment,
        AwardingBody,
        LearningOutcome,
        MicroCredential,
        MicroCredentialVersion,
    )

ECTS_ABOVE = Decimal(0)
ECTS_BELOW = Decimal(15)
ECTS_RANGE = _("A micro-credential has more than 0 and less than 15 ECTS credits (RD 822/2021 art. 37.8).")
HOURS_PER_ECTS = (25, 30)  # RD 1125/2003 art. 4.5
HOURS_RANGE = _("One ECTS credit is 25 to 30 hours of work (RD 1125/2003 art. 4.5).")

NO_RESPONSIBLE = _("It has no responsible teacher of the university (RD 822/2021 art. 37.4).")
EXTERNAL_RESPONSIBLE = _(
    "The responsible teacher is of the university, and this account is of somebody from outside "
    "(RD 822/2021 art. 37.4)."
)
NO_DEGREE_RULE = _("It does not say whether a university degree is required (RD 822/2021 art. 37.5).")
NO_OUTCOMES = _("It has no learning outcome (RD 822/2021 art. 37.8; Annex I, element 6).")
NO_MODE = _(
    "It does not say its mode: on-site, hybrid or virtual (RD 822/2021 art. 37.3; Annex I, element 10)."
)
NO_ECTS = _("It has no ECTS credits (RD 822/2021 art. 37.8; Annex I, element 7).")
NO_TITLE = _("It has no title (Annex I, element 2).")
NO_COUNTRY = _("It does not say the country of the issuer (Annex I, element 3).")
NO_AWARDING_BODY = _("It names no awarding body (Annex I, element 4).")
NO_COORDINATOR = _("Several bodies award it and none is said to coordinate (Annex I, element 4).")
NO_AGREEMENT = _("Several bodies award it and no agreement proves it (Annex I, element 4).")
NO_LEVEL = _("It has no EQF level (Annex I, element 8).")
NO_ASSESSMENT = _("It has no type of assessment (Annex I, element 9).")
NO_QUALITY_ASSURANCE = _("It does not say which quality assurance underpins it (Annex I, element 11).")
OUTCOME_NOT_ASSESSED = _("A learning outcome has no assessment (Annex II, principle 4).")
NO_CRITERIA = _("An assessment does not say its criteria (Annex II, principle 4).")
ESCO_SKILL = "http://data.europa.eu/esco/skill/"
ESCO_ADDRESS = re.compile(re.escape(ESCO_SKILL) + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOT_ESCO = _("An ESCO skill has an address like http://data.europa.eu/esco/skill/ and its identifier.")
FROZEN = _(
    "An approved version never changes: it is what was approved (RD 822/2021 art. 37.10). Begin the next version."
)
OWN_WORK = _("Nobody approves what they wrote (Ley 40/2015 art. 23).")
SUBMITTED = _("A submitted version is locked until it is returned.")
NOT_APPROVED = _("No version of it is approved.")
ACTS_MISSING = _(
    "It is not published before the acts of its approval are recorded (RD 822/2021 art. 37.2 and 37.10)."
)
ACTS_OUTSTANDING = _("Acts of its approval are not recorded yet (RD 822/2021 art. 37.2 and 37.10).")
OPEN_CONDITIONS = _("It was approved with conditions that are not fulfilled yet.")
OPEN_REASONS = _("Reasons for its return are not resolved yet.")
PRICE_OF_APPROVAL = _(
    "The Consejo Social approved a price of %(price)s € for it: another one needs a new version (RD 822/2021 art. 37.2)."
)
NO_PRICE_APPROVED = _(
    "The Consejo Social approved no price for it: a price needs a new version (RD 822/2021 art. 37.2)."
)
PRICE_DIFFERS = _("Its price is not the one that the Consejo Social approved (RD 822/2021 art. 37.2).")
SUSPENDED = _("The micro-credential is suspended: it is not offered until it is resumed.")
EXTINGUISHED = _("The micro-credential is extinguished: it has no further edition.")
FUTURE_ACT = _("The date of an act does not lie in the future.")
ACT_TOO_EARLY = _("The act is dated before the step before it.")
NO_DOCUMENT = _("This step needs its document as evidence.")
IMPORTED = _("An imported record has no ECTS credits and is never approved.")
NO_GOVERNING_STEP = _("The governing body approves every new micro-credential (RD 822/2021 art. 37.10).")
NO_PRICE_STEP = _("In a public university the Consejo Social approves the price (RD 822/2021 art. 37.2).")


ARTICLES = {
    "ects-range": "RD 822/2021 art. 37.8",
    "hours-per-ects": "RD 1125/2003 art. 4.5",
    "no-responsible": "RD 822/2021 art. 37.4",
    "external-responsible": "RD 822/2021 art. 37.4",
    "no-degree-rule": "RD 822/2021 art. 37.5",
    "no-mode": "RD 822/2021 art. 37.3",
    "no-ects": "RD 822/2021 art. 37.8",
    "no-outcomes": "RD 822/2021 art. 37.8",
    "no-title": "2022/C 243/02 Annex I.2",
    "no-country": "2022/C 243/02 Annex I.3",
    "no-awarding-body": "2022/C 243/02 Annex I.4",
    "no-coordinator": "2022/C 243/02 Annex I.4",
    "no-agreement": "2022/C 243/02 Annex I.4",
    "no-level": "2022/C 243/02 Annex I.8",
    "no-assessment": "2022/C 243/02 Annex I.9",
    "no-quality-assurance": "2022/C 243/02 Annex I.11",
    "outcome-not-assessed": "2022/C 243/02 Annex II.4",
    "no-criteria": "2022/C 243/02 Annex II.4",
    "frozen": "RD 822/2021 art. 37.10",
    "own-work": "Ley 40/2015 art. 23",
    "price-not-approved": "RD 822/2021 art. 37.2",
    "acts-missing": "RD 822/2021 art. 37.2, 37.10",
    "no-governing-step": "RD 822/2021 art. 37.10",
    "no-price-step": "RD 822/2021 art. 37.2",
}
"""Code of a refusal → the article that demands it, the same in every language. The messages name it in words."""


@dataclass(frozen=True)
class Gap:
    """Something without which a version cannot be approved; `field` is where a person fills it in."""

    code: str
    field: str
    message: str | Promise

    @property
    def article(self) -> str:
        return ARTICLES.get(self.code, "")


def refusal(code: str, message: str | Promise, field: str | None = None) -> RuleViolation:
    """What a rule of this module says no with: code, sentence and article."""
    return RuleViolation(code, message, field=field, article=ARTICLES.get(code, ""))


def check_ects(ects: Decimal | None) -> None:
    """Refuses `ects-range`: art. 37.8 says less than 15, so 15 itself is too many. None is "not known yet"."""
    if ects is not None and not ECTS_ABOVE < ects < ECTS_BELOW:
        raise refusal("ects-range", ECTS_RANGE, "ects")


def check_name(name: str, field: str = "title_es") -> None:
    """Refuses `official-name`: what could pass for an official degree or is kept for longer studies."""
    if confusion := confusion_in(name):
        words = confusion.message % {"words": confusion.words}
        raise RuleViolation("official-name", words, field=field, article=confusion.article)


def check_responsible(person: User | None) -> None:
    """Refuses `external-responsible`: the owner of an account with an external role today (art. 37.4)."""
    if person is not None and is_external(person):
        raise refusal("external-responsible", EXTERNAL_RESPONSIBLE, "responsible_email")


def esco_address(text: str) -> str:
    """The address in its one form ("" stays ""). Refuses `not-esco`."""
    address = text.strip().lower().replace("https://", "http://", 1)
    if address and not ESCO_ADDRESS.fullmatch(address):
        raise RuleViolation("not-esco", NOT_ESCO, field="esco_uri")
    return address


def check_editable(version: MicroCredentialVersion) -> None:
    """Refuses `frozen` (approved) and `submitted` (locked until it is returned)."""
    if version.is_frozen:
        raise refusal("frozen", FROZEN)
    if version.stage == version.Stage.SUBMITTED:
        raise RuleViolation("submitted", SUBMITTED)


def gaps(
    version: MicroCredentialVersion,
    *,
    bodies: Sequence[AwardingBody],
    outcomes: Sequence[LearningOutcome],
    assessments: Sequence[Assessment],
    assessed: frozenset[object],
) -> list[Gap]:
    """All that is missing before approval. `assessed` holds the keys of the outcomes with an assessment."""
    return list(_gaps(version, bodies, outcomes, assessments, assessed))


def _gaps(
    version: MicroCredentialVersion,
    bodies: Sequence[AwardingBody],
    outcomes: Sequence[LearningOutcome],
    assessments: Sequence[Assessment],
    assessed: frozenset[object],
) -> Iterator[Gap]:
    if not (version.title_es or version.title):  # type: ignore[attr-defined]
        yield Gap("no-title", "title", NO_TITLE)
    if not version.country:
        yield Gap("no-country", "country", NO_COUNTRY)
    yield from _awarding_gaps(bodies)
    if not outcomes:
        yield Gap("no-outcomes", "outcomes", NO_OUTCOMES)
    if version.ects is None:
        yield Gap("no-ects", "ects", NO_ECTS)
    if version.eqf_level is None:
        yield Gap("no-level", "eqf_level", NO_LEVEL)
    yield from _assessment_gaps(outcomes, assessments, assessed)
    if not version.mode:
        yield Gap("no-mode", "mode", NO_MODE)
    if not (version.quality_assurance or version.quality_assurance_es):  # type: ignore[attr-defined]
        yield Gap("no-quality-assurance", "quality_assurance", NO_QUALITY_ASSURANCE)
    if version.requires_degree is None:
        yield Gap("no-degree-rule", "requires_degree", NO_DEGREE_RULE)
    if not version.responsible_teacher_id and not version.responsible_name:
        yield Gap("no-responsible", "responsible_teacher", NO_RESPONSIBLE)


def _assessment_gaps(
    outcomes: Sequence[LearningOutcome], assessments: Sequence[Assessment], assessed: frozenset[object]
) -> Iterator[Gap]:
    if not assessments:
        yield Gap("no-assessment", "assessments", NO_ASSESSMENT)
    if assessments and any(outcome.pk not in assessed for outcome in outcomes):
        yield Gap("outcome-not-assessed", "assessments", OUTCOME_NOT_ASSESSED)
    if any(not (row.criteria or row.criteria_es) for row in assessments):  # type: ignore[attr-defined]
        yield Gap("no-criteria", "assessments", NO_CRITERIA)


def _awarding_gaps(bodies: Sequence[AwardingBody]) -> Iterator[Gap]:
    if not bodies:
        yield Gap("no-awarding-body", "awarding_bodies", NO_AWARDING_BODY)
    elif not any(body.is_coordinating for body in bodies):
        yield Gap("no-coordinator", "awarding_bodies", NO_COORDINATOR)
    if len(bodies) > 1 and not any(body.agreement_id for body in bodies):
        yield Gap("no-agreement", "awarding_bodies", NO_AGREEMENT)


def check_offered(microcredential: MicroCredential) -> None:
    """Refuses `suspended` and `unchangeable` (extinguished): no edition of it is planned."""
    if microcredential.state == microcredential.State.SUSPENDED:
        raise RuleViolation("suspended", SUSPENDED)
    if microcredential.state == microcredential.State.EXTINGUISHED:
        raise RuleViolation("unchangeable", EXTINGUISHED)


def price_agrees(price: Decimal | None, version: MicroCredentialVersion, *, public: bool) -> bool:
    """Whether an edition of the version may cost this: in a public university only what was approved with it.

    None is "not said"; a version that is not approved yet has no approved price to contradict.
    """
    return not public or not version.is_frozen or price in (None, version.price or 0)


def check_price(price: Decimal | None, version: MicroCredentialVersion, *, public: bool) -> None:
    """Refuses `price-not-approved`: in public universities prices are approved by the Consejo Social (art. 37.2)."""
    if not price_agrees(price, version, public=public):
        message = NO_PRICE_APPROVED if version.price is None else PRICE_OF_APPROVAL
        approved = formats.decimal(version.price or 0, 2)
        raise refusal("price-not-approved", message % {"price": approved}, "price")


def hours_fit(ects: Decimal | None, hours: int | None) -> bool:
    """Whether the workload is 25 to 30 hours a credit (RD 1125/2003 art. 4.5); unknown fits."""
    if ects is None or hours is None:
        return True
    fewest, most = HOURS_PER_ECTS
    return fewest * ects <= hours <= most * ects
