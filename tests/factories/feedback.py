"""Questionnaires, campaigns and respondents of the tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from django.test import Client

from feedback.importers.recipients import Recipient
from feedback.models import Campaign, Item, Questionnaire, QuestionnaireVersion, Section
from feedback.selectors.invitations import campaign_links
from feedback.services import campaigns, invitations
from iqas.core import clock
from iqas.organisation.scopes import add_scope
from microcredentials.models import Edition, MicroCredential, MicroCredentialVersion
from tests.factories.organisation import make_centre, make_year, the_university

if TYPE_CHECKING:
    from typing import Any

    from iqas.organisation.models import Centre

AGREEMENT = {
    "es": {
        "1": "Muy en desacuerdo",
        "2": "En desacuerdo",
        "3": "Ni una cosa ni otra",
        "4": "De acuerdo",
        "5": "Muy de acuerdo",
    },
    "en": {"1": "Strongly disagree", "2": "Disagree", "3": "Neither", "4": "Agree", "5": "Strongly agree"},
}
YES_NO = {"es": {"0": "No", "1": "Sí"}, "en": {"0": "No", "1": "Yes"}}
WAYS = {
    "es": {"1": "Presencial", "2": "En línea", "3": "Mixta"},
    "en": {"1": "On site", "2": "Online", "3": "Mixed"},
}
RECOMMEND = {"es": {"0": "0 · nunca", "10": "10 · seguro"}, "en": {"0": "0 · never", "10": "10 · surely"}}
_numbers = count(1)

KINDS: dict[str, dict[str, Any]] = {
    "likert": {"scale_min": 1, "scale_max": 5, "labels": AGREEMENT},
    "recommendation": {"scale_min": 0, "scale_max": 10, "labels": RECOMMEND},
    "yes_no": {"scale_min": 0, "scale_max": 1, "labels": YES_NO},
    "single": {"scale_min": 1, "scale_max": 3, "labels": WAYS},
    "multiple": {"scale_min": 1, "scale_max": 3, "labels": WAYS},
    "number": {"scale_min": 0, "scale_max": 99},
    "text": {"no_answer_allowed": False},
}
EVERY_KIND = (
    ("likert", "likert", "yes_no"),
    ("single", "multiple", "number"),
    ("recommendation", "text", "text"),
)


def make_questionnaire(*sections: tuple[str, ...], required: tuple[str, ...] = ()) -> QuestionnaireVersion:
    """One section per tuple of kinds; items are coded A1, A2, … in the first, B1, … in the second.

    `required` are codes of items that must be answered. Without sections: two agreements and a comment.
    """
    number = next(_numbers)
    version = QuestionnaireVersion.objects.create(
        questionnaire=Questionnaire.objects.create(code=f"TEST-{number}", audience="learner"),
        number=1,
        title_es=f"Encuesta de prueba {number}",
        title_en=f"Test survey {number}",
        sha256=f"{number:064x}",
    )
    order = 0
    for place, kinds in enumerate(sections or (("likert", "likert", "text"),)):
        letter = "ABCDEFGH"[place]
        section = Section.objects.create(
            version=version, order=place + 1, title_es=f"Parte {letter}", title_en=f"Part {letter}"
        )
        for index, kind in enumerate(kinds, start=1):
            order += 1
            code = f"{letter}{index}"
            Item.objects.create(
                version=version,
                section=section,
                order=order,
                code=code,
                kind=kind,
                text_es=f"Pregunta {code}",
                text_en=f"Question {code}",
                required=code in required,
                **KINDS[kind],
            )
    return version


def make_plain_edition(centre: Centre | None = None) -> Edition:
    """An edition as an import leaves it: enough to be asked about, made without the services of its app."""
    number = next(_numbers)
    centre = centre or make_centre()
    title = f"Microcredencial {number}"
    microcredential = MicroCredential.objects.create(
        code=f"MC-T{number}",
        centre=centre,
        scope=add_scope(kind="microcredential", parent=centre.scope, code=f"MC-T{number}", label=title),
        state=MicroCredential.State.IMPORTED,
        sort_title=title.lower(),
        title_key=title.lower(),
    )
    design = MicroCredentialVersion.objects.create(
        microcredential=microcredential, number=1, title_es=title, title_en=f"Micro-credential {number}"
    )
    return Edition.objects.create(
        code=f"MC-T{number}-2025-1",
        microcredential=microcredential,
        version=design,
        year=make_year(2025),
        number=1,
        state=Edition.State.IMPORTED,
    )


def make_campaign(
    *,
    version: QuestionnaireVersion | None = None,
    edition: Edition | None = None,
    links: int = 0,
    addresses: tuple[str, ...] = (),
    groups: dict[str, int] | None = None,
    is_open: bool = True,
    opens: date | None = None,
    closes: date | None = None,
    threshold: int | None = None,
    aim: Any = None,
    **terms: Any,
) -> Campaign:
    """A campaign from today to 30 days from now with so many printed links, addresses, and links by group.

    Open unless `is_open` is false; an open one has at least as many invited people as its threshold. `terms` are those
    of the service (`mode="confidential"`); `aim` is another target than one edition.
    """
    the_university()
    today = clock.today()
    campaign = campaigns.create_campaign(
        actor=None,
        edition=None if aim else edition or make_plain_edition(),
        aim=aim,
        questionnaire_version=version or make_questionnaire(),
        opens=opens or today,
        closes=closes or date.fromordinal(today.toordinal() + 30),
        threshold=threshold,
        **terms,
    )
    if addresses:
        people = [Recipient(row, address) for row, address in enumerate(addresses, start=1)]
        invitations.invite_people(actor=None, campaign=campaign, people=people)
    for group, size in ({"": links} | (groups or {})).items():
        for start in range(0, size, invitations.LINKS_ON_A_SHEET):
            most = min(invitations.LINKS_ON_A_SHEET, size - start)
            invitations.print_links(actor=None, campaign=campaign, count=most, group=group)
    if is_open:
        campaigns.open_campaign(actor=None, campaign=campaign)
    return Campaign.objects.get(pk=campaign.pk)


def links_of(campaign: Campaign) -> list[str]:
    """The paths of its unused links."""
    return [url[url.index("/s/") :] for url in campaign_links(campaign)]


class Respondent:
    """Somebody with a link and a phone: `Respondent(link).open().answer({"q-A1": "4"}).send()`."""

    def __init__(self, link: str, *, language: str = "en") -> None:
        self.client = Client(headers={"Accept-Language": language})
        self.link = link
        self.begin = ""
        self.response: Any = None

    def open(self) -> Respondent:
        self.response = self.client.get(self.link, follow=True)
        self.begin = self.response.redirect_chain[-1][0] if self.response.redirect_chain else ""
        return self

    def page(self, number: int) -> Any:
        self.response = self.client.get(f"{self.begin}{number}/")
        return self.response

    def post(self, number: int, **fields: Any) -> Any:
        """Sends page `number`; `A1="4"` is the answer to item A1, other names (`back`, `press`) stay."""
        data = {
            name if name in ("back", "language", "go", "press") else f"q-{name}": value
            for name, value in fields.items()
        }
        self.response = self.client.post(f"{self.begin}{number}/", data)
        return self.response


def answer_all(campaign: Campaign, *sheets: dict[str, Any]) -> list[Any]:
    """Each sheet sent through a link of its own, in one page; the answers of the server."""
    links = links_of(campaign)
    assert len(links) >= len(sheets), "not enough unused links"
    return [Respondent(link).open().post(1, **sheet) for link, sheet in zip(links, sheets, strict=False)]
