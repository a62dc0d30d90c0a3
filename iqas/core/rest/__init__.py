"""What every part of the API shares: shapes that refuse what they do not know, views that declare their access and their

description, and how a program says which revision of a text it has seen. The frame (addresses, pages, errors) is `iqas.api`.
"""

from iqas.core.rest.description import Problem, operation
from iqas.core.rest.named import Named
from iqas.core.rest.revisions import Revised, seen_in, tagged
from iqas.core.rest.shapes import Shape, ShapeOfModel, known_query
from iqas.core.rest.views import ApiView, FileView, ListView

__all__ = [
    "ApiView",
    "FileView",
    "ListView",
    "Named",
    "Problem",
    "Revised",
    "Shape",
    "ShapeOfModel",
    "known_query",
    "operation",
    "seen_in",
    "tagged",
]
