"""Frameworks as others read them. They belong to the whole university: no scope narrows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import RuleViolation
from iqas.frameworks.models import Criterion, Crosswalk, CrosswalkLink, Framework

FOUR_DIMENSIONS = "FOUR-DIMENSIONS"


@dataclass(frozen=True, slots=True)
class Link:
    """A cross-walk link as one of its ends sees it."""

    link: CrosswalkLink
    other: Criterion


@dataclass(frozen=True, slots=True)
class Node:
    """A criterion with the links that leave it and come to it."""

    criterion: Criterion
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading, where there is one, and the criteria below it."""

    heading: Node | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    source: Criterion
    links: tuple[CrosswalkLink, ...]


def current() -> QuerySet[Framework]:
    """The version of each framework that was loaded last."""
    latest = Framework.objects.filter(code=OuterRef("code")).order_by("-loaded_at", "-version")
    return Framework.objects.filter(pk=Subquery(latest.values("pk")[:1]))


def framework(code: str, version: str | None = None) -> Framework:
    """One framework, by default its current version. Refused (`pack-missing`) when it is not loaded."""
    versions = Framework.objects.filter(code=code).select_related("scale").order_by("-loaded_at", "-version")
    found = versions.filter(version=version).first() if version else versions.first()
    if found is None:
        raise RuleViolation("pack-missing", _("The pack %(code)s is not loaded.") % {"code": code})
    return found


def assessable(code: str = FOUR_DIMENSIONS) -> QuerySet[Criterion]:
    """The criteria that are judged of a framework's current version, in order, each with its parent."""
    return (
        Criterion.objects.filter(framework__in=current().filter(code=code).values("pk"), assessable=True)
        .select_related("parent", "framework")
        .order_by("order")
    )


def current_assessable() -> QuerySet[Criterion]:
    """The criteria that are judged, of the current version of every framework."""
    return (
        Criterion.objects.filter(framework__in=current().values("pk"), assessable=True)
        .select_related("framework", "parent")
        .order_by("framework__code", "order")
    )


def groups(framework: Framework) -> tuple[Group, ...]:
    """The framework's criteria below their headings, with kinds of evidence and links both ways.

    Criteria without a heading stand in groups whose heading is None, in their place. Constant number of queries.
    """
    criteria = framework.criteria.order_by("order").prefetch_related(
        "evidence_kinds",
        Prefetch(
            "links_out",
            CrosswalkLink.objects.select_related("target__framework", "crosswalk").order_by("target__order"),
        ),
        Prefetch(
            "links_in",
            CrosswalkLink.objects.select_related("source__framework", "crosswalk").order_by("source__order"),
        ),
    )
    found: list[tuple[Node | None, list[Node]]] = []
    for criterion in criteria:
        links = [Link(link, link.target) for link in criterion.links_out.all()]
        links += [Link(link, link.source) for link in criterion.links_in.all()]
        node = Node(criterion, tuple(links))
        if not criterion.assessable:
            found.append((node, []))
            continue
        heading = found[-1][0] if found else None
        if not found or (heading.criterion.pk if heading else None) != criterion.parent_id:
            found.append((None, []))
        found[-1][1].append(node)
    return tuple(Group(heading, tuple(nodes)) for heading, nodes in found)


def crosswalks() -> QuerySet[Crosswalk]:
    return Crosswalk.objects.order_by("-status_tag", "code", "-loaded_at")


def crosswalk_rows(crosswalk: Crosswalk) -> tuple[CrosswalkRow, ...]:
    """Every criterion of the first framework that is judged or linked, with its links; those without links too."""
    links = list(
        crosswalk.links.select_related("source__framework", "target__framework").order_by(
            "source__order", "target__order"
        )
    )
    if not links:
        return ()
    by_source: dict[object, list[CrosswalkLink]] = {}
    for link in links:
        by_source.setdefault(link.source_id, []).append(link)
    first = links[0].source.framework
    return tuple(
        CrosswalkRow(criterion, tuple(by_source.get(criterion.pk, ())))
        for criterion in first.criteria.select_related("framework").order_by("order")
        if criterion.assessable or criterion.pk in by_source
    )
