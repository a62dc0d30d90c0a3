"""Dimension D: feedback from stakeholders and other providers."""

from django.utils.translation import gettext_lazy as _

from iqas.dimensions.dimension import Dimension

PEERS = Dimension(
    code="D",
    slug="peers",
    title=_("Stakeholders and other providers"),
    question=_("What do employers and other providers say, and what comes of it?"),
    criteria=("D.1", "D.2", "D.3", "D.4", "D.5"),
    indicators=(
        "employer-need",
        "employer-satisfaction",
        "provider-level",
        "provider-recognition",
        "teacher-satisfaction",
        "graduate-use",
    ),
)
