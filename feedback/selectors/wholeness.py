"""What stands in the way of asking a questionnaire, in words: the rules of `packs.schema` for those who write one here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.models import Item, QuestionnaireVersion

MOST_ON_A_SCREEN = 5
MOST_SECTIONS = 4
CLOSED = (Item.Kind.LIKERT, Item.Kind.RECOMMENDATION, Item.Kind.YES_NO, Item.Kind.SINGLE, Item.Kind.MULTIPLE)


@dataclass(frozen=True)
class Obstacle:
    """A rule that does not hold; `item_code` is the question, "" where it is none. `field` is where it is mended."""

    rule: str
    message: str | Promise
    item_code: str = ""
    field: str | None = None


@dataclass(frozen=True)
class Known:
    """What was asked elsewhere: by code in other versions of the questionnaire, by common code in other questionnaires."""

    same_code: Mapping[str, Item]
    same_common: Mapping[str, Item]


def known_to(version: QuestionnaireVersion) -> Known:
    """The newest question under each code. Two statements, whatever the number of questions."""
    asked = Item.objects.select_related("version__questionnaire").order_by("version__number", "-code")
    own = asked.filter(version__questionnaire=version.questionnaire_id).exclude(version=version.pk)
    others = asked.exclude(version__questionnaire=version.questionnaire_id).exclude(common_code="")
    return Known({item.code: item for item in own}, {item.common_code: item for item in others})


def obstacles_of(version: QuestionnaireVersion) -> list[Obstacle]:
    """Everything that keeps a draft from being published, in the order of its questions."""
    items, known = questions_of(version), known_to(version)
    found = [*_sections(version, items)]
    for item in items:
        rules = (
            identity_obstacle(item, known),
            common_obstacle(item, known),
            pair_obstacle(item, items),
            condition_obstacle(item, items),
        )
        found += [obstacle for obstacle in rules if obstacle is not None]
    return found


def advice_on(version: QuestionnaireVersion) -> list[Obstacle]:
    """What makes a survey worse and does not keep it from being asked."""
    items = questions_of(version)
    return [*_length(items), *_without_criterion(items), *_changed_words(version, items)]


def questions_of(version: QuestionnaireVersion) -> list[Item]:
    return list(version.items.select_related("section").order_by("section__order", "order"))


def identity_obstacle(item: Item, known: Known) -> Obstacle | None:
    """A code means the same question in every version, or years could not be compared: kind, scale and direction stay."""
    other = known.same_code.get(item.code)
    if other is None or _shape(other) == _shape(item):
        return None
    message = _(
        "%(code)s is asked in %(version)s already, as %(kind)s%(scale)s. Years are compared by the code, so kind, scale "
        "and direction stay. Give this question a new code."
    )
    told = {
        "code": item.code,
        "version": other.version,
        "kind": other.get_kind_display(),
        "scale": f" {other.scale_min}–{other.scale_max}" if other.points else "",
    }
    return Obstacle("item-identity", message % told, item.code, "code")


def common_obstacle(item: Item, known: Known) -> Obstacle | None:
    """What is contrasted between audiences has the same kind and scale everywhere."""
    other = known.same_common.get(item.common_code)
    if other is None or _shape(other) == _shape(item):
        return None
    message = _(
        "%(common)s is asked in %(version)s as %(kind)s%(scale)s. Common questions have the same kind, scale and direction."
    )
    told = {
        "common": item.common_code,
        "version": other.version,
        "kind": other.get_kind_display(),
        "scale": f" {other.scale_min}–{other.scale_max}" if other.points else "",
    }
    return Obstacle("item-common", message % told, item.code, "common_code")


def pair_obstacle(item: Item, items: Sequence[Item]) -> Obstacle | None:
    """Importance and satisfaction are two ratings of one section with the same points."""
    if not item.importance_of:
        return None
    rated = next((one for one in items if one.code == item.importance_of), None)
    fits = (
        rated is not None
        and rated.pk != item.pk
        and not rated.importance_of
        and rated.section_id == item.section_id
        and rated.kind == item.kind == Item.Kind.LIKERT
        and rated.points == item.points
    )
    if fits:
        return None
    message = _(
        "%(code)s asks how important %(other)s is: both are ratings of one section with the same points."
    )
    return Obstacle(
        "item-pair", message % {"code": item.code, "other": item.importance_of}, item.code, "importance_of"
    )


def condition_obstacle(item: Item, items: Sequence[Item]) -> Obstacle | None:
    """A condition is decided before its section is shown."""
    if not item.is_conditional:
        return None
    asked = next((one for one in items if one.code == item.shown_if_code), None)
    told = {"code": item.code, "other": item.shown_if_code}
    if asked is None or asked.kind not in CLOSED or asked.section.order >= item.section.order:
        message = _("%(code)s depends on %(other)s, which is no question with choices of an earlier section.")
        return Obstacle("item-condition", message % told, item.code, "values")
    if not item.shown_if_values or not set(item.shown_if_values) <= set(asked.points):
        message = _("%(code)s depends on an answer that %(other)s does not offer.")
        return Obstacle("item-condition", message % told, item.code, "values")
    return None


def conditions_for(item: Item, items: Iterable[Item]) -> list[Item]:
    """The questions on whose answer it may depend."""
    return [one for one in items if one.kind in CLOSED and one.section.order < item.section.order]


def _sections(version: QuestionnaireVersion, items: list[Item]) -> Iterator[Obstacle]:
    sections = list(version.sections.order_by("order"))
    if not sections:
        yield Obstacle("no-sections", _("It has no section yet."))
        return
    filled = {item.section_id for item in items}
    for section in sections:
        if section.pk not in filled:
            message = _("The section “%(section)s” has no question.") % {"section": section.title}
            yield Obstacle("section-empty", message)
    last = [item for item in items if item.section_id == sections[-1].pk]
    if last and all(item.is_conditional for item in last):
        yield Obstacle("last-section", _("The last section needs a question that everybody is asked."))


def _length(items: list[Item]) -> Iterator[Obstacle]:
    screens = [
        (section, len(list(group))) for section, group in groupby(items, key=lambda item: item.section)
    ]
    if len(screens) > MOST_SECTIONS:
        yield Obstacle(
            "long",
            _("%(sections)s sections: on a phone people leave after %(most)s.")
            % {"sections": len(screens), "most": MOST_SECTIONS},
        )
    for section, count in screens:
        if count > MOST_ON_A_SCREEN:
            yield Obstacle(
                "long",
                _("“%(section)s” has %(count)s questions: three to five fit on a phone.")
                % {"section": section.title, "count": count},
            )


def _without_criterion(items: list[Item]) -> Iterator[Obstacle]:
    codes = [item.code for item in items if not item.criterion_code]
    if codes:
        yield Obstacle(
            "no-criterion",
            _("Without a criterion, these answers count for no dimension: %(codes)s.")
            % {"codes": ", ".join(codes)},
        )


def _changed_words(version: QuestionnaireVersion, items: list[Item]) -> Iterator[Obstacle]:
    """Other words for the same points: right where a mistake was mended, wrong where the answer means something else."""
    if version.based_on is None:
        return
    before = {item.code: item for item in version.based_on.items.all()}
    for item in items:
        old = before.get(item.code)
        if old is not None and _shape(old) == _shape(item) and old.labels != item.labels:
            message = _(
                "%(code)s offers its answers in other words. Years are compared as if they meant the same: if they do "
                "not, give it a new code."
            )
            yield Obstacle("words-changed", message % {"code": item.code}, item.code)


def _shape(item: Item) -> tuple[str, int | None, int | None, bool]:
    return item.kind, item.scale_min, item.scale_max, item.reverse
