"""The content of the demonstration, read from its YAML files and checked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, RootModel

from iqas.core.packs import read_pack

FOLDER = Path(__file__).parent
LOGO = FOLDER / "logo.png"
Shape = TypeVar("Shape", bound=BaseModel)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UniversityContent(Strict):
    name: str
    short_name: str
    is_public: bool
    threshold: int
    dpo_email: str
    complaints_email: str
    min_enrolment: int


class CentreContent(Strict):
    code: str
    kind: str
    name_es: str
    name_en: str
    municipality: str


class PersonContent(Strict):
    key: str
    role: str
    scope: str
    email: str
    name: str


class OrganisationContent(Strict):
    university: UniversityContent
    centres: list[CentreContent]
    people: list[PersonContent]


class MicroCredentialContent(Strict):
    """`outcomes`: text in Spanish, in English, kind, how it is assessed."""

    key: str
    centre: str
    title_es: str
    title_en: str
    ects: Decimal
    mode: Literal["onsite", "hybrid", "virtual"]
    degree: bool
    eqf: int
    teacher: str
    size: int
    editions: list[int]
    quality: list[float]
    drop: float
    need: str
    current: list[tuple[Literal["planned", "open", "running", "cancelled"], int, int | None]] = []
    outcomes: list[tuple[str, str, Literal["knowledge", "skill", "responsibility"], str]]


class ProposalContent(Strict):
    """Beyond its identity: `supporters` are name and what it said; `teachers` name, role, outside, institution, hours."""

    summary: str
    need: str = ""
    target_groups: str
    contents: list[str]
    methods: str
    languages: list[str]
    calendar: str
    resources: str
    selection: str = ""
    places_min: int
    places: int
    price: Decimal
    cost: Decimal
    budget: str
    stackability: Literal["stand_alone", "stackable"]
    stacks_into: str = ""
    sustainability: str = ""
    sdgs: list[int] = []
    weights: list[int] = []
    supporters: list[tuple[str, str]]
    teachers: list[tuple[str, Literal["teacher", "co_director"], bool, str, Decimal]]


class Proposals(RootModel[dict[str, ProposalContent]]):
    pass


class Catalogue(RootModel[list[MicroCredentialContent]]):
    pass


class RevisionContent(Strict):
    """The next version of a micro-credential, handed in so many days ago; `until` is the step that it waits for.

    `returned`: section → reason, at the step of the centre; `answer` is its author's, to the first of them.
    """

    key: str
    days_ago: int
    texts: dict[str, str]
    outcomes: list[tuple[str, str, Literal["knowledge", "skill", "responsibility"]]] = []
    until: str = ""
    conditions: str = ""
    returned: dict[str, str] = {}
    answer: str = ""


class ApprovalContent(Strict):
    """`suspended`: micro-credential, days ago, reason."""

    revisions: list[RevisionContent]
    suspended: list[tuple[str, int, str]]


class Comments(RootModel[dict[str, list[str]]]):
    """What may be written to each question."""


class AskedContent(Strict):
    """People who were asked, and how many of each group answered; about one edition (`single`) or all of the centre."""

    questionnaire: str
    centre: str
    age: int
    asked: dict[str, int]
    answered: dict[str, int]
    quality: float
    single: bool = False


class RoundContent(AskedContent):
    title: str


class RuleContent(Strict):
    title: str
    questionnaire: str
    age: int
    offset: int


class OthersContent(Strict):
    round: RoundContent
    rule: RuleContent
    surveys: list[AskedContent]
    choices: dict[str, list[int]]
    comments: dict[str, list[str]]


class CriterionContent(Strict):
    rating: str
    narrative: str
    strengths: str
    weaknesses: str


class EvidenceContent(Strict):
    """`age`: months since the fact; `valid`: for how many months from then on."""

    scope: str
    kind: str
    title: str
    criteria: list[str]
    age: int
    valid: int


class UsualEvidence(Strict):
    """A document that every micro-credential has, but those in `missing`; out of date in those in `late`."""

    kind: str
    title: str
    criteria: list[str]
    age: int
    valid: int
    missing: list[str]
    late: list[str]
    draft: list[str] = []


class UsualEvidences(RootModel[list[UsualEvidence]]):
    pass


class ActionContent(Strict):
    """`due`: days from today."""

    scope: str
    title: str
    cause: str
    criterion: str
    responsible: str
    due: int
    follow_up: str
    state: Literal["open", "in_progress", "verified"]


class SelfAssessmentContent(Strict):
    title: str
    process: str
    criteria: dict[str, CriterionContent]
    evidence: list[EvidenceContent]
    actions: list[ActionContent]


class PartnerContent(Strict):
    """`contact`: name, position, e-mail, telephone, legal basis. `agreements`: title, months since, days left."""

    name: str
    kind: str
    tax_id: str = ""
    country: str = "ES"
    website: str = ""
    notes: str = ""
    active: bool = True
    duplicate: str = ""
    contact: tuple[str, str, str, str, str] | None = None
    agreements: list[tuple[str, int, int | None]]
    roles: dict[str, list[str]]


class PathwayContent(Strict):
    """`steps`: keys of micro-credentials; a list inside the list is a choice."""

    centre: str
    name_es: str
    name_en: str
    target: str
    target_name: str
    target_ects: Decimal
    other_ects: Decimal = Decimal(0)
    note: str = ""
    steps: list[str | list[str]]


class PartnersContent(Strict):
    partners: list[PartnerContent]
    pathways: list[PathwayContent]


class ThemeContent(Strict):
    """A theme and the words by which a reviewer recognises it."""

    name: str
    words: list[str]


class PointContent(Strict):
    text: str
    criterion: str
    answer: str


class ConsultationContent(Strict):
    """`partners` are names in the register."""

    scope: str
    kind: str
    title: str
    age: int
    partners: list[str]
    participants: list[str]
    summary: str
    points: list[PointContent]


class ComplaintContent(Strict):
    """`taken` are the days until its answer, where it has one."""

    scope: str
    kind: str
    channel: str
    age: int
    criterion: str
    text: str
    answer: str
    taken: int


class OutcomeContent(Strict):
    you_said_es: str
    you_said_en: str
    we_will_es: str
    we_will_en: str


class DialogueContent(Strict):
    themes: list[ThemeContent]
    consultations: list[ConsultationContent]
    complaints: list[ComplaintContent]
    outcomes: list[OutcomeContent]


def dialogue() -> DialogueContent:
    return _read("dialogue", DialogueContent)


def organisation() -> OrganisationContent:
    return _read("university", OrganisationContent)


def catalogue() -> list[MicroCredentialContent]:
    return _read("microcredentials", Catalogue).root


def proposals() -> dict[str, ProposalContent]:
    return _read("proposals", Proposals).root


def approval() -> ApprovalContent:
    return _read("approval", ApprovalContent)


def comments() -> dict[str, list[str]]:
    return _read("comments", Comments).root


def others() -> OthersContent:
    return _read("others", OthersContent)


def usual_evidence() -> list[UsualEvidence]:
    return _read("evidence", UsualEvidences).root


def self_assessment() -> SelfAssessmentContent:
    return _read("self_assessment", SelfAssessmentContent)


def partners() -> PartnersContent:
    return _read("partners", PartnersContent)


def _read(name: str, shape: type[Shape]) -> Shape:
    return read_pack(FOLDER / f"{name}.yaml", shape)[0]
