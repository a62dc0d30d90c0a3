from audits.models.assessments import CriterionAssessment, SelfAssessment
from audits.models.dossiers import Dossier, Reading, Snapshot

__all__ = ["CriterionAssessment", "Dossier", "Reading", "SelfAssessment", "Snapshot"]
