"""Asks the web process of this container whether it is well: `python -m iqas.core.probe /readyz`.

Exit 0 where it answers 200. Needs nothing but the standard library, so that it is quick.
"""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path


def allowed_hosts() -> str:
    """As the settings read it: from the variable, else from the file that `ALLOWED_HOSTS_FILE` names."""
    given = os.environ.get("ALLOWED_HOSTS")
    file = os.environ.get("ALLOWED_HOSTS_FILE")
    return Path(file).read_text(encoding="utf-8") if file and given is None else given or ""


def main(path: str) -> int:
    try:
        host = allowed_hosts().split(",")[0].strip()
    except OSError as error:
        print(f"ALLOWED_HOSTS_FILE cannot be read: {error.strerror}.", file=sys.stderr)
        return 1
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host.lstrip(".*") or "localhost"})
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace").strip()
    except OSError as error:
        print(f"No answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    print(body)
    return 0 if response.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "/healthz"))
