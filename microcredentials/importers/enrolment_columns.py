"""The columns of a list of enrolments, the headers that mean them, and the words of their values.

docs/how-to/import-enrolments.md prints these tables.
"""

from __future__ import annotations

from iqas.core.tabular import Headers
from microcredentials.models import Enrolment, Learner, LearnerStatistics

State, Document = Enrolment.State, Learner.Document
Sex, Access = LearnerStatistics.Sex, LearnerStatistics.Access

COLUMNS = Headers(
    {
        "edition": ("Edición", "Código de edición", "Código edición", "Edition code"),
        "given_name": ("Nombre", "Nombre de pila", "First name", "Given names"),
        "family_name": ("Apellidos", "Apellido", "Last name", "Surname", "Surnames", "Family names"),
        "full_name": (
            "Apellidos y nombre",
            "Apellidos, nombre",
            "Estudiante",
            "Alumno",
            "Alumna",
            "Alumno/a",
            "Learner",
            "Student",
        ),
        "email": ("Correo", "Correo electrónico", "E-mail", "Mail", "Email address"),
        "document_kind": (
            "Tipo de documento",
            "Tipo documento",
            "Tipo doc",
            "Document type",
            "Kind of document",
        ),
        "document_number": (
            "Documento",
            "Número de documento",
            "Nº documento",
            "DNI",
            "DNI/NIE",
            "DNI/NIE/Pasaporte",
            "NIF",
            "Identity document",
            "Document",
            "ID number",
        ),
        "student_number": (
            "Número de estudiante",
            "Nº estudiante",
            "Expediente",
            "Número de expediente",
            "NIA",
            "Student id",
            "Record number",
        ),
        "state": ("Estado", "Situación", "Resultado", "Status", "Result"),
        "grade": ("Nota", "Calificación", "Nota final", "Mark", "Final grade"),
        "enrolled_on": (
            "Fecha de matrícula",
            "Matriculado el",
            "Fecha matrícula",
            "Enrolment date",
            "Enrolled",
        ),
        "state_on": (
            "Fecha del estado",
            "Fecha del resultado",
            "Fecha de baja",
            "Fecha estado",
            "Status date",
            "Result date",
        ),
        "reason": ("Motivo", "Motivo de la corrección", "Motivo del cambio", "Reason of the correction"),
        "sex": ("Sexo", "Género", "Gender"),
        "birth_year": (
            "Año de nacimiento",
            "Fecha de nacimiento",
            "Nacimiento",
            "Year of birth",
            "Date of birth",
            "Birth date",
        ),
        "nationality": ("Nacionalidad", "País de nacionalidad", "Country of nationality"),
        "residence": ("Residencia", "Lugar de residencia", "Provincia", "Municipio", "Place of residence"),
        "access": ("Vía de acceso", "Acceso", "Access route", "Entry route"),
    }
)

STATES = {
    State.ENROLLED: (
        "matriculado",
        "matriculada",
        "matricula",
        "activo",
        "activa",
        "inscrito",
        "inscrita",
        "active",
    ),
    State.WITHDRAWN_EARLY: (
        "baja antes del inicio",
        "anulado",
        "anulada",
        "anulacion",
        "desistimiento",
        "withdrawn before the start",
    ),
    State.WITHDRAWN: ("baja", "abandono", "abandona", "abandonado", "dropped", "dropped out"),
    State.COMPLETED: ("finalizado", "finalizada", "finaliza", "completado", "completada", "finished"),
    State.PASSED: ("apto", "apta", "aprobado", "aprobada", "supera", "superado", "superada", "pass"),
    State.FAILED: ("no apto", "no apta", "suspenso", "suspendido", "suspendida", "no supera", "fail"),
    State.RECOGNISED: (
        "reconocido",
        "reconocida",
        "reconocimiento",
        "convalidado",
        "convalidada",
        "recognized",
    ),
}
DOCUMENTS = {
    Document.DNI: ("nif", "d n i", "documento nacional de identidad"),
    Document.NIE: ("n i e", "numero de identidad de extranjero"),
    Document.PASSPORT: ("pasaporte", "pas"),
    Document.OTHER: ("otro", "otra", "otro documento"),
}
SEXES = {
    Sex.FEMALE: ("mujer", "f", "femenino", "woman", "women"),
    Sex.MALE: ("hombre", "h", "v", "varon", "masculino", "man", "men"),
    Sex.OTHER: ("otro", "otra", "no binario", "no binaria", "non binary"),
}
ACCESSES = {
    Access.DEGREE: (
        "titulacion universitaria",
        "titulo universitario",
        "universidad",
        "grado",
        "university degree",
    ),
    Access.VOCATIONAL: (
        "formacion profesional",
        "fp",
        "ciclo formativo",
        "tecnico superior",
        "vocational training",
    ),
    Access.SECONDARY: (
        "bachillerato",
        "ebau",
        "pau",
        "evau",
        "selectividad",
        "secundaria",
        "upper secondary",
    ),
    Access.EXPERIENCE: ("experiencia", "experiencia profesional", "experiencia laboral", "work experience"),
    Access.OTHER: ("otro", "otra", "otra via", "otras"),
}
