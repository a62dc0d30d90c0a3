"""Names that could pass for an official degree, and names that only sound like it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.utils import translation

from iqas.core.refusals import RuleViolation
from microcredentials import rules

REFUSED = {
    "36": """
        Máster en datos | MÁSTER UNIVERSITARIO EN DERECHO | Curso de Máster en IA | Gestión sanitaria (Máster)
        Máster | Master of Science | Master's in data | Micro-máster en datos | MBA ejecutivo | Ｍáster en datos
        Grado en Enfermería | Doble Grado en Derecho y ADE | Título de Grado en Historia | Grado de Enfermería
        Grado universitario de Música | Graduado o Graduada en Física | Graduado/a en Física | Grau en Medicina
        Doctorado en Química | Programa de Doctorado en Química | Doctora en Química | PhD in Physics
        Licenciatura en Historia | Bachelor of Arts | Bachelor's degree in Law | Doutoramento en Química
        Curso oficial en datos | Título oficial de Ciberseguridad | Titulación oficial en Derecho | Título oficial
        Título universitario oficial en IA | Programa oficial en datos | Estudios oficiales de Derecho
        Curs oficial de dades | Titulu ofiziala datuetan | Official degree in data | Microcredencial oficial en IA
        Posgrado | Posgrado en datos | Postgrado en IA | Curso de posgrado en riego | Postgrau en dades
        Postgraduado en riego | Postgraduate diploma in data | Magíster | Magíster en datos
        Maestría | Maestría en datos | Mestrado | Mestrado em dados | Màster en dades
        Unibertsitate Masterra | Datu Zientziako Unibertsitate Masterra
    """,
    "37.8": """
        Técnico en Cuidados Auxiliares de Enfermería | Técnico Superior en Integración Social
        Técnica Superior en Laboratorio | Técnico/a Superior en Imagen | Curso de técnico superior en imagen
        Grado Medio en Sistemas Microinformáticos | Microcredencial: Grado Superior en Automoción
        Ciclo formativo de grado superior de Administración | Certificado de profesionalidad en soldadura
        Grado C en soldadura | Formación Profesional en cocina | Curso de Formación Profesional en cocina
        Formación profesional para el empleo | Formación Profesional de Informática | FP en cocina
        Formació professional en cuina | Certificat de professionalitat en soldadura | Lanbide Heziketa: sukaldaritza
    """,
    "37.6": """
        Diploma de Experto en Riego | Diploma de Especialización en Riego | Experto Universitario en Riego
        Especialista Universitaria en Riego | Máster de Formación Permanente en Vino
    """,
}
ALLOWED = """
    Textos de grado medio de dificultad | Grado medio de dificultad en rutas de montaña
    Evaluación del grado en que se cumplen los contratos | Grado de satisfacción de la clientela
    Preparar el trabajo de fin de máster | Dirigir trabajos de fin de grado | Redacción de la tesis doctoral
    Masterclass de cocina | Master data management para la industria | Mastering Excel | Master the cloud
    Técnicas de laboratorio | Técnica de la acuarela | Asistencia técnica en obra | Personal técnico en riego
    Experto en Excel | Graduación de lentes | Grados de libertad en estadística | Licencias de obra
    Doctor, tengo una duda: comunicación clínica | Maestros del vino | Diploma digital y cadenas de bloques
    De la formación profesional a la universidad: orientación | Ciberseguridad para pequeñas empresas
    Inglés para oficiales de marina | Boletín Oficial del Estado: cómo leerlo | Estadística oficial en España
    Documentos oficiales y su traducción | Traducción jurada de títulos oficiales | Oficial de mantenimiento de parques
    Lenguas cooficiales en la administración | Homologación de titulaciones oficiales | Curso de protocolo oficial
    Programas oficiales europeos: cómo pedir ayudas | Certificados oficiales: firma electrónica
    Orientación a estudiantes de posgrado | Escribir en el posgrado | La maestría artesana del vidrio
    Maestría del detalle | Magisterio: retos digitales | Tutores de formación profesional dual
    Formación profesional de los docentes | Formación profesional docente | Formación profesional continua en radioterapia
    Master amaierako lana prestatzea | Asebetetze gradua neurtzea | Grado de madurez digital
    α-amilasa y otras enzimas | β-talasemia: diagnóstico | A B C de la nutrición | I+D+i en pymes
"""


def listed(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split("|") if name.strip()]


@pytest.mark.parametrize(
    ("name", "article"), [(name, article) for article, names in REFUSED.items() for name in listed(names)]
)
def test_a_name_that_could_pass_for_a_degree_is_refused_with_its_article(name: str, article: str) -> None:
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        rules.check_name(name)
    assert refusal.value.code == "official-name"
    assert f"art. {article}" in str(refusal.value.message)


@pytest.mark.parametrize("name", listed(ALLOWED))
def test_a_name_that_only_sounds_like_it_is_allowed(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Мaster en datos",  # Cyrillic М
        "Mа́ster en datos",  # Cyrillic а with a Latin accent
        "Μάster en datos",  # Greek Μ and ά
        "M\u200báster en datos",
        "Má\u00adster en datos",
        "ᴍᴀꜱᴛᴇʀ en datos",
        "M.Á.S.T.E.R. en datos",
        "M á s t e r en datos",
        "Grаdo en Derecho",  # Cyrillic а
        "Doctοrado en Química",  # Greek omicron
    ],
)
def test_what_looks_like_a_letter_is_read_as_that_letter(name: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        rules.check_name(name)
    assert refusal.value.code == "official-name"


def test_no_real_name_is_refused(shared_data: Path) -> None:
    with (shared_data / "catalogue-real" / "catalogue.csv").open(encoding="utf-8") as file:
        titles = [row["titulo"] for row in csv.DictReader(file, delimiter=";")]
    assert titles
    for title in titles:
        rules.check_name(title)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", ""),
        (
            " https://data.europa.eu/esco/skill/0005C151-5b5a-4a66-8aac-60e734beb1ab ",
            "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        ),
    ],
)
def test_an_esco_address_has_one_form(written: str, stored: str) -> None:
    assert rules.esco_address(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "http://data.europa.eu/esco/skill/",
        "http://data.europa.eu/esco/occupation/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        "http://example.org/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab/x",
        "javascript:alert(1)",
    ],
)
def test_another_address_is_no_esco_skill(written: str) -> None:
    with pytest.raises(RuleViolation, match="ESCO"):
        rules.esco_address(written)
