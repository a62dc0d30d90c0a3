"""What `manage.py doctor` asks about the university."""

from __future__ import annotations

from collections.abc import Iterator

from iqas.core import clock
from iqas.core.doctor import check
from iqas.core.unheld import holds_files
from iqas.organisation.models import AcademicYear, University

holds_files("organisation.University", "logo_sha256")


@check("university", "A university has begun.")
def university_has_begun() -> Iterator[str]:
    if not University.objects.exists():
        yield "There is no university yet. Run: manage.py start_university --name … --admin EMAIL"


@check("contacts", "Learners can reach data protection and complaints.", advice=True)
def contacts_are_named() -> Iterator[str]:
    """RGPD art. 13.1.b; every survey shows both."""
    university = University.objects.first()
    if university is None:
        return
    if not university.dpo_email:
        yield "The data protection contact is empty. Fill it in under /settings/"
    if not university.complaints_email:
        yield "The complaints contact is empty. Fill it in under /settings/"


@check("academic-year", "Today lies in an academic year.", advice=True)
def today_has_a_year() -> Iterator[str]:
    if University.objects.exists() and AcademicYear.of(clock.today()) is None:
        yield "No academic year contains today. It is made with the first edition of the year."
