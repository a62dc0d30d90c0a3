"""Names that could pass for an official degree, or that the law keeps for longer studies.

A name is read in pieces (at colons, dashes, brackets, commas), and in each piece only its head counts: "Máster en datos"
is refused, "Preparar el trabajo de fin de máster" is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core.tabular import folded

OFFICIAL = _(
    "“%(words)s” could pass for an official degree: neither name nor format of an own title may cause that confusion "
    "(RD 822/2021 art. 36)."
)
VOCATIONAL = _(
    "“%(words)s” could pass for vocational training: a micro-credential is never to be confused with it "
    "(RD 822/2021 art. 37.8)."
)
RESERVED = _("“%(words)s” is kept for longer lifelong-learning studies (RD 822/2021 art. 37.6).")
LASTING_MASTER = _("“%(words)s” is kept for studies of 60, 90 or 120 ECTS (RD 822/2021 art. 37.6 and 37.9).")

PIECES = re.compile(r"[:;,.()\[\]|«»“”\"]|\s[-–—]\s|[–—]")
WRAPPING = re.compile(
    r"^(?:(?:el|la|un|una|curso|programa|plan de estudios|estudios|titulo|titulacion|microcredencial|micromodulo|"
    r"formacion|ensenanzas?|universitari[oa]s?|oficial|propi[oa]|online|en linea|virtual|nuevo|nueva|doble|"
    r"de|del|en|como|the|a|an|course|programme|program|official|double|joint|in|of)\s+)+"
)
MEASURED = (
    r"(?!\s+(?:de|del|en)\s+(?:dificultad|complejidad|exigencia|intensidad|riesgo|detalle|profundidad|madurez|"
    r"desarrollo|dependencia|autonomia|humedad|acidez|que|el que|la que)\b)"
)
RULES: tuple[tuple[str, str | Promise], ...] = (
    (r"master(?:es)? (?:universitari[oa] )?(?:de|en) formacion permanente", LASTING_MASTER),
    (
        r"(?:(?:micro|mini|nano|post) ?)?masters?(?: s)?\b(?!\s*(?:class|data|plan|the|your|a|an|and|key|chef|boot)\b)(?: universitari[oa])?",
        OFFICIAL,
    ),
    (r"(?:executive |mini )?mba\b", OFFICIAL),
    (r"grado (?:medio|superior|basico)\b" + MEASURED, VOCATIONAL),
    (r"grado (?:[a-e]|d[e]? formacion profesional)\b(?= (?:en|de)\b|$)", VOCATIONAL),
    (r"(?:grado|grau|grao)(?: universitari[oa]?)?(?= en\b)" + MEASURED, OFFICIAL),
    (r"(?:grado|grau|grao) (?:universitari[oa]?|oficial)\b", OFFICIAL),
    (r"graduad[oa](?: [oa])?(?: graduad[oa])?(?: universitari[oa])? en\b", OFFICIAL),
    (r"(?:bachelor(?: s)?|licenciatura|diplomatura)\b", OFFICIAL),
    (r"(?:licenciad|diplomad)[oa](?: a)? en\b", OFFICIAL),
    (r"degree in\b", OFFICIAL),
    (r"(?:doctorado|doctorat|doctorate|ph ?d)\b", OFFICIAL),
    (r"doctora?(?: a)? (?:en|por|of|in)\b", OFFICIAL),
    (r"tecnic[oa](?: [oa]| o tecnic[oa])? (?:superior|medio|especialista|auxiliar)\b", VOCATIONAL),
    (r"tecnic[oa](?: [oa]| o tecnic[oa])? en\b", VOCATIONAL),
    (r"(?:ciclo formativo|formacion profesional de grado)\b", VOCATIONAL),
    (r"certificado (?:profesional|de profesionalidad)\b", VOCATIONAL),
    (r"fp (?:de )?(?:grado|basica|media|superior)\b", VOCATIONAL),
    (r"bachiller(?:ato)? (?:en|de)\b", OFFICIAL),
    (r"diploma (?:universitario )?de (?:expert[oa]|especialista|especializacion)\b", RESERVED),
    (r"(?:expert[oa]|especialista)(?: [oa])? universitari[oa]\b", RESERVED),
)
# "Grado de Enfermería" is a degree, "grado de satisfacción" a measure: the capital tells.
DEGREE_OF = re.compile(r"(?i:gra[duo]+ de) (?=[A-ZÁÉÍÓÚÑ])")
COMPILED = tuple((re.compile(pattern), message) for pattern, message in RULES)


@dataclass(frozen=True)
class Confusion:
    """The words of a name that may mislead, and the sentence with its article."""

    words: str
    message: str | Promise

    @property
    def article(self) -> str:
        if self.message is OFFICIAL:
            return "RD 822/2021 art. 36"
        return f"RD 822/2021 art. {'37.8' if self.message is VOCATIONAL else '37.6'}"


def confusion_in(name: str) -> Confusion | None:
    """What of the name could pass for something that it is not."""
    for piece in PIECES.split(name):
        whole = folded(piece)
        if DEGREE_OF.match(piece.strip()) and re.match(r"gra\w+" + MEASURED, whole):
            return Confusion(whole[: len("grado de")], OFFICIAL)
        for head in dict.fromkeys((whole, WRAPPING.sub("", whole))):
            for pattern, message in COMPILED:
                if found := pattern.match(head):
                    return Confusion(found.group(0).strip(), message)
    return None
