"""Storing questionnaires from packs, and freezing a version once somebody is asked with it."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from feedback.models import Item, Questionnaire, QuestionnaireVersion, Section
from feedback.packs.schema import LANGUAGES, ItemPack, QuestionnairePack, Translated
from iqas.core import clock
from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import RuleViolation


@transaction.atomic
def store_pack(pack: QuestionnairePack) -> QuestionnaireVersion:
    """The stored version of a pack. The same content again changes nothing.

    Where the university has written a version of its own under this number, the pack's gets the next free one. A
    questionnaire that its pack says to judge persons is marked so, whenever it was stored; campaigns that exist keep
    their thresholds. Refuses `questionnaire-frozen` where the content under this version number was used with other
    words, and `questionnaire-audience` where the code belongs to another audience.
    """
    sha256 = sha256_hex(canonical_json(pack.model_dump(mode="json", exclude={"about_persons"})))
    questionnaire, _made = Questionnaire.objects.get_or_create(
        code=pack.code, defaults={"audience": pack.audience}
    )
    if questionnaire.audience != pack.audience:
        raise RuleViolation(
            "questionnaire-audience",
            _("%(code)s is a questionnaire for another audience.") % {"code": pack.code},
        )
    if pack.about_persons:
        mark_about_persons(actor=None, questionnaire=questionnaire, judges=True)
    packed = questionnaire.versions.select_for_update().filter(origin=QuestionnaireVersion.Origin.PACK)
    same = packed.filter(sha256=sha256).first()
    if same is not None:
        return same
    stored = packed.filter(number=pack.version).first()
    if stored is not None and stored.frozen_at is not None:
        raise RuleViolation(
            "questionnaire-frozen",
            _(
                "%(version)s has been used and its questions have changed. Give the new ones a new version number."
            )
            % {"version": stored},
        )
    return _write_version(questionnaire, pack, sha256, _number_for(questionnaire, pack))


def mark_about_persons(*, actor: Any, questionnaire: Questionnaire, judges: bool) -> None:
    """Whether it judges persons who can be named, for the campaigns to come. Needs a transaction.

    Refuses `questionnaire-persons`: what was asked with the promise of larger groups goes on being asked with it.
    """
    locked = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    if locked.about_persons == judges:
        return
    if not judges and locked.versions.filter(frozen_at__isnull=False).exists():
        raise RuleViolation(
            "questionnaire-persons",
            _("It was asked with the promise of larger groups: that stays."),
            field="about_persons",
        )
    locked.about_persons = judges
    locked.save(update_fields=["about_persons"])
    record(
        actor=actor,
        action="questionnaire.persons",
        subject=locked,
        before={"about_persons": not judges},
        after={"about_persons": judges},
    )


@transaction.atomic
def freeze(*, actor: Any, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """Marks a version as used: its questions never change again. Freezing again changes nothing.

    Refuses `questionnaire-draft`, which is asked of nobody.
    """
    locked = QuestionnaireVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state == QuestionnaireVersion.State.DRAFT:
        raise RuleViolation(
            "questionnaire-draft", _("%(version)s is still a draft: publish it first.") % {"version": locked}
        )
    if locked.frozen_at is None:
        locked.frozen_at = clock.now()
        locked.save(update_fields=["frozen_at"])
        record(actor=actor, action="questionnaire.frozen", subject=locked, after={"sha256": locked.sha256})
    return locked


def _number_for(questionnaire: Questionnaire, pack: QuestionnairePack) -> int:
    own = questionnaire.versions.filter(origin=QuestionnaireVersion.Origin.OWN)
    if not own.filter(number=pack.version).exists():
        return pack.version
    last: int = questionnaire.versions.aggregate(last=Max("number"))["last"]
    return last + 1


def _write_version(
    questionnaire: Questionnaire, pack: QuestionnairePack, sha256: str, number: int
) -> QuestionnaireVersion:
    """A new version, or other questions in the row of an unused one: a campaign that is not open yet may hold it."""
    version, _made = QuestionnaireVersion.objects.update_or_create(
        questionnaire=questionnaire,
        number=number,
        defaults={
            "source": pack.source,
            "sha256": sha256,
            **_columns("title", pack.title),
            **_columns("intro", pack.intro),
        },
    )
    version.sections.all().delete()
    orders = count(1)
    sections = [
        Section(version=version, order=place, **_columns("title", section_pack.title))
        for place, section_pack in enumerate(pack.sections, start=1)
    ]
    Section.objects.bulk_create(sections)
    Item.objects.bulk_create(
        _item(version, section, next(orders), item_pack, pack)
        for section, section_pack in zip(sections, pack.sections, strict=True)
        for item_pack in section_pack.items
    )
    record(
        actor=None,
        action="questionnaire.loaded",
        subject=version,
        after={"code": pack.code, "version": number, "sha256": sha256},
    )
    return version


def _item(
    version: QuestionnaireVersion, section: Section, order: int, item: ItemPack, pack: QuestionnairePack
) -> Item:
    scale = pack.scales[item.scale] if item.scale else None
    return Item(
        version=version,
        section=section,
        order=order,
        code=item.code,
        kind=item.kind,
        scale_min=scale.points[0] if scale else None,
        scale_max=scale.points[1] if scale else None,
        labels=scale.labels_by_point() if scale else {},
        reverse=item.reverse,
        required=item.required,
        no_answer_allowed=item.no_answer_allowed,
        criterion_code=item.criterion,
        common_code=item.common or "",
        importance_of=item.importance_of or "",
        shown_if_code=item.shown_if.item if item.shown_if else "",
        shown_if_values=item.shown_if.values if item.shown_if else [],
        **_columns("text", item.text),
        **_columns("help", item.help),
    )


def _columns(field: str, text: Translated | None) -> dict[str, str | None]:
    """All language columns of a translated field, by name and never by the language of whoever reads."""
    return {f"{field}_{language}": getattr(text, language) if text else None for language in LANGUAGES}
