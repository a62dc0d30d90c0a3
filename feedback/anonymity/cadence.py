"""How often what is already mixed is written anew: at every mixing while it is little, once a night when it is much.

Mixing less often is never a weaker protection: more answers move at once.
"""

from __future__ import annotations

from django.db.models import Sum
from django.utils import timezone

from feedback.models import Campaign
from iqas.core import clock

MANY_ANSWERS = 100_000  # their tables take PostgreSQL over half a second of CPU to write anew; a million, six
NIGHT = range(1, 5)  # hours on the university's clock


def is_time_to_rewrite() -> bool:
    """Whether all tables of answers may be written anew just now."""
    if timezone.localtime(clock.now()).hour in NIGHT:
        return True
    return (Campaign.objects.aggregate(all=Sum("responses_count"))["all"] or 0) < MANY_ANSWERS
