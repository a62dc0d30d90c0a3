"""What comments are about: themes of a scope, and the comments that they are given to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import Comment, CommentTheme, Theme
from feedback.selectors.themes import themes_for
from feedback.services.comments import reviewed_campaign
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.organisation.models import Scope


@transaction.atomic
def add_theme(*, actor: Any, scope: Scope, name: str) -> Theme:
    """A theme for the comments of a scope and of all below it. Refuses `theme-name` (none) and `theme-exists`."""
    theme = Theme(scope=scope)
    require(actor, "theme.edit", theme)
    _name(theme, name)
    theme.save(force_insert=True)
    record(actor=actor, action="theme.added", subject=theme, scope=scope, after={"name": theme.name})
    return theme


@transaction.atomic
def change_theme(*, actor: Any, theme: Theme, seen: str, name: str, is_active: bool) -> Theme:
    """Another name, or no longer offered; what it was given to keeps it.

    `seen` is the name that the form was opened with. Refuses what `add_theme` refuses and `theme-changed`.
    """
    locked = Theme.objects.select_for_update(of=("self",)).select_related("scope").get(pk=theme.pk)
    require(actor, "theme.edit", locked)
    if locked.name != seen:
        raise RuleViolation(
            "theme-changed", _("Somebody renamed this theme in the meantime: it is “%(name)s” now.")
            % {"name": locked.name}
        )  # fmt: skip
    before = {"name": locked.name, "active": locked.is_active}
    _name(locked, name)
    locked.is_active = is_active
    locked.save(update_fields=["name", "sort_name", "is_active"])
    after = {"name": locked.name, "active": locked.is_active}
    record(
        actor=actor, action="theme.changed", subject=locked, scope=locked.scope, before=before, after=after
    )
    return locked


@transaction.atomic
def give_themes(*, actor: Any, comment: Comment, had: Collection[str], themes: Collection[Theme]) -> None:
    """The themes of a comment are these. `had` are the keys of those that the reviewer saw.

    Refuses what a decision refuses, `themes-changed`, and `theme-foreign` (of a scope that is not the campaign's or above).
    """
    campaign = reviewed_campaign(actor=actor, campaign=comment.campaign)
    stored = {
        str(key) for key in CommentTheme.objects.filter(comment=comment).values_list("theme", flat=True)
    }
    if stored != set(had):
        raise RuleViolation(
            "themes-changed", _("Somebody gave this comment other themes in the meantime: look at it again.")
        )
    wanted = {str(theme.pk) for theme in themes}
    if wanted == stored:
        return
    allowed = {str(theme.pk) for theme in themes_for(campaign)} | stored
    if not wanted <= allowed:
        raise RuleViolation("theme-foreign", _("This theme belongs to another part of the university."))
    CommentTheme.objects.filter(comment=comment).exclude(theme__in=themes).delete()
    CommentTheme.objects.bulk_create(
        CommentTheme(comment=comment, theme=theme) for theme in themes if str(theme.pk) not in stored
    )
    record(
        actor=actor,
        action="comment.themed",
        subject=comment,
        scope=campaign.scope,
        after={"themes": sorted(theme.name for theme in themes)},
    )


def _name(theme: Theme, name: str) -> None:
    theme.name = " ".join(name.split())[:120]
    theme.sort_name = sort_key(theme.name)[:120]
    if not theme.sort_name:
        raise RuleViolation("theme-name", _("A theme has a name."), field="name")
    same = Theme.objects.filter(scope=theme.scope, sort_name=theme.sort_name).exclude(pk=theme.pk)
    if same.exists():
        raise RuleViolation("theme-exists", _("There is a theme of this name."), field="name")
