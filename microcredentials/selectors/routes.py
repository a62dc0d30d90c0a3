"""Routes as people read them: their steps in words, what each kind of change needs, what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from iqas.accounts.models import Role
from iqas.accounts.roles import PERMISSIONS
from iqas.core.access import allowed
from iqas.organisation.models import University
from microcredentials.models import ApprovalRoute, Change, Submission
from microcredentials.packs.schema import COMPARED, RoutePack, StepPack, Translated
from microcredentials.reading import label_of
from microcredentials.sections import SECTIONS

LANGUAGES = ("es", "en", "ca", "gl", "eu")


@dataclass(frozen=True)
class StepFacts:
    """A step in words. `who` are the roles that record its act."""

    code: str
    name: str
    body: str
    who: str
    days: int
    term: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class WayOf:
    """The steps that a version of this kind needs, in their order."""

    change: str
    label: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class RouteFacts:
    """`substantial` and `minor` are fields of a proposal, by what their change is."""

    steps: tuple[StepFacts, ...]
    ways: tuple[WayOf, ...]
    substantial: tuple[str, ...]
    minor: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One thing in which two routes differ, in words; "" is nothing."""

    what: str
    before: str
    after: str


def routes_of(user: Any) -> QuerySet[ApprovalRoute]:
    """Every route with `used` (submissions by it) and `waiting` (those on their way), the one in force first."""
    by_it = Submission.objects.filter(steps__route=OuterRef("pk")).order_by().values("steps__route")
    counted = by_it.annotate(n=Count("pk", distinct=True)).values("n")
    waiting = by_it.filter(state=Submission.State.WAITING).annotate(n=Count("pk", distinct=True)).values("n")
    seen: QuerySet[ApprovalRoute] = allowed(user, "route.view")
    return seen.annotate(
        used=Coalesce(Subquery(counted), 0), waiting=Coalesce(Subquery(waiting), 0)
    ).order_by("-in_force", "code", "-number")


def pack_of(route: ApprovalRoute) -> RoutePack:
    """The route as it was written down."""
    steps = [
        {
            "code": step.code,
            "name": _texts(step, "name"),
            "body": _texts(step, "body"),
            "permission": step.permission,
            "needed_for": step.needed_for,
            "public_only": step.public_only,
            "needs_document": step.needs_document,
            "document_kind": step.document_kind,
            "by_programme": step.by_programme,
            "days": step.days,
        }
        for step in route.steps.all()
    ]
    return RoutePack.model_validate(
        {
            "pack": "approval_route",
            "code": route.code,
            "version": route.number,
            "title": _texts(route, "title"),
            "source": route.source,
            "substantial": route.substantial,
            "steps": steps,
        }
    )


def as_yaml(pack: RoutePack) -> str:
    """A file that `read_route` reads: to begin the next route from."""
    plain = pack.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120)


def facts_of(pack: RoutePack) -> RouteFacts:
    public = University.current().is_public
    steps = [step for step in pack.steps if public or not step.public_only]
    ways = tuple(
        WayOf(
            change.value,
            str(change.label),
            tuple(said(step.name) for step in steps if change in step.needed_for),
        )
        for change in Change
    )
    return RouteFacts(
        steps=tuple(_step_facts(step) for step in pack.steps),
        ways=ways,
        substantial=tuple(_labels(pack.substantial)),
        minor=tuple(_labels(COMPARED - set(pack.substantial))),
    )


def differences(before: RoutePack, after: RoutePack) -> list[Difference]:
    """What changes where `after` comes into force in the place of `before`."""
    return list(_differences(before, after))


def said(text: Translated) -> str:
    """In the language of the reader, else in Spanish."""
    return getattr(text, (get_language() or "es")[:2], None) or text.es


def who_may(permission: str) -> str:
    return ", ".join(str(role.label) for role in Role if role in PERMISSIONS[permission])


def _differences(before: RoutePack, after: RoutePack) -> Iterator[Difference]:
    if said(before.title) != said(after.title):
        yield Difference(_("Title"), said(before.title), said(after.title))
    old, new = ({step.code: step for step in pack.steps} for pack in (before, after))
    for code in [*old, *(code for code in new if code not in old)]:
        if code not in new:
            yield Difference(_("Step “%(step)s”") % {"step": said(old[code].name)}, _("there"), _("gone"))
        elif code not in old:
            words = _step_facts(new[code])
            yield Difference(
                _("Step “%(step)s”") % {"step": words.name},
                "",
                " · ".join((words.body, words.term, *words.notes)),
            )
        else:
            yield from _step_differences(old[code], new[code])
    order = [
        [said(step.name) for step in pack.steps if step.code in old and step.code in new]
        for pack in (before, after)
    ]
    codes = [
        [step.code for step in pack.steps if step.code in old and step.code in new]
        for pack in (before, after)
    ]
    if codes[0] != codes[1]:
        yield Difference(_("Order of the steps"), " → ".join(order[0]), " → ".join(order[1]))
    for name in _ordered(set(before.substantial) ^ set(after.substantial)):
        was, will = (
            _("substantial change") if name in pack.substantial else _("minor change")
            for pack in (before, after)
        )
        yield Difference(label_of(name), was, will)


def _step_differences(before: StepPack, after: StepPack) -> Iterator[Difference]:
    old, new = _step_facts(before), _step_facts(after)
    pairs = (
        (_("name"), old.name, new.name),
        (_("body"), old.body, new.body),
        (_("time limit"), old.term, new.term),
        (_("who records it"), old.who, new.who),
        (_("needed for"), _changes(before), _changes(after)),
        (_("conditions"), "; ".join(old.notes), "; ".join(new.notes)),
        (_("kind of document"), before.document_kind, after.document_kind),
    )
    for what, was, will in pairs:
        if was != will:
            yield Difference(_("Step “%(step)s”: %(what)s") % {"step": old.name, "what": what}, was, will)


def _step_facts(step: StepPack) -> StepFacts:
    notes = []
    if step.needs_document:
        notes.append(_("with its document as evidence"))
    if step.by_programme:
        notes.append(_("decided in the annual programme, for many at once"))
    if step.public_only:
        notes.append(_("in public universities only"))
    return StepFacts(
        code=step.code,
        name=said(step.name),
        body=said(step.body),
        who=who_may(step.permission),
        days=step.days,
        term=ngettext("%(days)s day from the act before", "%(days)s days from the act before", step.days)
        % {"days": step.days},
        notes=tuple(notes),
    )


def _changes(step: StepPack) -> str:
    return ", ".join(str(change.label) for change in Change if change in step.needed_for)


def _labels(names: Any) -> Iterator[str]:
    return (label_of(name) for name in _ordered(set(names)))


def _ordered(names: set[str]) -> list[str]:
    return [name for section in SECTIONS for name in (*section.fields, *section.rows) if name in names]


def _texts(row: Any, name: str) -> dict[str, str]:
    found = {language: getattr(row, f"{name}_{language}", None) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}
