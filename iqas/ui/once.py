"""A form that is sent twice is taken once, without JavaScript too.

Django masks the CSRF token anew whenever it writes a form: the same token with the same content is the same press of the
button, repeated. Somebody who goes back, changes something and sends it again means a second thing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

REMEMBERED = 60 * 60
PATIENCE = 50  # tenths of a second that the second press waits for the first


def once(request: HttpRequest, act: Callable[[], HttpResponseRedirect]) -> HttpResponseRedirect:
    """What `act` answers, or, where this very form was sent before, where its first sending led to.

    What `act` raises is not remembered: the form can be sent again.
    """
    key = _key(request)
    if not key:
        return act()
    if not cache.add(key, "", REMEMBERED):
        return redirect(_place_of_first(key) or request.path)
    try:
        answer = act()
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, answer.url, REMEMBERED)
    return answer


def _key(request: HttpRequest) -> str:
    if not request.POST.get("csrfmiddlewaretoken"):
        return ""
    sent = [str(request.user.pk), request.path]
    sent += [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    sent += [f"{name}={file.name}:{file.size}" for name, file in sorted(request.FILES.items())]  # type: ignore[union-attr]
    return "once:" + hashlib.sha256("\x1f".join(sent).encode()).hexdigest()


def _place_of_first(key: str) -> str:
    for _tenth in range(PATIENCE):
        place = cache.get(key, "")
        if place:
            return str(place)
        time.sleep(0.1)
    return ""
