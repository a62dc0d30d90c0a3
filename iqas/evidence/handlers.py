"""What is filed for a framework stays filed when the framework gets a new version."""

from __future__ import annotations

from iqas.core.events import on
from iqas.evidence.services import carry_over
from iqas.frameworks.models import Framework


@on("framework.renewed")
def framework_was_renewed(*, framework: Framework, previous: Framework) -> None:
    carry_over(framework=framework, previous=previous)
