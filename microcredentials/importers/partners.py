"""The columns of a list of partners, and one row of it, read strictly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from iqas.core.tabular import Headers, Row, RowError, folded, shown
from microcredentials.models import Partner

COLUMNS = Headers(
    {
        "name": (
            "Nombre",
            "Denominación",
            "Razón social",
            "Entidad",
            "Organización",
            "Organisation",
            "Partner",
        ),
        "kind": ("Tipo", "Tipo de entidad", "Clase", "Type"),
        "tax_id": ("NIF", "CIF", "VAT", "Identificación fiscal", "Tax number"),
        "country": ("País", "Código de país"),
        "website": ("Web", "Página web", "Sitio web", "URL"),
        "notes": ("Notas", "Observaciones", "Comentarios", "Remarks"),
    }
)
KINDS = {
    Partner.Kind.EMPLOYER: ("empleador", "empleadora", "entidad empleadora"),
    Partner.Kind.COMPANY: ("empresa", "compania", "business"),
    Partner.Kind.EMPLOYMENT_SERVICE: ("servicio publico de empleo", "empleo", "public employment service"),
    Partner.Kind.PROFESSIONAL_BODY: (
        "colegio profesional",
        "asociacion profesional",
        "colegio",
        "professional association",
    ),
    Partner.Kind.CIVIL_SOCIETY: ("sociedad civil", "ong", "asociacion", "fundacion", "ngo"),
    Partner.Kind.COMMUNITY_CENTRE: ("centro comunitario", "centro civico", "centro social"),
    Partner.Kind.UNIVERSITY: ("universidad",),
    Partner.Kind.VET: ("formacion profesional", "centro de fp", "fp", "vocational training"),
    Partner.Kind.OTHER_PROVIDER: ("otro proveedor", "otra entidad formativa", "other provider", "provider"),
    Partner.Kind.ADMINISTRATION: ("administracion publica", "administracion", "ayuntamiento"),
}
BY_WORD = {word: kind for kind, words in KINDS.items() for word in (*words, kind.value.replace("_", " "))}


@dataclass
class PartnerRow:
    """What one row says; `given` holds the cells that are not empty, which alone change anything."""

    number: int
    name: str
    given: dict[str, Any] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def read_partner(row: Row) -> PartnerRow:
    """The row with every illegal value named."""
    found = PartnerRow(row.number, " ".join(row.get("name").split()))
    if not found.name:
        found.errors.append(row.error("name", "missing", _("A partner needs a name.")))
    for column, longest in (("name", 200), ("tax_id", 20), ("website", 300), ("notes", 4000)):
        text = found.name if column == "name" else row.get(column)
        if len(text) > longest:
            message = _("At most %(limit)s characters.") % {"limit": longest}
            found.errors.append(row.error(column, "max_length", message))
        elif text:
            found.given[column] = text
    _kind(row, found)
    _country(row, found)
    _website(row, found)
    return found


def _kind(row: Row, found: PartnerRow) -> None:
    words = folded(row.get("kind"))
    if not words:
        return
    kind = BY_WORD.get(words)
    if kind is None:
        message = _("“%(value)s” is no kind of partner: %(kinds)s.") % {
            "value": shown(row.get("kind")),
            "kinds": ", ".join(str(label) for label in Partner.Kind.labels),
        }
        found.errors.append(row.error("kind", "unknown-kind", message))
    else:
        found.given["kind"] = kind.value


def _country(row: Row, found: PartnerRow) -> None:
    text = row.get("country").strip().upper()
    if not text:
        return
    if len(text) == 2 and text.isascii() and text.isalpha():
        found.given["country"] = text
    else:
        message = _("“%(value)s” is no country: two letters, as ES.") % {"value": shown(text)}
        found.errors.append(row.error("country", "not-a-country", message))


def _website(row: Row, found: PartnerRow) -> None:
    text = found.given.get("website", "")
    if not text:
        return
    address = text if "://" in text else f"https://{text}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or "." not in parts.netloc or " " in address:
        message = _("“%(value)s” is no web address.") % {"value": shown(text)}
        found.errors.append(row.error("website", "not-an-address", message))
    found.given["website"] = address
