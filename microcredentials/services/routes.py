"""The approval route: stored from packs, frozen once something was submitted by it, one of them in force."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import RuleViolation
from microcredentials import packs
from microcredentials.models import ApprovalRoute, ApprovalStep, Submission
from microcredentials.packs.schema import RoutePack, Translated

LANGUAGES = ("es", "en", "ca", "gl", "eu")


@transaction.atomic
def store_route(*, pack: RoutePack) -> ApprovalRoute:
    """The stored route of a pack; the same content again changes nothing.

    It comes into force where none is, or where an older number of the same code is. Refuses `route-frozen` where the
    content under this number was used with other rules.
    """
    sha256 = sha256_hex(canonical_json(pack.model_dump(mode="json")))
    stored = ApprovalRoute.objects.select_for_update().filter(code=pack.code, number=pack.version).first()
    if stored is not None and stored.sha256 == sha256:
        return stored
    if stored is not None:
        if Submission.objects.filter(steps__route=stored).exists():
            raise RuleViolation(
                "route-frozen",
                _(
                    "%(route)s has been used and its steps have changed. Give the new ones a new version number."
                )
                % {"route": stored},
            )
        stored.steps.all().delete()
        stored.delete()
    return _create(pack, sha256)


@transaction.atomic
def put_in_force(*, actor: Any, route: ApprovalRoute) -> ApprovalRoute:
    """What is submitted from now on goes this way; what was submitted before goes on as it began."""
    ApprovalRoute.objects.filter(in_force=True).exclude(pk=route.pk).update(in_force=False)
    ApprovalRoute.objects.filter(pk=route.pk).update(in_force=True)
    route.in_force = True
    record(actor=actor, action="route.in-force", subject=route, after={"route": str(route)})
    return route


def route_in_force() -> ApprovalRoute:
    """The route that the university goes; the one that ships with the product where none was ever loaded."""
    found = ApprovalRoute.objects.filter(in_force=True).first()
    if found is None:
        packs.load()
        found = ApprovalRoute.objects.get(in_force=True)
    return found


def _create(pack: RoutePack, sha256: str) -> ApprovalRoute:
    route = ApprovalRoute.objects.create(
        code=pack.code,
        number=pack.version,
        source=pack.source,
        sha256=sha256,
        substantial=pack.substantial,
        **_columns("title", pack.title),
    )
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            route=route,
            order=order,
            **step.model_dump(exclude={"name", "body"}, mode="json"),
            **_columns("name", step.name),
            **_columns("body", step.body),
        )
        for order, step in enumerate(pack.steps, start=1)
    )
    record(actor=None, action="route.loaded", subject=route, after={"route": str(route), "sha256": sha256})
    before = ApprovalRoute.objects.filter(in_force=True).first()
    if before is None or (before.code == route.code and before.number < route.number):
        put_in_force(actor=None, route=route)
    return route


def _columns(field: str, text: Translated) -> dict[str, str | None]:
    return {f"{field}_{language}": getattr(text, language) for language in LANGUAGES}
