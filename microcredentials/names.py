"""Names that could pass for an official degree, or that the law keeps for longer studies.

A name is read in pieces (at colons, dashes, brackets, commas), and in each piece only its head counts: "Máster en datos"
is refused, "Preparar el trabajo de fin de máster" is not. Basque puts the head last, so its words count anywhere. What
looks like a letter is read as that letter: "Мaster" with a Cyrillic М is a "Master".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
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
LOOKALIKES = str.maketrans(
    # Cyrillic, Greek, and the Latin letters that only phonetics uses
    "АВЕКМНОРСТУХІЈЅԚԜавекмнорстухіјѕԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧΛΔΣαβεικνορτυχᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɑɡ",
    "ABEKMHOPCTYXIJSQWabekmhopctyxijsqwABEZHIKMNOPTYXADSabeikvoptuxabcdefghijklmnoprstuvwyziag",
)
SPELT_OUT = re.compile(r"(?<!\w)(?:\w[ .·_-]){3,}\w(?!\w)")
WRAPPER = re.compile(
    r"(?:el|la|un|una|curso|programa|plan de estudios|estudios|titulo|titulacion|microcredencial|micromodulo|"
    r"formacion|ensenanzas?|universitari[oa]s?|oficial|propi[oa]|online|en linea|virtual|nuevo|nueva|doble|"
    r"de|del|en|como|the|a|an|course|programme|program|official|double|joint|in|of|"
    r"curs|titol|titulacio|microcredencial|formacio|titulu|ikastaroa)\s+"
)
OFFERED = (
    r"(?:curso|curs|programa|plan|titulo|titol|titulu|titulacion?|grado|posgrado|diploma|certificado|microcredencial|"
    r"formacion?|ensenanza|acreditacion|especializacion)"
)
MEASURED = (
    r"(?!\s+(?:de|del|en)\s+(?:dificultad|complejidad|exigencia|intensidad|riesgo|detalle|profundidad|madurez|"
    r"desarrollo|dependencia|autonomia|humedad|acidez|que|el que|la que)\b)"
)
RULES: tuple[tuple[str, str | Promise], ...] = (
    (OFFERED + r"(?: (?:universitari[oa]|superior|propi[oa]))* (?:oficial|ofiziala?)\b", OFFICIAL),
    (r"(?:estudios|ensenanzas|ensenyaments) oficial(?:es|s)(?= (?:de|en)\b|$)", OFFICIAL),
    (
        r"official (?:university )?(?:degree|title|diploma|certificate|qualification|course|programme|program)\b",
        OFFICIAL,
    ),
    (r"master(?:es)? (?:universitari[oa] )?(?:de|en) formacion permanente", LASTING_MASTER),
    (
        r"(?:(?:micro|mini|nano|post) ?)?masters?(?: s)?\b(?!\s*(?:class|data|plan|the|your|a|an|and|key|chef|boot|amaierako)\b)(?: universitari[oa])?",
        OFFICIAL,
    ),
    (r"(?:executive |mini )?mba\b", OFFICIAL),
    (r"(?:maestria|mestrado|mestratge)(?= (?:universitari[oa]|en|em|de|executiv[oa])\b|$)", OFFICIAL),
    (r"(?:magister|magistri)\b", OFFICIAL),
    (r"pos ?t?gra(?:do|du|u|o)s?\b", OFFICIAL),
    (r"(?:post ?graduate|graduate) (?:degree|diploma|certificate|course|programme|program)\b", OFFICIAL),
    (r"pos ?t?graduad[oa](?: [oa])? (?:en|de|em)\b", OFFICIAL),
    (r"grado (?:medio|superior|basico)\b" + MEASURED, VOCATIONAL),
    (r"grado (?:[a-e]|d[e]? formacion profesional)\b(?= (?:en|de)\b|$)", VOCATIONAL),
    (r"(?:grado|grau|grao)(?: universitari[oa]?)?(?= en\b)" + MEASURED, OFFICIAL),
    (r"(?:grado|grau|grao) (?:universitari[oa]?|oficial)\b", OFFICIAL),
    (r"graduad[oa](?: [oa])?(?: graduad[oa])?(?: universitari[oa])? en\b", OFFICIAL),
    (r"(?:bachelor(?: s)?|licenciatura|diplomatura)\b", OFFICIAL),
    (r"(?:licenciad|diplomad)[oa](?: a)? en\b", OFFICIAL),
    (r"degree in\b", OFFICIAL),
    (r"(?:doctorado|doctorat|doctorate|doutoramento|ph ?d)\b", OFFICIAL),
    (r"doctora?(?: a)? (?:en|por|of|in)\b", OFFICIAL),
    (r"tecnic[oa](?: [oa]| o tecnic[oa])? (?:superior|medio|especialista|auxiliar)\b", VOCATIONAL),
    (r"tecnic[oa](?: [oa]| o tecnic[oa])? en\b", VOCATIONAL),
    (r"(?:ciclo formativo|cicle formatiu|lanbide heziketa)\b", VOCATIONAL),
    (
        r"formacion? profess?ional(?= (?:en|dual|basica|inicial|reglada|para el empleo|per a l ocupacio)\b|$)",
        VOCATIONAL,
    ),
    (
        r"formacion? profess?ional de (?!(?:los|las|el|la|docente|profesor|formador|tutor|persona))",
        VOCATIONAL,
    ),
    (r"certifica(?:do|t) (?:profess?ional|de profess?ionali[dt]at?d?)\b", VOCATIONAL),
    (r"fp (?:(?:de )?(?:grado|basica|media|superior)|en)\b", VOCATIONAL),
    (r"bachiller(?:ato)? (?:en|de)\b", OFFICIAL),
    (r"diploma (?:universitario )?de (?:expert[oa]|especialista|especializacion)\b", RESERVED),
    (r"(?:expert[oa]|especialista)(?: [oa])? universitari[oa]\b", RESERVED),
)
ANYWHERE: tuple[tuple[str, str | Promise], ...] = (
    (
        r"\bunibertsitate (?:masterr?a?|gradua)\b|\bmasterra\b|\bgraduondoko\w*|\bdoktoreg\w*|\btitulu ofiziala?\b",
        OFFICIAL,
    ),
    (r"\blanbide heziketa\w*", VOCATIONAL),
)
# "Grado de Enfermería" is a degree, "grado de satisfacción" a measure: the capital tells.
DEGREE_OF = re.compile(r"(?i:gra[duo]+ de) (?=[A-ZÁÉÍÓÚÑ])")
HEADS = tuple((re.compile(pattern), message) for pattern, message in RULES)
WORDS = tuple((re.compile(pattern), message) for pattern, message in ANYWHERE)


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
    for piece in PIECES.split(legible(name)):
        whole = folded(piece)
        if DEGREE_OF.match(piece.strip()) and re.match(r"gra\w+" + MEASURED, whole):
            return Confusion(whole[: len("grado de")], OFFICIAL)
        for pattern, message in WORDS:
            if found := pattern.search(whole):
                return Confusion(found.group(0).strip(), message)
        for head in _heads(whole):
            for pattern, message in HEADS:
                if found := pattern.match(head):
                    return Confusion(found.group(0).strip(), message)
    return None


def legible(name: str) -> str:
    """The name as a reader takes it: look-alikes as Latin letters, without invisible signs, words spelt out as words."""
    shown = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", shown).translate(LOOKALIKES))
    return SPELT_OUT.sub(lambda spelt: re.sub(r"[\W_]", "", spelt.group(0)), plain)


def _heads(whole: str) -> Iterator[str]:
    """The words, and what is left of them as each wrapping word is taken off."""
    yield whole
    while wrapping := WRAPPER.match(whole):
        whole = whole[wrapping.end() :]
        yield whole
