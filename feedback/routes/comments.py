"""Comments: review, themes, the right of reply."""

from django.urls import URLPattern, path

from feedback.views import comments, replies, themes

STAFF = [
    path("comments/", comments.comment_queue, name="comment-queue"),
    path("comments/themes/", themes.theme_list, name="theme-list"),
    path("comments/themes/add/", themes.theme_add, name="theme-add"),
    path("comments/themes/<uuid:pk>/", themes.theme_edit, name="theme-edit"),
    path("campaigns/<str:code>/comments/read/", comments.comment_read, name="comment-read"),
    path("campaigns/<str:code>/replies/add/", replies.reply_add, name="reply-add"),
    path("replies/<uuid:pk>/withdraw/", replies.reply_withdraw, name="reply-withdraw"),
    path("replies/<uuid:pk>/publish/", replies.reply_publish, name="reply-publish"),
    path("campaigns/<str:code>/comments/review/", comments.comment_review, name="comment-review"),
    path("campaigns/<str:code>/comments/publish/", comments.comment_publish, name="comment-publish"),
    path("campaigns/<str:code>/comments/", comments.comment_list, name="comment-list"),
    path("comments/<uuid:pk>/decision/", comments.comment_decide, name="comment-decide"),
]
PUBLIC = [
    path("reply/", replies.reply_write, name="reply-write"),
    path("reply/<str:token>/", replies.reply_follow, name="reply-follow"),
]
API: list[URLPattern] = []
