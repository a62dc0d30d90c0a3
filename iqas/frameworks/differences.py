"""How far two contents of the same pack differ, and why it matters to whoever has cited it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from iqas.frameworks.schema import CrosswalkPack

if TYPE_CHECKING:
    from iqas.frameworks.schema import Pack


@dataclass(frozen=True, slots=True)
class Difference:
    """`none`; `compatible`: other words for the same things; `incompatible`: a past judgement would change its meaning."""

    level: Literal["none", "compatible", "incompatible"]
    reasons: tuple[str, ...] = ()


def compare(before: Pack, after: Pack) -> Difference:
    """Class the change from one content of a pack to another, with a sentence for each change."""
    incompatible: list[str] = []
    compatible: list[str] = []

    if (
        isinstance(before, CrosswalkPack)
        and isinstance(after, CrosswalkPack)
        and before.ends() != after.ends()
    ):
        incompatible.append(_("The frameworks linked are others."))
    old_header, new_header = before.header(), after.header()
    compatible += [
        _("The pack's %(field)s changed.") % {"field": field}
        for field in new_header
        if old_header.get(field) != new_header[field]
    ]

    old, new = before.entries(), after.entries()
    incompatible += [_("%(code)s was removed.") % {"code": code} for code in old if code not in new]
    added = [_("%(code)s was added.") % {"code": code} for code in new if code not in old]
    (incompatible if after.additions_bind else compatible).extend(added)

    for code in old.keys() & new.keys():
        for field in sorted(new[code]):
            if old[code].get(field) != new[code][field]:
                reasons = incompatible if field in after.binding else compatible
                reasons.append(_("%(code)s: %(field)s changed.") % {"code": code, "field": field})

    if incompatible:
        return Difference("incompatible", tuple(sorted(incompatible) + sorted(compatible)))
    if compatible:
        return Difference("compatible", tuple(sorted(compatible)))
    return Difference("none")
