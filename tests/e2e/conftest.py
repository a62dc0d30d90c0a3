"""A browser for the tests below this folder; what each fixture is for: tests/README.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.browser import PHONE, WIDE, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium. Playwright keeps an event loop in this thread, and under a loop Django looks for its connections
    elsewhere: they are handed over, and the ORM is allowed (fixtures use it between Playwright's calls, not inside).
    """
    from django.db import connections

    ours = {alias: connections[alias] for alias in connections}
    with pytest.MonkeyPatch.context() as environment, chromium() as opened:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        for alias, connection in ours.items():
            connections[alias] = connection
        yield opened


@pytest.fixture(scope="session", autouse=True)
def _kept_static_files() -> Iterator[None]:
    """The browser keeps styles, fonts and scripts, as in production, and asks for them once."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    serve = StaticFilesHandler.serve

    def serve_to_keep(self: StaticFilesHandler, request: Any) -> Any:
        response = serve(self, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        yield


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """`open_page("/path/", user=…, phone=True, language="en", scripts=False)` is a page of the running product.

    What the browser's console calls an error (a refused style or script, a missing file) fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_at(
        path: str, *, user: Any = None, phone: bool = False, language: str = "es", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
            locale=language,
            base_url=live_server.url,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda raised: errors.append(str(raised)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    refused = ("status of 4", "Response Status Error Code 4")  # as the browser says it, and htmx
    cut_off = ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError")
    complaints = [error for error in errors if not any(words in error for words in refused + cut_off)]
    assert not complaints, f"the browser's console: {complaints}"


def session_cookie(user: Any, url: str) -> Any:
    """The cookie of a new session of this person."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }
