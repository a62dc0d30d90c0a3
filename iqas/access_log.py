"""The web server's access log, without what must not be written down: `gunicorn --logger-class iqas.access_log.AccessLog`."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from iqas.settings.logs import names_a_secret, speaks_of_a_survey


class AccessLog(Logger):
    """Leaves out survey pages (the moment of an answer is nobody's business) and addresses that carry a secret."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        address = f"{environ.get('RAW_URI', '')} {environ.get('HTTP_REFERER', '')}"
        if not speaks_of_a_survey(address) and not names_a_secret(address):
            super().access(resp, req, environ, request_time)
