"""WSGI entry point: `gunicorn iqas.wsgi`.

Everything is imported before the first request, which took a second longer, and set aside from the garbage collector: it
stays to the end, and looking through it again and again held up one request in a hundred by a tenth of a second.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iqas.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 (reading it imports every view)
gc.collect()
gc.freeze()
