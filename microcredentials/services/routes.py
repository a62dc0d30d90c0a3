"""The approval route: stored from packs, frozen once something was submitted by it, one of them in force."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import RuleViolation
from iqas.frameworks.models import EvidenceKind
from iqas.organisation.models import University
from microcredentials import packs, rules
from microcredentials.models import ApprovalRoute, ApprovalStep, Change, Submission
from microcredentials.packs.schema import RoutePack, Translated

LANGUAGES = ("es", "en", "ca", "gl", "eu")
IN_FORCE = _("This route is in force already.")


@transaction.atomic
def store_route(*, pack: RoutePack) -> ApprovalRoute:
    """The stored route of a pack that ships with the product; the same content again changes nothing.

    It comes into force where none is, or where an older number of the same code is. Refuses `route-frozen` where the
    content under this number was used with other rules.
    """
    route, is_new = _stored(None, pack)
    before = ApprovalRoute.objects.filter(in_force=True).first()
    if is_new and (before is None or (before.code == route.code and before.number < route.number)):
        _enforce(None, route, "")
    return route


@transaction.atomic
def add_route(*, actor: Any, pack: RoutePack) -> ApprovalRoute:
    """A route of the university's own. It waits until it is put in force; the same content again changes nothing.

    `actor` is None for the terminal. Refuses `shipped-code`, `unknown-kind` (of document), and `route-frozen`: other
    content under a number that is in force or was used.
    """
    _check_access(actor)
    if pack.code in packs.shipped_codes():
        raise RuleViolation(
            "shipped-code",
            _("%(code)s is the route that ships with the product. Give your own another code.")
            % {"code": pack.code},
            field="file",
        )
    kinds = {step.document_kind for step in pack.steps}
    known = set(EvidenceKind.objects.filter(code__in=kinds).values_list("code", flat=True))
    if unknown := sorted(kinds - known):
        raise RuleViolation(
            "unknown-kind", _("There is no kind of evidence %(code)s.") % {"code": unknown[0]}, field="file"
        )
    return _stored(actor, pack)[0]


@transaction.atomic
def put_in_force(*, actor: Any, route: ApprovalRoute, reason: str) -> ApprovalRoute:
    """What is submitted from now on goes this way; what was submitted before goes on as it began.

    `actor` is None for the terminal. Refuses `in-force`, `reason-missing`, and what the law asks of a route: see
    `legal_obstacle`.
    """
    _check_access(actor)
    route = ApprovalRoute.objects.select_for_update().get(pk=route.pk)
    if route.in_force:
        raise RuleViolation("in-force", IN_FORCE)
    if not reason.strip():
        raise RuleViolation("reason-missing", _("Say why this route comes into force."), field="reason")
    if refused := legal_obstacle(route):
        raise refused
    return _enforce(actor, route, reason.strip())


def legal_obstacle(route: ApprovalRoute) -> RuleViolation | None:
    """Why the law lets nobody go this way: `no-governing-step`, or `no-price-step` in a public university."""
    steps = [step for step in route.steps.all() if Change.NEW in step.needed_for]
    if not any(step.permission == "approval.govern" and not step.public_only for step in steps):
        return rules.refusal("no-governing-step", rules.NO_GOVERNING_STEP)
    if University.current().is_public and not any(step.permission == "approval.price" for step in steps):
        return rules.refusal("no-price-step", rules.NO_PRICE_STEP)
    return None


def route_in_force() -> ApprovalRoute:
    """The route that the university goes; the one that ships with the product where none was ever loaded."""
    found = ApprovalRoute.objects.filter(in_force=True).first()
    if found is None:
        packs.load()
        found = ApprovalRoute.objects.get(in_force=True)
    return found


def _check_access(actor: Any) -> None:
    if actor is not None:
        require(actor, "route.change", University.current().scope)


def _stored(actor: Any, pack: RoutePack) -> tuple[ApprovalRoute, bool]:
    """The route, and whether it was written now."""
    sha256 = sha256_hex(canonical_json(pack.model_dump(mode="json")))
    stored = ApprovalRoute.objects.select_for_update().filter(code=pack.code, number=pack.version).first()
    if stored is not None and stored.sha256 == sha256:
        return stored, False
    if stored is not None:
        decided = stored.in_force and pack.code not in packs.shipped_codes()
        if decided or Submission.objects.filter(steps__route=stored).exists():
            raise RuleViolation(
                "route-frozen",
                _(
                    "%(route)s has been used and its steps have changed. Give the new ones a new version number."
                )
                % {"route": stored},
                field="file",
            )
        stored.steps.all().delete()
        stored.delete()
    return _create(actor, pack, sha256), True


def _create(actor: Any, pack: RoutePack, sha256: str) -> ApprovalRoute:
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
    record(actor=actor, action="route.loaded", subject=route, after={"route": str(route), "sha256": sha256})
    return route


def _enforce(actor: Any, route: ApprovalRoute, reason: str) -> ApprovalRoute:
    before = ApprovalRoute.objects.select_for_update().filter(in_force=True).exclude(pk=route.pk).first()
    ApprovalRoute.objects.filter(in_force=True).exclude(pk=route.pk).update(in_force=False)
    ApprovalRoute.objects.filter(pk=route.pk).update(in_force=True)
    route.in_force = True
    record(
        actor=actor,
        action="route.in-force",
        subject=route,
        before={"route": str(before)} if before else None,
        after={"route": str(route)},
        reason=reason,
    )
    return route


def _columns(field: str, text: Translated) -> dict[str, str | None]:
    return {f"{field}_{language}": getattr(text, language) for language in LANGUAGES}
