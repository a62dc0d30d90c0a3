"""Who answers for this service, on the public statements."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.core.panels import Panel, panel
from iqas.organisation.models import University


@panel("statement")
def responsible_body(request: Any, obj: Any) -> Panel | None:
    university = University.objects.first()
    if university is None:
        return None
    return Panel(_("Responsible body and contact"), "organisation/_contacts.html", {"university": university})
