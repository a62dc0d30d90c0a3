"""The printed report of results: what the pages show of a campaign, an edition or a year of a centre, in tables.

Comments are not in it: they have readers of their own, who were named to the respondents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from feedback.documents.results_compared import compared, groups
from feedback.documents.results_figures import count, figures_of_section
from feedback.models import Campaign
from feedback.selectors.places import PlaceResults, Turnout
from feedback.selectors.results import CampaignResults, ItemResult
from iqas.ui import formats
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Listed,
    Note,
    Section,
    Table,
    Told,
)


def of_campaign(
    campaign: Campaign, results: CampaignResults, language: str, *, university: str, centre: str
) -> Told:
    """Needs the campaign's target."""
    return Told(
        kind="results_campaign",
        language=language,
        title=results.title,
        subject=_("Report of results"),
        centre=centre,
        university=university,
        header=results.campaign,
        identification=(
            Fact(_("Campaign"), results.campaign),
            Fact(_("Asked about"), campaign.target.name),
            Fact(_("Questionnaire"), results.questionnaire),
            Fact(_("Window"), _window(results)),
            Fact(_("Mode"), str(campaign.get_mode_display())),
        ),
        sections=(
            Section("turnout", _("Who took part"), tuple(_campaign_turnout(results))),
            *_figures(results.items),
            *groups(results),
            _method(),
        ),
    )


def of_place(
    results: Sequence[PlaceResults],
    language: str,
    *,
    kind: str,
    code: str,
    name: str,
    year: str,
    university: str,
    centre: str,
) -> Told:
    """One part for each questionnaire that was asked there."""
    return Told(
        kind=kind,
        language=language,
        title=name,
        subject=_("Report of results"),
        centre=centre,
        university=university,
        header=f"{code} · {year}",
        identification=(
            Fact(_("Code"), code),
            Fact(_("Academic year"), year),
            Fact(_("Questionnaires"), "; ".join(one.title for one in results)),
        ),
        sections=(
            Section("turnout", _("Who took part"), (_turnouts(results),)),
            *(section for one in results for section in _questionnaire(one, code)),
            _method(),
        ),
    )


# --- who took part -------------------------------------------------------------------------------------------


def _window(results: CampaignResults) -> str:
    if results.opens is None or results.closes is None:
        return ""
    return f"{formats.short_day(results.opens)} – {formats.short_day(results.closes)}"


def _campaign_turnout(results: CampaignResults) -> Iterator[Block]:
    rate = results.response_rate
    yield Facts(
        (
            Fact(_("Answers"), formats.number(results.responses)),
            Fact(_("Could answer"), count(results.invited)),
            Fact(_("Response rate"), _("not known") if rate is None else formats.percent(float(rate))),
            Fact(_("Minimum group size"), formats.number(results.threshold)),
            Fact(_("Same answer to everything"), count(results.straight_lined)),
            Fact(_("Answers last counted"), formats.day(results.computed_at)),
        )
    )
    if results.suppressed and not results.is_over:
        yield Note(_("The answers are still being counted."))
    elif results.suppressed:
        yield Note(
            _("Only %(n)s answered: no figures are shown under %(k)s answers.")
            % {"n": results.responses, "k": results.threshold}
        )


def _turnouts(results: Sequence[PlaceResults]) -> Table:
    columns = (
        Column(_("Questionnaire"), 40),
        Column(_("Campaigns"), 15, is_number=True),
        Column(_("Answers"), 15, is_number=True),
        Column(_("Could answer"), 15, is_number=True),
        Column(_("Response rate"), 15, is_number=True),
    )
    return Table(
        _("Participation"),
        columns,
        tuple(
            (Cell(one.title, below=one.chosen.questionnaire), *_turnout_cells(one.turnout)) for one in results
        ),
    )


def _turnout_cells(turnout: Turnout) -> tuple[Cell, ...]:
    rate = turnout.rate
    return (
        Cell(formats.number(turnout.campaigns)),
        Cell(formats.number(turnout.responses)),
        Cell(count(turnout.reached)),
        Cell(formats.NOTHING if rate is None else formats.percent(float(rate))),
    )


# --- figures -------------------------------------------------------------------------------------------------


def _questionnaire(results: PlaceResults, name: str) -> Iterator[Section]:
    blocks: list[Block] = []
    if results.left_out:
        blocks.append(
            Note(
                _("%(count)s campaigns were too small to be shown, and are in no sum.")
                % {"count": results.left_out}
            )
        )
    shown = [item for item in results.items if not item.figures.suppressed]
    if not shown:
        blocks.append(Note(_("In no campaign did enough people answer to show anything.")))
    else:
        blocks += figures_of_section(_("Figures"), shown)
    yield Section(f"q-{results.chosen.questionnaire}", results.title, tuple(blocks))
    yield from compared(results, name)


def _figures(items: Iterable[ItemResult]) -> Iterator[Section]:
    sections: dict[str, list[ItemResult]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    for number, (title, members) in enumerate(sections.items(), start=1):
        shown = [item for item in members if not item.figures.suppressed]
        hidden = [f"{item.code} {item.text}" for item in members if item.figures.suppressed]
        blocks: list[Block] = figures_of_section(title, shown) if shown else []
        if hidden:
            blocks.append(Listed(tuple(hidden), _("Not shown: too few answers")))
        yield Section(f"part-{number}", title, tuple(blocks))


def _method() -> Section:
    return Section(
        "method",
        _("How it is computed"),
        (
            Listed(
                (
                    _(
                        "Response rate: answers divided by people invited, without those whose mail came back."
                    ),
                    _(
                        "Favourable: answers on the two best points of the scale, divided by all answers on the scale; who could not judge is counted apart."
                    ),
                    _(
                        "Interval: 95 in 100, exact hypergeometric within a campaign, Wilson’s with the correction for a finite population over several, if those who answered were a random sample."
                    ),
                    _(
                        "Several campaigns: the answers themselves are put together, never their means; only what is shown of a campaign by itself is in a sum."
                    ),
                    _(
                        "Detectable: Newcombe’s interval (1998) of the difference of the shares leaves zero out, corrected for how many questions and groups are compared together (Holm 1979); the interval printed is that one. Ratings without such a share: exact Mann-Whitney test, corrected in the same way."
                    ),
                    _(
                        "Small groups: nothing is printed of fewer people than the minimum group size, nor anything from which it could be worked out."
                    ),
                )
            ),
        ),
    )
