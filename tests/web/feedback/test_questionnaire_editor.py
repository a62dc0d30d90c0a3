"""Questionnaires are written in the browser: drafts, versions that never change, and the same codes over the years."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from feedback.models import Draft, Inbox, Item, Questionnaire, QuestionnaireVersion, Section, SignedAnswer
from feedback.packs import load
from feedback.services import drafting, item_editing
from feedback.services.questionnaires import freeze
from iqas.core.models import AuditEvent
from tests.factories.feedback import make_campaign
from tests.support.pages import assert_hides, text_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
COMMENT = {"code": "X9", "kind": "text", "text_es": "¿Algo más?", "text_en": "Anything else?"}


@pytest.fixture
def officer(staff: Any) -> Any:
    return staff("quality_officer")


@pytest.fixture
def client(client_for: Any, officer: Any) -> Any:
    return client_for(officer)


@pytest.fixture
def draft(officer: Any) -> QuestionnaireVersion:
    """The next version of the learners' questionnaire."""
    load()
    first = QuestionnaireVersion.objects.filter(questionnaire__code="LEARNER-END").latest("number")
    return drafting.begin_version(actor=officer, version=first)


def says(response: Any, *texts: str) -> None:
    """Whatever the status, every text is on the page."""
    page = text_of(response)
    assert not [text for text in texts if text not in page]


def address(version: QuestionnaireVersion, name: str, **more: Any) -> str:
    kwargs = {"code": version.questionnaire.code, "number": version.number, **more}
    return reverse(f"feedback:questionnaire-{name}", kwargs=kwargs)


def seen(version: QuestionnaireVersion) -> int:
    return QuestionnaireVersion.objects.get(pk=version.pk).version


def form_of(client: Any, url: str) -> dict[str, Any]:
    """What a browser would send back of a form that nobody changed."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, "") and value is not False}


def codes_of(version: QuestionnaireVersion) -> list[str]:
    return list(version.items.order_by("section__order", "order").values_list("code", flat=True))


def told(subject: QuestionnaireVersion) -> list[str]:
    return list(
        AuditEvent.objects.filter(object_id=str(subject.pk)).order_by("seq").values_list("action", flat=True)
    )


class TestTheList:
    def test_finds_by_title_without_accents_and_by_audience_and_state(self, client: Any, draft: Any) -> None:
        page = client.get(reverse("feedback:questionnaire-list"), headers=ENGLISH)
        says(page, "LEARNER-END", "WITHDRAWAL", "New questionnaire")
        page = client.get(reverse("feedback:questionnaire-list"), {"q": "academica"}, headers=ENGLISH)
        assert_hides(page, "LEARNER-END")
        page = client.get(reverse("feedback:questionnaire-list"), {"q": "tecnico"}, headers=ENGLISH)
        says(page, "SUPPORT-STAFF")
        assert_hides(page, "LEARNER-END")
        page = client.get(reverse("feedback:questionnaire-list"), {"state": "draft"}, headers=ENGLISH)
        says(page, "LEARNER-END")
        assert_hides(page, "SUPPORT-STAFF")
        page = client.get(reverse("feedback:questionnaire-list"), {"audience": "teacher"}, headers=ENGLISH)
        says(page, "TEACHER")
        assert_hides(page, "LEARNER-END")

    def test_leaves_as_a_spreadsheet(self, client: Any, draft: Any) -> None:
        page = client.get(reverse("feedback:questionnaire-list"), {"export": "csv"}, headers=ENGLISH)
        assert "LEARNER-END" in page.content.decode()

    def test_reads_few_statements(self, client: Any, draft: Any, max_queries: Any) -> None:
        with max_queries(12):
            client.get(reverse("feedback:questionnaire-list"))

    def test_readers_see_it_and_write_nothing(self, client_for: Any, staff: Any, draft: Any) -> None:
        reader = client_for(staff("coordinator"))
        page = reader.get(reverse("feedback:questionnaire-list"), headers=ENGLISH)
        says(page, "LEARNER-END")
        assert_hides(page, "New questionnaire")
        assert_hides(reader.get(draft.get_absolute_url(), headers=ENGLISH), "Add a question")
        for name in ("edit", "publish", "discard", "section-add", "begin"):
            assert reader.get(address(draft, name)).status_code == 403
        assert reader.post(address(draft, "item-move", item="L01"), {"up": 1}).status_code == 403


class TestANewQuestionnaire:
    GIVEN = {
        "code": "tutors",
        "audience": "teacher",
        "about_persons": "on",
        "title_es": "Encuesta a tutorías",
        "title_en": "Survey of tutors",
        "seen_version": "0",
    }

    def test_goes_from_nothing_to_a_campaign(self, client: Any, officer: Any) -> None:
        answer = client.post(reverse("feedback:questionnaire-add"), self.GIVEN)
        version = QuestionnaireVersion.objects.get(questionnaire__code="TUTORS")
        assert answer.url == version.get_absolute_url()
        assert (version.state, version.origin, version.questionnaire.about_persons) == ("draft", "own", True)
        page = client.get(version.get_absolute_url(), headers=ENGLISH)
        says(page, "It has no section yet.", "No section yet")
        client.post(
            address(version, "section-add"), {"title_es": "Uno", "title_en": "One", "seen_version": 0}
        )
        section = version.sections.get()
        client.post(
            address(version, "item-add", section=section.pk),
            {
                "code": "t01",
                "kind": "likert",
                "scale": "frequency",
                "text_es": "¿Le responden?",
                "text_en": "Do they answer?",
                "no_answer_allowed": "on",
                "seen_version": 0,
            },
        )
        item = version.items.get()
        assert (item.code, item.scale_min, item.scale_max, item.labels["en"]["4"]) == ("T01", 0, 4, "Always")
        answer = client.post(address(version, "publish"), {"seen_version": seen(version)})
        assert answer.status_code == 302
        version.refresh_from_db()
        assert (version.state, len(version.sha256)) == ("ready", 64)
        campaign = make_campaign(version=version, links=12)
        assert campaign.threshold == 10, "it judges persons"
        assert told(version) == [
            "questionnaire.created",
            "questionnaire.section_added",
            "questionnaire.item_added",
            "questionnaire.published",
            "questionnaire.frozen",
        ]

    def test_could_be_said_to_judge_persons_only_when_it_was_made(self, client: Any, draft: Any) -> None:
        url = address(draft, "edit")
        heading = {"title_es": "Encuesta", "title_en": "Survey"}
        told_now = {**heading, "about_persons": "on", "seen_version": seen(draft)}
        assert client.post(url, told_now).status_code == 302
        draft.questionnaire.refresh_from_db()
        assert draft.questionnaire.about_persons
        assert client.get(url).context["form"]["about_persons"].value() is True
        assert client.post(url, {**heading, "seen_version": seen(draft)}).status_code == 302
        draft.questionnaire.refresh_from_db()
        assert not draft.questionnaire.about_persons
        freeze(actor=None, version=draft.based_on)
        client.post(url, {**told_now, "seen_version": seen(draft)})
        refused = client.post(url, {**heading, "seen_version": seen(draft)}, headers=ENGLISH)
        assert refused.status_code == 422
        says(refused, "It was asked with the promise of larger groups: that stays.")

    def test_is_refused_a_code_that_is_taken_or_no_code(self, client: Any, draft: Any) -> None:
        for code, words in (("LEARNER-END", "There is a questionnaire"), ("Ñ", "capital letters")):
            page = client.post(
                reverse("feedback:questionnaire-add"), self.GIVEN | {"code": code}, headers=ENGLISH
            )
            assert page.status_code == 422
            says(page, words, "Survey of tutors")
        assert not Questionnaire.objects.filter(code="Ñ").exists()


class TestAVersion:
    def test_is_begun_from_another_with_everything_in_it(self, client: Any, draft: Any) -> None:
        source = draft.based_on
        for one in source.items.all():
            copy = draft.items.get(code=one.code)
            names = [field.name for field in Item._meta.concrete_fields]
            for name in set(names) - {"id", "version", "section"}:
                assert getattr(copy, name) == getattr(one, name), name
        assert codes_of(draft) == codes_of(source)
        assert [s.title_es for s in draft.sections.all()] == [s.title_es for s in source.sections.all()]

    def test_is_one_draft_at_a_time(self, client: Any, draft: Any) -> None:
        answer = client.post(address(draft.based_on, "begin"), headers=ENGLISH)
        assert answer.status_code == 409
        says(answer, "being written already")
        assert draft.questionnaire.versions.filter(state="draft").count() == 1

    def test_never_changes_once_published(self, client: Any, draft: Any) -> None:
        section, item = draft.sections.first(), draft.items.get(code="L01")
        drafting.publish_version(actor=None or client_user(client), version=draft, seen=draft.version)
        sha256 = QuestionnaireVersion.objects.get(pk=draft.pk).sha256
        attempts = {
            address(draft, "edit"): {"title_es": "x", "title_en": "x"},
            address(draft, "publish"): {},
            address(draft, "discard"): {},
            address(draft, "section-add"): {"title_es": "x", "title_en": "x"},
            address(draft, "section-edit", section=section.pk): {"title_es": "x", "title_en": "x"},
            address(draft, "section-move", section=section.pk): {"down": 1},
            address(draft, "section-remove", section=section.pk): {},
            address(draft, "item-add", section=section.pk): COMMENT,
            address(draft, "item-edit", item="L01"): COMMENT,
            address(draft, "item-move", item="L01"): {"down": 1},
            address(draft, "item-condition", item="L05"): {"values": 1},
            address(draft, "item-remove", item="L01"): {},
        }
        for url, given in attempts.items():
            answer = client.post(url, given | {"seen_version": seen(draft)}, headers=ENGLISH)
            assert answer.status_code == 409, url
            says(answer, "published and never changes")
        assert QuestionnaireVersion.objects.get(pk=draft.pk).sha256 == sha256
        assert draft.items.get(pk=item.pk).text_es == item.text_es

    def test_is_discarded_with_its_questions_and_leaves_its_trace(self, client: Any, draft: Any) -> None:
        key = str(draft.pk)
        assert client.post(address(draft, "discard"), {"seen_version": draft.version}).status_code == 302
        assert not QuestionnaireVersion.objects.filter(pk=key).exists()
        event = AuditEvent.objects.get(object_id=key, action="questionnaire.discarded")
        assert event.detail.before["sections"][0]["items"][0]["code"] == "L01"

    def test_shows_where_it_is_asked(self, client: Any, draft: Any, max_queries: Any) -> None:
        campaign = make_campaign(version=draft.based_on, links=12)
        with max_queries(20):
            page = client.get(draft.questionnaire.get_absolute_url(), headers=ENGLISH)
        says(page, campaign.code, "Version 3", "Go on with the draft", "not used yet")

    def test_reads_few_statements(self, client: Any, draft: Any, max_queries: Any) -> None:
        with max_queries(20):
            client.get(draft.get_absolute_url())


def client_user(client: Any) -> Any:
    from iqas.accounts.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


class TestASection:
    def test_moves_and_takes_its_questions_with_it(self, client: Any, draft: Any) -> None:
        first, second = draft.sections.all()[:2]
        url = address(draft, "section-move", section=second.pk)
        client.post(url, {"up": 1, "seen_version": draft.version})
        assert list(draft.sections.all())[:2] == [second, first]
        assert codes_of(draft)[:6] == ["L04", "L05", "L06", "L07", "L08", "L01"]
        assert list(draft.items.order_by("order").values_list("order", flat=True)) == list(range(1, 18))
        client.post(url, {"up": 1, "seen_version": seen(draft)})
        assert draft.sections.first() == second, "the first stays the first"

    def test_is_renamed_and_removed(self, client: Any, draft: Any) -> None:
        section = draft.sections.first()
        url = address(draft, "section-edit", section=section.pk)
        client.post(url, form_of(client, url) | {"title_es": "Antes"})
        assert draft.sections.first().title_es == "Antes"
        page = client.get(address(draft, "section-remove", section=section.pk), headers=ENGLISH)
        says(page, "L01, L02, L03")
        client.post(address(draft, "section-remove", section=section.pk), {"seen_version": seen(draft)})
        assert codes_of(draft)[0] == "L04"
        assert [one.order for one in draft.sections.all()] == [1, 2, 3]


class TestAQuestion:
    def test_of_every_kind(self, client: Any, draft: Any) -> None:
        section = draft.sections.last()
        usual = {"text_es": "¿?", "text_en": "?", "seen_version": 0}
        given: dict[str, dict[str, Any]] = {
            "X1": {"kind": "likert", "scale": "ten"},
            "X2": {"kind": "likert", "scale": "own", "low": 0, "words_es": "a\nb\nc", "words_en": "d\ne\nf"},
            "X3": {"kind": "recommendation"},
            "X4": {"kind": "yes_no"},
            "X5": {"kind": "single", "words_es": "Uno\n\nDos", "words_en": "One\nTwo"},
            "X6": {"kind": "multiple", "words_es": "Uno\nDos\nTres", "words_en": "One\nTwo\nThree"},
            "X7": {"kind": "number", "low": 0, "high": 60},
            "X8": {"kind": "text"},
            "X9": {
                "kind": "likert", "scale": "own", "words_es": "1 = nada\n7 = todo", "words_en": "1 = no\n7 = all",
            },
        }  # fmt: skip
        for code, more in given.items():
            answer = client.post(
                address(draft, "item-add", section=section.pk), usual | {"code": code} | more, headers=ENGLISH
            )
            assert answer.status_code == 302, text_of(answer)
        points = {
            item.code: (item.scale_min, item.scale_max) for item in draft.items.filter(code__startswith="X")
        }
        assert points == {
            "X1": (0, 10), "X2": (0, 2), "X3": (0, 10), "X4": (0, 1), "X5": (1, 2), "X6": (1, 3), "X7": (0, 60),
            "X8": (None, None), "X9": (1, 7),
        }  # fmt: skip
        assert draft.items.get(code="X2").labels["es"] == {"0": "a", "1": "b", "2": "c"}
        assert draft.items.get(code="X9").labels["en"] == {"1": "no", "7": "all"}
        page = client.get(draft.get_absolute_url(), headers=ENGLISH)
        says(page, "a number from 0 to 60", "X9")
        for code in given:
            url = address(draft, "item-edit", item=code)
            before = drafting.content_of(draft)
            assert client.post(url, form_of(client, url)).status_code == 302
            assert drafting.content_of(draft) == before, code

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"kind": "single"}, "in both languages"),
            ({"kind": "single", "words_es": "a\nb", "words_en": "a\nb\nc"}, "3 answers"),
            ({"kind": "single", "words_es": "a", "words_en": "a"}, "below the last"),
            ({"kind": "number", "low": 5, "high": 5}, "below the last"),
            ({"kind": "number"}, "between which numbers"),
            ({"kind": "number", "low": 0, "high": 99999}, "below the last"),
            ({"kind": "likert", "scale": "agreement", "words_es": "a", "words_en": "a"}, "has its words"),
            ({"kind": "text", "words_es": "a"}, "leave them empty"),
            ({"kind": "text", "code": "L01"}, "Another question has this code"),
            ({"kind": "text", "code": "9A"}, "begins with a capital letter"),
            ({"kind": "text", "help_es": "Ayuda"}, "in both languages, or in none"),
            ({"kind": "text", "importance_of": "L01"}, "one section with the same points"),
            ({"kind": "yes_no", "common_code": "WORKLOAD"}, "the same kind, scale"),
            ({"kind": "multiple", "words_es": "\n".join("abcdefghi" * 7), "words_en": "x"}, "At most 60"),
        ],
    )
    def test_that_is_not_whole_is_refused_and_nothing_is_lost(
        self, client: Any, draft: Any, more: dict[str, Any], words: str
    ) -> None:
        section = draft.sections.first()
        given = {"code": "X1", "text_es": "¿Qué tal?", "text_en": "How so?", "seen_version": 0} | more
        answer = client.post(address(draft, "item-add", section=section.pk), given, headers=ENGLISH)
        assert answer.status_code == 422
        says(answer, words, "How so?")
        assert draft.items.count() == 17

    def test_moves_within_its_section_and_over_its_edge(self, client: Any, draft: Any) -> None:
        url = address(draft, "item-move", item="L03")
        client.post(url, {"up": 1, "seen_version": seen(draft)})
        assert codes_of(draft)[:4] == ["L01", "L03", "L02", "L04"]
        for _press in range(2):
            client.post(url, {"down": 1, "seen_version": seen(draft)})
        assert codes_of(draft)[:4] == ["L01", "L02", "L03", "L04"]
        assert draft.items.get(code="L03").section.order == 2
        client.post(address(draft, "item-move", item="L01"), {"up": 1, "seen_version": seen(draft)})
        assert codes_of(draft)[0] == "L01"

    def test_keeps_kind_and_scale_under_its_code(self, client: Any, draft: Any) -> None:
        url = address(draft, "item-edit", item="L01")
        given = form_of(client, url)
        for change in ({"kind": "yes_no"}, {"scale": "ten"}, {"reverse": "on"}):
            answer = client.post(url, given | change, headers=ENGLISH)
            assert answer.status_code == 422
            says(answer, "Give this question a new code")
        assert client.post(url, given | {"text_es": "¿Estaba claro?"}).status_code == 302
        assert (
            client.post(
                url,
                given | {"kind": "yes_no", "code": "L01B", "common_code": "", "seen_version": seen(draft)},
            ).status_code
            == 302
        )
        assert codes_of(draft)[0] == "L01B"

    def test_of_another_kind_under_a_code_of_an_earlier_version_is_refused(
        self, client: Any, draft: Any
    ) -> None:
        client.post(address(draft, "item-remove", item="L01"), {"seen_version": draft.version})
        section = draft.sections.first()
        answer = client.post(
            address(draft, "item-add", section=section.pk),
            COMMENT | {"code": "L01", "seen_version": 0},
            headers=ENGLISH,
        )
        assert answer.status_code == 422
        says(answer, "Years are compared by the code")

    def test_depends_on_an_answer_of_an_earlier_section(self, client: Any, draft: Any) -> None:
        url = address(draft, "item-condition", item="L16")
        page = client.get(url, {"on": "L03"}, headers=ENGLISH)
        says(page, "Strongly disagree", "Who is asked L16")
        given = {"values": ["1", "2"], "seen_version": seen(draft)}
        assert client.post(f"{url}?on=L03", given).status_code == 302
        item = draft.items.get(code="L16")
        assert (item.shown_if_code, item.shown_if_values) == ("L03", [1, 2])
        says(client.get(draft.get_absolute_url(), headers=ENGLISH), "Strongly disagree, Disagree")
        rename = address(draft, "item-edit", item="L03")
        client.post(rename, form_of(client, rename) | {"code": "L03B"})
        assert draft.items.get(code="L16").shown_if_code == "L03B"
        required = address(draft, "item-edit", item="L16")
        answer = client.post(required, form_of(client, required) | {"required": "on"}, headers=ENGLISH)
        says(answer, "cannot be required")
        client.post(url, {"everybody": 1, "seen_version": seen(draft)})
        assert not draft.items.get(code="L16").is_conditional

    def test_cannot_depend_on_one_of_its_own_section_or_on_an_answer_that_is_not_there(
        self, client: Any, draft: Any
    ) -> None:
        url = address(draft, "item-condition", item="L16")
        for on, value in (("L15", "1"), ("L03", "9"), ("NOPE", "1")):
            answer = client.post(f"{url}?on={on}", {"values": value, "seen_version": seen(draft)})
            assert answer.status_code == 422, on
        assert not draft.items.get(code="L16").is_conditional


class TestPublishing:
    def test_is_blocked_with_its_reasons(self, client: Any, draft: Any, officer: Any) -> None:
        item_editing.set_condition(
            actor=officer,
            version=draft,
            item=draft.items.get(code="L04"),
            seen=draft.version,
            on="L01",
            values=[1],
        )
        client.post(
            address(draft, "section-move", section=draft.sections.first().pk),
            {"down": 1, "seen_version": seen(draft)},
        )
        client.post(address(draft, "section-add"), {"title_es": "Fin", "title_en": "End", "seen_version": 0})
        page = client.get(draft.get_absolute_url(), headers=ENGLISH)
        says(page, "L04 depends on L01", "The section “End” has no question.")
        answer = client.post(address(draft, "publish"), {"seen_version": seen(draft)}, headers=ENGLISH)
        assert answer.status_code == 422
        assert QuestionnaireVersion.objects.get(pk=draft.pk).state == "draft"

    def test_warns_of_answers_in_other_words(self, client: Any, draft: Any) -> None:
        url = address(draft, "item-edit", item="L01")
        words = {"scale": "own", "words_es": "a\nb\nc\nd\ne", "words_en": "a\nb\nc\nd\ne"}
        assert client.post(url, form_of(client, url) | words).status_code == 302
        page = client.get(address(draft, "publish"), headers=ENGLISH)
        says(page, "L01 offers its answers in other words")


class TestTwoPeopleAtOnce:
    def test_the_second_sees_both_texts_and_decides(self, client: Any, draft: Any) -> None:
        url = address(draft, "item-edit", item="L01")
        mine = form_of(client, url)
        client.post(url, mine | {"text_en": "Was it clear?"})
        answer = client.post(url, mine | {"text_en": "Was it plain?"}, headers=ENGLISH)
        assert answer.status_code == 409
        says(answer, "Was it clear?", "Was it plain?")
        assert draft.items.get(code="L01").text_en == "Was it clear?"
        again = mine | {
            "text_en": "Was it plain?",
            "seen_version": answer.context["form"]["seen_version"].value(),
        }
        assert client.post(url, again).status_code == 302
        assert draft.items.get(code="L01").text_en == "Was it plain?"

    def test_a_question_that_was_removed_meanwhile_is_not_written_again(
        self, client: Any, draft: Any
    ) -> None:
        url = address(draft, "item-edit", item="L01")
        mine = form_of(client, url)
        draft.items.get(code="L01").delete()
        assert client.post(url, mine).status_code == 404

    def test_what_was_moved_or_published_on_an_old_page_is_asked_again(self, client: Any, draft: Any) -> None:
        old = seen(draft)
        client.post(address(draft, "item-move", item="L03"), {"up": 1, "seen_version": old})
        answer = client.post(
            address(draft, "item-move", item="L01"),
            {"down": 1, "seen_version": old},
            follow=True,
            headers=ENGLISH,
        )
        says(answer, "nothing was moved")
        assert codes_of(draft)[:3] == ["L01", "L03", "L02"]
        for name in ("publish", "discard"):
            answer = client.post(address(draft, name), {"seen_version": old}, headers=ENGLISH)
            assert answer.status_code == 422
            says(answer, "in the meantime")
        assert QuestionnaireVersion.objects.get(pk=draft.pk).state == "draft"

    def test_two_who_add_lose_nothing(self, client: Any, draft: Any) -> None:
        section = draft.sections.first()
        for code in ("X1", "X2"):
            url = address(draft, "item-add", section=section.pk)
            assert client.post(url, COMMENT | {"code": code, "seen_version": 0}).status_code == 302
        assert draft.items.count() == 19


class TestComparison:
    def test_says_in_words_what_changed(self, client: Any, draft: Any, max_queries: Any) -> None:
        url = address(draft, "item-edit", item="L02")
        client.post(
            url, form_of(client, url) | {"text_en": "What was published was what happened.", "required": "on"}
        )
        client.post(address(draft, "item-remove", item="L16"), {"seen_version": seen(draft)})
        client.post(address(draft, "item-move", item="L05"), {"up": 1, "seen_version": seen(draft)})
        section = draft.sections.last()
        client.post(address(draft, "item-add", section=section.pk), COMMENT | {"seen_version": 0})
        with max_queries(20):
            page = client.get(
                reverse("feedback:questionnaire-compare", args=["LEARNER-END"]), headers=ENGLISH
            )
        says(
            page,
            "16 questions are in both",
            "It must be answered now.",
            "Anything else?",
            "What was best?",
            "It stands in another place of its section.",
            "Question in English",
        )
        same = client.get(
            reverse("feedback:questionnaire-compare", args=["LEARNER-END"]),
            {"before": 2, "after": 2},
            headers=ENGLISH,
        )
        says(same, "The two versions say the same.")


class TestPreview:
    def test_is_the_survey_itself_and_keeps_nothing(self, client: Any, draft: Any) -> None:
        url = address(draft, "preview")
        begin = client.get(url, headers=ENGLISH)
        says(begin, "Preview of LEARNER-END v4", "Nobody will know what you answered", "4 pages")
        first = client.post(url, {"shown_in": "en"}, headers=ENGLISH)
        says(first, "Before I enrolled", "Section 1 of 4", "Strongly agree")
        statements = tables()
        second = client.post(url, state_of(first) | {"q-L01": "5", "go": "on"})
        says(second, "Section 2 of 4")
        back = client.post(url, state_of(second) | {"q-L04": "2", "back": "1"})
        assert re.search(r'value="5" checked', text_of(back))
        spanish = client.post(url, state_of(back) | {"q-L01": "4", "language": "es"})
        says(spanish, "Antes de matricularme", 'lang="es"')
        assert re.search(r'value="4" checked', text_of(spanish))
        page = spanish
        for _section in range(4):
            page = client.post(url, state_of(page) | {"go": "on", "q-L15": "9", "shown_in": "en"})
        says(page, "End of the preview")
        assert tables() == statements
        assert "survey_token" not in client.cookies

    def test_goes_by_what_was_answered(self, client: Any, draft: Any) -> None:
        employer = QuestionnaireVersion.objects.get(questionnaire__code="TEACHER")
        url = address(employer, "preview")
        page = client.post(url, {"shown_in": "en"})
        page = client.post(url, state_of(page) | {"go": "on"})
        no = client.post(url, state_of(page) | {"q-T08": "0", "go": "on"})
        says(no, "Which were not reached, and why?")
        yes = client.post(url, state_of(page) | {"q-T08": "1", "go": "on"})
        assert_hides(yes, "Which were not reached, and why?")

    def test_refuses_what_the_survey_refuses(self, client: Any, draft: Any) -> None:
        url = address(draft, "preview")
        first = client.post(url, {"shown_in": "en"})
        wrong = client.post(url, state_of(first) | {"q-L01": "99", "go": "on"})
        assert wrong.status_code == 422
        says(wrong, "There is a problem")

    @pytest.mark.parametrize(
        "carried", ["[1]", "{", '{"values": {"L01": {"a": 1}}}', '{"values": 3}', "[" * 5000]
    )
    def test_takes_no_state_that_it_did_not_make(self, client: Any, draft: Any, carried: str) -> None:
        url = address(draft, "preview")
        answer = client.post(url, {"shown_in": "en", "page": "1", "carried": carried, "go": "on"})
        says(answer, "Section 2 of 4")
        answer = client.post(url, {"shown_in": "xx", "page": "77", "carried": carried, "go": "on"})
        assert answer.status_code == 200

    def test_of_a_draft_without_questions_says_so(self, client: Any, officer: Any) -> None:
        version = drafting.create_questionnaire(
            actor=officer,
            code="EMPTY",
            audience="learner",
            heading=drafting.Heading({"es": "Vacío", "en": "Empty"}),
        )
        says(client.get(address(version, "preview"), headers=ENGLISH), "It has no question yet.")
        assert client.post(address(version, "preview")).status_code == 200


def state_of(page: Any) -> dict[str, str]:
    """The hidden fields of a page of the preview."""
    html = page.content.decode()
    found = dict(re.findall(r'name="(page|shown_in)" value="([^"]*)"', html))
    carried = page.context["carried"]
    json.loads(carried)
    return found | {"carried": carried}


def tables() -> list[int]:
    return [model.objects.count() for model in (Draft, Inbox, SignedAnswer, Section, AuditEvent)]


def test_a_pack_never_writes_over_a_version_of_the_university(officer: Any, draft: Any) -> None:
    from feedback.packs import FOLDER
    from feedback.packs.schema import QuestionnairePack
    from feedback.services.questionnaires import store_pack
    from iqas.core.packs import read_pack

    shipped = read_pack(FOLDER / "learner-middle-2.yaml", QuestionnairePack)[0]
    base = QuestionnaireVersion.objects.get(questionnaire__code="LEARNER-MIDDLE")
    own = drafting.begin_version(actor=officer, version=base)
    newer = shipped.model_copy(update={"version": 3, "source": "the next release"})
    stored = [store_pack(newer), store_pack(newer)]
    assert [version.number for version in stored] == [4, 4]
    own.refresh_from_db()
    assert (own.number, own.origin, own.items.count()) == (3, "own", 7)
    assert connection.in_atomic_block
