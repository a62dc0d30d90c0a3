"""A season of surveys within Django, on the product's own settings: what `surveys` puts a load on."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections import Counter
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from feedback.anonymity import mixer
from feedback.models import Campaign, Invitation, Item, ItemSummary
from feedback.services import campaigns, summaries
from iqas.core import clock
from iqas.core.text import sort_key
from iqas.organisation.models import Centre, University
from microcredentials.models import Edition
from tests.factories.feedback import links_of, make_campaign, make_plain_edition, make_questionnaire
from tests.factories.feedback_results import make_results, the_questionnaire
from tests.support.large import build_large

SURVEYS, MORE = 81, 1_000
INVITED, ANSWERED = 30, 20
EXPORTED, EXPORT_WORD = 40, "trimestral"
CLASS_ITEMS = 12


def build(*, small: bool, links: int, voters: int, crowd: int) -> None:
    """Prints what the load needs to know: codes, tokens, and the session of an officer."""
    call_command("migrate", verbosity=0)
    university = build_large(microcredentials=20 if small else 650)
    the_questionnaire()
    told: dict[str, Any] = {"session": _session(university.officer)}
    for questions in (12, 34):
        version = make_questionnaire(("likert",) * questions)
        told[f"questions-{questions}"] = _open(make_campaign(version=version, links=links))
    told["learner"] = _open(make_campaign(version=the_questionnaire(), links=10))
    for kind, people in (("class", voters), ("crowd", crowd)):
        version = make_questionnaire((*("likert",) * CLASS_ITEMS, "text"))
        told[kind] = _open(make_campaign(version=version, links=people))
    told["median"] = _finished("C-MEDIAN", 20)
    told["largest"] = _finished("C-LARGEST", 50 if small else 1_000)
    told["places"] = {
        "the university": University.current().scope.code,
        "a centre": Centre.objects.earliest("code").scope.code,
    }
    told["growing"] = _growing()
    _surveys((SURVEYS if not small else 10) - Campaign.objects.count())
    print(json.dumps(told))


def more_surveys(*, small: bool) -> None:
    _surveys(20 if small else MORE)
    print(json.dumps({"surveys": Campaign.objects.count()}))


def grow(code: str, answers: int) -> None:
    """The survey with so many answers, written as rows and counted by the product."""
    campaign = Campaign.objects.get(code=code)
    missing = answers - campaign.responses.count()
    codes = Item.objects.filter(version=campaign.questionnaire_version).values_list("code", flat=True)
    pairs = ", ".join(f"'{item}', 1 + floor(random() * 5)::int" for item in codes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO feedback_response (id, campaign_id, group_code, answers)
            SELECT gen_random_uuid(), %s, '', jsonb_build_object({pairs}) FROM generate_series(1, %s)""",
            [campaign.pk, missing],
        )
    Campaign.objects.filter(pk=campaign.pk).update(invited_count=answers * 2)
    summaries.refresh(campaign)
    print(json.dumps({"answers": Campaign.objects.get(pk=campaign.pk).responses_count}))


def count_rush(code: str) -> None:
    """Closes and mixes; prints what each question was answered, every comment, and the seconds that it took."""
    campaign = Campaign.objects.get(code=code)
    began = time.perf_counter()
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix_and_settle(campaign.pk)
    seconds = round(time.perf_counter() - began, 1)
    counts: dict[str, Counter[str]] = {}
    for answers in campaign.responses.values_list("answers", flat=True):
        for item, value in answers.items():
            counts.setdefault(item, Counter())[str(value)] += 1
    comments = list(campaign.comments.values_list("text", flat=True))
    told = {"counts": counts, "comments": comments, "receipts": campaign.receipts.count(), "seconds": seconds}
    print(json.dumps(told))


def _session(officer: Any) -> str:
    """Of a signed-in officer with a second factor, as production asks for."""
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(officer)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _open(campaign: Campaign) -> dict[str, Any]:
    tokens = [link.rsplit("/", 1)[-1] for link in links_of(campaign)]
    return {"code": campaign.code, "tokens": tokens}


def _finished(code: str, answers: int) -> tuple[str, str]:
    """In two groups, with comments, on an edition: the codes of both."""
    chance = random.Random(code)
    given = [
        (
            ("ON", "OFF")[number % 2],
            {f"L{item:02}": chance.randint(2, 5) for item in range(1, 15)} | {"L15": chance.randint(5, 10)},
        )
        for number in range(answers)
    ]
    edition = make_plain_edition()
    campaign = make_results(
        code,
        given,
        edition=edition,
        invited=answers * 3 // 2,
        groups={"ON": "En línea", "OFF": "Presencial"},
        comments=[("L16", f"Una opinión sobre el curso, número {number}.") for number in range(answers // 4)],
    )
    return campaign.code, edition.code


def _growing() -> str:
    version = make_questionnaire(("likert",) * 12)
    return make_results("C-GROWING", questionnaire=version.questionnaire.code, invited=2_000).code


@transaction.atomic
def _surveys(count: int) -> None:
    """Finished surveys on editions that have none yet, each with its links and its counts."""
    version = the_questionnaire()
    items = list(Item.objects.filter(version=version).exclude(kind=Item.Kind.TEXT))
    editions = list(
        Edition.objects.filter(campaigns=None)
        .exclude(state__in=("planned", "cancelled"))
        .select_related("microcredential__scope", "year")
        .order_by("code")[:count]
    )
    assert len(editions) == count, "the university is too small"
    begun = Campaign.objects.count()
    made = [_survey(edition, version, begun + number) for number, edition in enumerate(editions)]
    Campaign.objects.bulk_create(made, batch_size=500)
    Invitation.objects.bulk_create(
        [
            Invitation(
                campaign=campaign, tok_idx=f"{number}-{campaign.code}".ljust(64, "-"), used=number < ANSWERED
            )
            for campaign in made
            for number in range(INVITED)
        ],
        batch_size=2_000,
    )
    ItemSummary.objects.bulk_create(
        [
            ItemSummary(
                campaign=campaign, item=item, n=ANSWERED, no_answer=0,
                distribution={str(point): ANSWERED if point == item.points[-2] else 0 for point in item.points},
            )
            for campaign in made
            for item in items
        ],
        batch_size=2_000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute of so many new rows


def _survey(edition: Edition, version: Any, number: int) -> Campaign:
    day = clock.today() - dt.timedelta(days=40 + number % 300)
    word = f"{EXPORT_WORD} " if number < EXPORTED else ""
    title = f"Encuesta {word}de {edition.microcredential.scope.label}"
    return Campaign(
        code=f"{edition.code}-F",
        title_es=title,
        title_en=f"Survey {number}",
        sort_title=sort_key(title),
        questionnaire_version=version,
        edition=edition,
        year=edition.year,
        scope=edition.microcredential.scope,
        state=Campaign.State.MIXED,
        opens=day - dt.timedelta(days=20),
        closes=day,
        threshold=5,
        public_key=b"k" * 32,
        sealed_size=4096,
        invited_count=INVITED,
        responses_count=ANSWERED,
        mixed_at=clock.now(),
    )
