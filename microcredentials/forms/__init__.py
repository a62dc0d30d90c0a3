from microcredentials.forms.design import CreateForm
from microcredentials.forms.editions import (
    CountsForm,
    EditionForm,
    IncidentAnswerForm,
    IncidentForm,
    ReportForm,
)
from microcredentials.forms.importing import UploadForm
from microcredentials.forms.learners import (
    ChangeForm,
    EnrolForm,
    EnrolmentForm,
    EnrolmentUploadForm,
    LearnerForm,
)
from microcredentials.forms.sections import SectionEditor

__all__ = [
    "ChangeForm",
    "CountsForm",
    "CreateForm",
    "EditionForm",
    "EnrolForm",
    "EnrolmentForm",
    "EnrolmentUploadForm",
    "IncidentAnswerForm",
    "IncidentForm",
    "LearnerForm",
    "ReportForm",
    "SectionEditor",
    "UploadForm",
]
