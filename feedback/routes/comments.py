"""Comments: review, themes, the right of reply."""

from django.urls import URLPattern, path

from feedback.views import comments

STAFF = [
    path("comments/", comments.comment_queue, name="comment-queue"),
    path("campaigns/<str:code>/comments/review/", comments.comment_review, name="comment-review"),
    path("campaigns/<str:code>/comments/close/", comments.comment_close, name="comment-close"),
    path("campaigns/<str:code>/comments/", comments.comment_list, name="comment-list"),
    path("comments/<uuid:pk>/decision/", comments.comment_decide, name="comment-decide"),
]
PUBLIC: list[URLPattern] = []
API: list[URLPattern] = []
