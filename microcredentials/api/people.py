"""Who somebody is, as a request says it: the same checks as in the form and in an imported row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from iqas.core.rest import Shape
from iqas.core.tabular import CellError
from microcredentials.identity import (
    LENGTHS,
    Identity,
    birth_year_of,
    country_of,
    document_of,
    email_of,
    name_of,
    residence_of,
    student_number_of,
)
from microcredentials.models import Learner, LearnerStatistics

CHECKED: dict[str, Callable[[str], Any]] = {
    "given_name": lambda text: name_of(text, LENGTHS["given_name"]),
    "family_name": lambda text: name_of(text, LENGTHS["family_name"]),
    "email": email_of,
    "student_number": student_number_of,
    "nationality": country_of,
    "residence": residence_of,
}


def _text(limit: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(**{"required": False, "allow_blank": True, "max_length": limit, **more})


class StatisticsShape(Shape):
    """What is only ever counted: written, never read back."""

    sex = serializers.ChoiceField(choices=LearnerStatistics.Sex.choices, required=False)
    birth_year = serializers.IntegerField(required=False)
    nationality = _text(40, help_text="Two letters of ISO 3166, as PT.")
    residence = _text(80)
    access = serializers.ChoiceField(choices=LearnerStatistics.Access.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = checked(attrs)
        if "birth_year" in said:
            said["birth_year"] = _or_error("birth_year", birth_year_of, str(said["birth_year"]))
        return {name: value for name, value in said.items() if value not in ("", None)}


class IdentityShape(Shape):
    given_name = _text(LENGTHS["given_name"])
    family_name = _text(LENGTHS["family_name"])
    email = _text(LENGTHS["email"])
    document_kind = serializers.ChoiceField(
        choices=Learner.Document.choices,
        required=False,
        allow_blank=True,
        help_text="DNI and NIE are recognised by their shape.",
    )
    document_number = _text(LENGTHS["document_number"])
    student_number = _text(LENGTHS["student_number"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = checked(attrs)
        if said.get("document_number"):
            kind, number = _or_error(
                "document_number",
                lambda text: document_of(said.get("document_kind", ""), text),
                said["document_number"],
            )
            said |= {"document_kind": kind, "document_number": number}
        return said


def identity_of(said: Mapping[str, Any], learner: Learner | None = None) -> Identity:
    """What is said, over what is known of the learner."""
    known = {name: getattr(learner, name) for name in Learner.IDENTITY} if learner else {}
    return Identity(**known | {name: said[name] for name in Learner.IDENTITY if name in said})


def checked(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Refuses each that is illegal, by its name."""
    said, errors = dict(attrs), {}
    for name, convert in CHECKED.items():
        if said.get(name):
            try:
                said[name] = convert(said[name])
            except CellError as illegal:
                errors[name] = [illegal.message]
    if errors:
        raise ValidationError(errors)
    return said


def _or_error(name: str, convert: Callable[[str], Any], text: str) -> Any:
    try:
        return convert(text)
    except CellError as illegal:
        raise ValidationError({name: [illegal.message]}) from illegal
