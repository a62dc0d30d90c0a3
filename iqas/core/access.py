"""Who may do what: one rule per action, asked in two ways that must agree.

`can(user, action, obj)` is the predicate; `allowed(user, action)` its twin as a queryset; a refusal says why.
The engine knows no role: `accounts` tells it which permissions a person holds, and where (`provide_grants`).
A rule's name is the permission that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.core.refusals import AccessDenied, Text


@dataclass(frozen=True)
class Decision:
    """Yes, or no with a reason."""

    allowed: bool
    code: str = ""
    reason: Text = ""
    article: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Grant:
    """Permissions held on one scope, which has a kind and a name, and on all below it."""

    role: str
    permissions: frozenset[str]
    path: str
    kind: str = ""
    label: str = ""


@dataclass(frozen=True)
class Condition:
    """A further demand of a rule, as predicate, twin and reason; `article` is the law behind it."""

    code: str
    holds: Callable[[Any, Any], bool]
    twin: Callable[[Any], Q]
    reason: Text
    article: str = ""


@dataclass(frozen=True)
class Rule:
    """One action on one kind of object.

    `scope` is the lookup from the object to its scope (`"microcredential__scope"`, `"self"` for a scope itself);
    None means that holding the permission anywhere is enough.
    """

    action: str
    model: str
    scope: str | None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Giver:
    """A person who gives roles."""

    name: str
    email: str


@dataclass(frozen=True)
class Way:
    """How somebody who may not do something comes to it: the roles that include it, and who gives them."""

    roles: tuple[Text, ...]
    givers: tuple[Giver, ...]


GrantProvider = Callable[[Any], Iterable[Grant]]
WayProvider = Callable[[Any, str], Way]
_rules: dict[str, Rule] = {}
_provider: list[GrantProvider] = []
_way_provider: list[WayProvider] = []

NOT_SIGNED_IN = Decision(False, "not-signed-in", _("Sign in to do this."))
NOT_PERMITTED = Decision(False, "not-permitted", _("Your role does not include this."))
OTHER_SCOPE = Decision(False, "other-scope", _("Your role does not reach this centre or object."))
ALLOWED = Decision(True)


def register(rule: Rule) -> Rule:
    known = _rules.get(rule.action)
    if known is not None and known != rule:
        raise ValueError(f"Two rules for {rule.action}.")
    _rules[rule.action] = rule
    return rule


def rules() -> dict[str, Rule]:
    return dict(_rules)


def provide_grants(provider: GrantProvider) -> GrantProvider:
    _provider[:] = [provider]
    return provider


def provide_way(provider: WayProvider) -> WayProvider:
    _way_provider[:] = [provider]
    return provider


def way_to(user: Any, permission: str) -> Way | None:
    """For the person who may not: what to ask for, and whom. Without a permission: who gives roles at all."""
    if not getattr(user, "is_authenticated", False) or not _way_provider:
        return None
    return _way_provider[0](user, permission)


def grants(user: Any) -> tuple[Grant, ...]:
    """What the person holds now. Read once per user object, that is once per request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active or not _provider:
        return ()
    held: tuple[Grant, ...] | None = getattr(user, "_held_grants", None)
    if held is None:
        held = tuple(_provider[0](user))
        user._held_grants, user._held_paths = held, {}
    return held


def forget_grants(user: Any) -> None:
    """Reads the person's grants again, after they changed within one process."""
    if hasattr(user, "_held_grants"):
        del user._held_grants, user._held_paths


def paths(user: Any, permission: str) -> tuple[str, ...]:
    """The paths of the scopes on which the person holds a permission, without those below another."""
    held = grants(user)
    if not held:
        return ()
    known: dict[str, tuple[str, ...]] = user._held_paths
    if permission not in known:
        known[permission] = widest(grant.path for grant in held if permission in grant.permissions)
    return known[permission]


def permissions_of(user: Any) -> frozenset[str]:
    """Everything that the person may do somewhere; nothing for who is not signed in."""
    return frozenset().union(*(grant.permissions for grant in grants(user)))


def widest(held: Iterable[str]) -> tuple[str, ...]:
    """Paths of scopes, without those below another of them."""
    ordered = sorted(set(held))
    return tuple(path for path in ordered if not any(path != top and path.startswith(top) for top in ordered))


def holds(user: Any, permission: str, scope: Any = None) -> bool:
    """Whether the person holds a permission on the scope, or anywhere where no scope is given."""
    held = paths(user, permission)
    return bool(held) if scope is None else any(scope.path.startswith(path) for path in held)


def role_on(user: Any, scope: Any = None) -> str:
    """The role in which a person acts: on a scope, the one held nearest to it; without one, the one held highest.

    Of two that are held on the same scope, the one that the provider of grants names first. Empty for nobody.
    """
    held = [grant for grant in grants(user) if scope is None or scope.path.startswith(grant.path)]
    nearest = -1 if scope is not None else 1
    return min(held, key=lambda grant: nearest * len(grant.path)).role if held else ""


def can(user: Any, action: str, obj: Any = None) -> Decision:
    """The predicate. Without an object: whether the person may do this somewhere."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOT_SIGNED_IN
    if not holds(user, action):
        return NOT_PERMITTED
    rule = _rules.get(action)
    if obj is None or rule is None:
        return ALLOWED
    if rule.scope is not None and not holds(user, action, _scope_of(obj, rule.scope)):
        return OTHER_SCOPE
    for condition in rule.conditions:
        if not condition.holds(user, obj):
            return Decision(False, condition.code, condition.reason, condition.article)
    return ALLOWED


def allowed(user: Any, action: str, queryset: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """The twin: the objects to which the person may do this."""
    rule = _rules[action]
    if queryset is None:
        queryset = apps.get_model(rule.model)._default_manager.all()
    held = paths(user, action)
    if not held:
        return queryset.none()
    if rule.scope is not None:
        queryset = queryset.filter(below(held, rule.scope))
    for condition in rule.conditions:
        queryset = queryset.filter(condition.twin(user))
    return queryset


def below(held: Iterable[str], lookup: str) -> Q:
    """Everything whose scope is one of these or below one of them. Below the root of the tree stands every scope:
    whoever holds that is spared the comparison of paths, which over thousands of rows costs more than their order.
    """
    held = tuple(held)
    if any(path.count("/") == 1 for path in held):
        return Q(pk__isnull=False) if lookup == "self" else Q(**{f"{lookup}__isnull": False})
    prefix = "path" if lookup == "self" else f"{lookup}__path"
    reach = Q()
    for path in held:
        reach |= Q(**{f"{prefix}__startswith": path})
    return reach


def visible(user: Any, model: type[Model]) -> QuerySet[Any]:
    """What the person may see of a model, by its rule `<something>.view`."""
    for rule in _rules.values():
        if rule.action.endswith(".view") and apps.get_model(rule.model) is model:
            return allowed(user, rule.action)
    raise LookupError(f"No rule says who may see {model.__name__}.")


def require(user: Any, action: str, obj: Any = None) -> None:
    """Refuses with the reason where `can` says no."""
    decision = can(user, action, obj)
    if not decision:
        lacks_role = decision in {NOT_PERMITTED, OTHER_SCOPE}
        raise AccessDenied(
            decision.code,
            decision.reason,
            article=decision.article,
            permission=action if lacks_role else "",
        )


def _scope_of(obj: Any, lookup: str) -> Any:
    if lookup == "self":
        return obj
    for step in lookup.split("__"):
        obj = getattr(obj, step)
    return obj
