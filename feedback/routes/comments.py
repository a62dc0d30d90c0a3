"""Comments: review, themes, the right of reply."""

from django.urls import URLPattern, path

from feedback.views import comments

STAFF = [
    path("campaigns/<str:code>/comments/", comments.comment_list, name="comment-list"),
    path("comments/<uuid:pk>/decision/", comments.comment_decide, name="comment-decide"),
]
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
