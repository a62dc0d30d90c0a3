"""A command on a database that nobody migrated says in one sentence what to do, and prints no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "api_client": ["programme"],
    "approval_route": [str(ROOT / "microcredentials/packs/approval/university.yaml")],
    "assign_role": ["nobody@example.org", "reader", "--scope", "UNIVERSITY"],
    "audit_verify": [],
    "build_dossier": ["D-2026-001", "--out", "x.pdf"],
    "campaign_results": ["C-0001", "--json"],
    "demo": ["--json"],
    "export_register": ["--out", "x.jsonl"],
    "import_catalogue": ["some.csv"],
    "import_enrolments": ["some.csv"],
    "import_partners": ["some.csv"],
    "import_responses": ["some.csv", "--mapping", str(ROOT / "iqas/demo/mappings/turkiye.yaml")],
    "load_packs": [],
    "measure": [],
    "read_bounces": ["notice.eml"],
    "run_jobs": ["--once"],
    "seed_acceptance": ["--out", "x.json"],
    "start_university": ["--name", "Una", "--admin", "ana@example.org"],
    "survey_mix": [],
    "verify_dossier": ["some.csv"],
}
"""Every command of ours that asks the database, with arguments that are good enough to get that far."""

NOTICE = """From: mailer-daemon@mx.example.org
Content-Type: multipart/report; report-type=delivery-status; boundary=edge

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; nobody@example.org
Action: failed
Status: 5.1.1

--edge--
"""
NEED_NO_DATABASE = {
    "routes": "reads the code",
    "doctor": "says of each check what is wrong, the migrations among them",
    "show": "migrates by itself",
    "serve": "starts the processes that ask; their /readyz and the log say it",
}
RUN = """
import contextlib, io, json, sys
sys.path.insert(0, {root!r})
import manage
said = {{}}
for name, arguments in json.loads(sys.stdin.read()).items():
    sys.argv = ["manage.py", name, *arguments]
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            manage.main()
        said[name] = "nothing: it ended well"
    except SystemExit as end:
        said[name] = f"{{end.code}}{{out.getvalue()}}{{err.getvalue()}}"
    except BaseException as failure:
        said[name] = f"a traceback of {{failure!r}}"
from django.core.management import get_commands
ours = ("iqas", "microcredentials", "feedback", "audits")
known = sorted(name for name, app in get_commands().items() if str(app).split(".")[0] in ours)
print(json.dumps([said, known]))
"""


@pytest.mark.slow
def test_every_command_says_that_the_database_must_be_migrated(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("codigo;titulo\n")
    (tmp_path / "notice.eml").write_text(NOTICE)
    (tmp_path / "keys").mkdir(mode=0o700)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "iqas.settings",
        "IQAS_ENV": "local",
        "SECRET_KEY": "of this test alone, long enough for nobody to guess it",
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "KEYS_DIR": str(tmp_path / "keys"),
    }
    finished = subprocess.run(
        [sys.executable, "-c", RUN.format(root=str(ROOT))],
        input=json.dumps(COMMANDS), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    said, known = json.loads(finished.stdout.splitlines()[-1])
    assert set(known) == set(COMMANDS) | set(NEED_NO_DATABASE)
    others = {
        name: words
        for name, words in said.items()
        if not (
            words.startswith("The database is not prepared: ") and words.endswith("Run: manage.py migrate")
        )
    }
    assert others == {}
