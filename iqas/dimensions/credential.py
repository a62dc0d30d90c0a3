"""Dimension A: the micro-credential itself, by the standards of the European Union."""

from django.utils.translation import gettext_lazy as _

from iqas.dimensions.dimension import Dimension

CREDENTIAL = Dimension(
    code="A",
    slug="credential",
    title=_("Credential"),
    question=_("Is the micro-credential itself sound?"),
    criteria=("A.1", "A.2", "A.3", "A.4", "A.5", "A.6"),
    indicators=(),
)
