"""Records that only stand behind imported survey answers: ECTS unknown, never approvable, never public."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import AcademicYear, Centre, Scope
from microcredentials.models import Edition, MicroCredential
from microcredentials.services import writing
from microcredentials.services.editions import new_edition


@transaction.atomic
def ensure_imported_edition(
    *, actor: Any, centre: Centre, year: AcademicYear, code: str, title_es: str, title_en: str = ""
) -> Edition:
    """The edition with this code, made with its micro-credential in the state *imported* where it is missing.

    The micro-credential has the code `MC-<code>`. Refuses `code-taken` where the code means something else. `actor`
    is None for the terminal; who may import was asked by the caller.
    """
    found = Edition.objects.filter(code=code).select_related("microcredential").first()
    if found is not None:
        if found.microcredential.centre_id != centre.pk:
            raise _taken(code)
        return found
    owner = f"MC-{code}"[:30]
    if Scope.objects.filter(code=owner).exists():
        raise _taken(owner)
    version = writing.new_microcredential(
        centre=centre,
        code=owner,
        design={"title_es": title_es, "title_en": title_en},
        state=MicroCredential.State.IMPORTED,
        writer=None,
    )
    writing.settle(version)
    microcredential = version.microcredential
    edition = new_edition(
        actor=actor,
        microcredential=microcredential,
        starts=None,
        ends=None,
        places=None,
        year=year,
        code=code,
        state=Edition.State.IMPORTED,
    )
    record(
        actor=actor,
        action="microcredential.imported",
        subject=microcredential,
        scope=microcredential.scope,
        after={"code": microcredential.code, "edition": code},
    )
    return edition


def _taken(code: str) -> RuleViolation:
    return RuleViolation("code-taken", _("The code %(code)s already means something else.") % {"code": code})
