"""What a campaign asks, of whom, when and how: checked and set while it is prepared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback.anonymity.installed import ring_for_new_links
from feedback.anonymity.tokens import code_index, open_code
from feedback.models import (
    Campaign,
    CampaignEdition,
    CampaignPartner,
    Moment,
    QuestionnaireVersion,
)
from feedback.models.campaigns import MOST_REMINDERS, REMINDERS
from feedback.selectors.survey import links_exist
from feedback.selectors.targets import about_editions
from feedback.selectors.thresholds import least_threshold
from feedback.targets import Target, TargetKind
from iqas.core import clock
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.organisation.models import AcademicYear, Scope, University
from iqas.organisation.scopes import common_ancestor
from microcredentials.models import Edition, Partner

LONGEST_DAYS = 180
LARGEST_THRESHOLD = 100
LIVE = (Campaign.State.DRAFT, Campaign.State.OPEN, Campaign.State.PAUSED)


@dataclass(frozen=True)
class Aim:
    """What a campaign shall be about: editions (one, or several pooled), or partners on behalf of a scope."""

    editions: tuple[Edition, ...] = ()
    partners: tuple[Partner, ...] = ()
    scope: Scope | None = None
    year: AcademicYear | None = None

    @property
    def kind(self) -> str:
        if self.partners:
            return TargetKind.PARTNERS
        return TargetKind.EDITION if len(self.editions) == 1 else TargetKind.EDITIONS

    @property
    def common_year(self) -> AcademicYear | None:
        """The year of all its editions; the one that was given where they have several or there are none."""
        years = {edition.year_id: edition.year for edition in self.editions}
        return next(iter(years.values())) if len(years) == 1 else self.year


@dataclass(frozen=True)
class Terms:
    """When and how. `titles` by language; what is missing is composed. Without a threshold: the least one.

    `readers` are the roles that will read the comments; none: the usual ones.
    """

    opens: dt.date
    closes: dt.date
    threshold: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    mail_language: str = "es"
    moment: str = Moment.END
    mode: str = Campaign.Mode.ANONYMOUS
    open_link: bool = False
    reminders_most: int = REMINDERS
    readers: Sequence[str] = ()


def check_aim(aim: Aim) -> None:
    """Refuses `target-empty`, `target-two` (editions and partners), `edition-cancelled` and `partner-inactive`."""
    if not aim.editions and not aim.partners:
        raise RuleViolation("target-empty", _("Choose at least one edition or one partner."))
    if aim.editions and aim.partners:
        raise RuleViolation("target-two", _("A campaign asks about editions or it asks partners, not both."))
    for edition in aim.editions:
        if edition.state == Edition.State.CANCELLED:
            raise RuleViolation(
                "edition-cancelled", _("%(code)s was cancelled.") % {"code": edition.code}, field="editions"
            )
    for partner in aim.partners:
        if not partner.is_active:
            raise RuleViolation(
                "partner-inactive",
                _("%(partner)s is no longer active in the register.") % {"partner": partner.name},
                field="partners",
            )


def scope_of(aim: Aim) -> Scope:
    """Where a campaign with this aim hangs: the lowest scope that has all its editions; for partners the one given."""
    if aim.partners:
        return aim.scope or University.current().scope
    return common_ancestor([edition.microcredential.scope for edition in aim.editions])


def store_aim(campaign: Campaign, aim: Aim) -> None:
    """The rows behind its target. The campaign is saved."""
    campaign.pool.all().delete()
    campaign.asked_partners.all().delete()
    if aim.kind == TargetKind.EDITIONS:
        CampaignEdition.objects.bulk_create(
            CampaignEdition(campaign=campaign, edition=edition) for edition in aim.editions
        )
    CampaignPartner.objects.bulk_create(
        CampaignPartner(campaign=campaign, partner=partner) for partner in aim.partners
    )


def set_aim(campaign: Campaign, aim: Aim) -> None:
    """The columns of its target."""
    campaign.target_kind = aim.kind
    campaign.edition = aim.editions[0] if aim.kind == TargetKind.EDITION else None
    campaign.year = aim.common_year
    campaign.scope = scope_of(aim)


def refuse_second(campaign: Campaign, aim: Aim) -> None:
    """Refuses `campaign-exists`: these people are being asked this, at this moment of their course, already."""
    twins = Campaign.objects.filter(
        questionnaire_version__questionnaire_id=campaign.questionnaire_version.questionnaire_id,
        moment=campaign.moment,
        state__in=LIVE,
    ).exclude(pk=campaign.pk)
    if aim.partners:
        keys = [partner.pk for partner in aim.partners]
        twin = twins.filter(scope=campaign.scope, asked_partners__partner__in=keys).first()
    else:
        twin = twins.filter(about_editions(aim.editions)).first()
    if twin is not None:
        message = (
            _("%(code)s asks this questionnaire of this edition already.")
            if aim.kind == TargetKind.EDITION
            else _("%(code)s asks this questionnaire of some of them already.")
        )
        raise RuleViolation("campaign-exists", message % {"code": twin.code}, field="questionnaire_version")


def set_terms(campaign: Campaign, terms: Terms, target: Target) -> None:
    """Refuses `campaign-dates`, `campaign-mode`, `campaign-threshold`, `open-link-mode`, `campaign-reminders` and

    `campaign-values`.
    """
    check_window(terms.opens, terms.closes)
    if terms.closes < clock.today():
        raise RuleViolation(
            "campaign-dates", _("The closing date has passed: choose a later one."), field="closes"
        )
    campaign.opens, campaign.closes = terms.opens, terms.closes
    campaign.moment, campaign.mail_language = terms.moment, terms.mail_language
    _set_mode(campaign, terms)
    _set_open_link(campaign, terms.open_link)
    if not 0 <= terms.reminders_most <= MOST_REMINDERS:
        raise RuleViolation(
            "campaign-reminders",
            _("Nobody is reminded more than %(most)s times.") % {"most": MOST_REMINDERS},
            field="reminders_most",
        )
    campaign.reminders_most = terms.reminders_most
    for language in settings.INTERFACE_LANGUAGES:
        given = terms.titles.get(language, "").strip()[:300]
        composed = composed_title(campaign.questionnaire_version, target, language)
        setattr(campaign, f"title_{language}", given or composed)
    campaign.sort_title = sort_key(campaign.title_es)[:300]  # type: ignore[attr-defined]
    try:
        campaign.clean_fields(exclude=["code", "state"])
    except ValidationError as error:
        raise RuleViolation("campaign-values", "; ".join(error.messages)) from error


def _set_mode(campaign: Campaign, terms: Terms) -> None:
    if terms.mode == Campaign.Mode.IMPORTED:
        raise RuleViolation("campaign-mode", _("Imported answers come from a file."), field="mode")
    campaign.mode = terms.mode
    if terms.mode == Campaign.Mode.ATTRIBUTED:
        if campaign.target_kind != TargetKind.PARTNERS:
            raise RuleViolation(
                "campaign-mode",
                _("Only partners answer in the name of their institution."),
                field="mode",
            )
        campaign.threshold = 1
        return
    least = least_threshold(campaign.questionnaire_version)
    chosen = least if terms.threshold is None else terms.threshold
    if not least <= chosen <= LARGEST_THRESHOLD:
        message = (
            _("The minimum group size is between %(least)s, the university's, and 100.")
            if least == University.current().threshold
            else _("The minimum group size is between %(least)s, set for these people, and 100.")
        )
        raise RuleViolation("campaign-threshold", message % {"least": least}, field="threshold")
    campaign.threshold = chosen


def _set_open_link(campaign: Campaign, wanted: bool) -> None:
    if wanted and campaign.mode == Campaign.Mode.ATTRIBUTED:
        raise RuleViolation(
            "open-link-mode",
            _("Who answers in the name of an institution needs a link of their own."),
            field="open_link",
        )
    campaign.open_link = wanted
    campaign.open_idx = None
    if wanted:
        ring = ring_for_new_links(links_exist=links_exist())
        campaign.open_idx = code_index(ring, open_code(ring, campaign.pk, bytes(campaign.salt)))


def check_window(opens: dt.date | None, closes: dt.date) -> None:
    """Refuses `campaign-dates`: closed before it opens, or open for more than half a year."""
    if opens is None or closes < opens:
        raise RuleViolation(
            "campaign-dates", _("The closing date is before the opening date."), field="closes"
        )
    if (closes - opens).days > LONGEST_DAYS:
        raise RuleViolation(
            "campaign-dates",
            _("A campaign lasts at most %(days)s days.") % {"days": LONGEST_DAYS},
            field="closes",
        )


def composed_title(version: QuestionnaireVersion, target: Target, language: str) -> str:
    """What it is about and the questionnaire's title, in a language: of many in a list, what differs stands first."""
    with override(language):
        parts = [target.name, version.title]
    return ": ".join(parts)[:300]


def title_fields() -> list[str]:
    return [f"title_{language}" for language in settings.INTERFACE_LANGUAGES]


def told(campaign: Campaign, aim_codes: Iterable[str] = ()) -> dict[str, Any]:
    """What the history keeps of the terms."""
    return {
        "questionnaire": str(campaign.questionnaire_version),
        "about": ", ".join(aim_codes)[:1000],
        "mode": campaign.mode,
        "moment": campaign.moment,
        "opens": campaign.opens,
        "closes": campaign.closes,
        "threshold": campaign.threshold,
        "open_link": campaign.open_link,
        "reminders_most": campaign.reminders_most,
        "invited": campaign.invited_count,
        **{name: getattr(campaign, name) for name in title_fields()},
    }
