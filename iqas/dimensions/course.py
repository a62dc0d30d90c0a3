"""Dimension B: the quality of the learning experience."""

from django.utils.translation import gettext_lazy as _

from iqas.dimensions.dimension import Dimension

COURSE = Dimension(
    code="B",
    slug="course",
    title=_("Learning experience"),
    question=_("Is the course that leads to it good?"),
    criteria=("B.1", "B.2", "B.3", "B.4", "B.5", "B.6"),
    indicators=("completion-rate", "success-rate", "places-coverage", "withdrawn-return"),
)
