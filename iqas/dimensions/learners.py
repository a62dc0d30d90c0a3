"""Dimension C: feedback from learners."""

from django.utils.translation import gettext_lazy as _

from iqas.dimensions.dimension import Dimension

LEARNERS = Dimension(
    code="C",
    slug="learners",
    title=_("Learners' feedback"),
    question=_("What do learners say, and what comes of it?"),
    criteria=("C.1", "C.2", "C.3", "C.4", "C.5", "C.6"),
    indicators=("response-rate", "overall-satisfaction", "satisfaction-teaching", "usefulness"),
)
