"""The rules of the house that no linter expresses (design §2, §3)."""

from __future__ import annotations

import ast
import re
import warnings
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.sources import ROOT, files, modules, named, templates, tree

MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 400, 40, 150
HTTP = ("django.http", "django.shortcuts", "rest_framework", "celery")
MAY_MARK_SAFE = ("iqas/core/text.py", "iqas/ui/", "audits/templatetags/dossier.py")


# --- sizes: guidance, printed -------------------------------------------------------------------------


def test_sizes_are_printed() -> None:
    """Guidance, not a wall: what grows past its measure is printed, and twice its measure is refused."""
    long_modules = {named(path): lines_of(path) for path in modules() if lines_of(path) > MODULE_LINES}
    long_templates = {named(path): lines_of(path) for path in templates() if lines_of(path) > TEMPLATE_LINES}
    long_functions = {
        f"{named(path)}:{node.name}": size
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    for title, found in (
        ("modules", long_modules),
        ("templates", long_templates),
        ("functions", long_functions),
    ):
        for name, size in sorted(found.items(), key=lambda item: -item[1]):
            print(f"past its measure ({title}): {name} has {size} lines")
    assert {name: size for name, size in long_modules.items() if size > 2 * MODULE_LINES} == {}
    assert {name: size for name, size in long_templates.items() if size > 2 * TEMPLATE_LINES} == {}
    assert {name: size for name, size in long_functions.items() if size > 3 * FUNCTION_LINES} == {}


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


# --- Python --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", modules(), ids=named)
def test_nothing_is_swallowed(path: Path) -> None:
    """No `except …: pass`: what may be ignored is said with contextlib.suppress and a narrow type."""
    silent = [
        handler.lineno
        for handler in ast.walk(tree(path))
        if isinstance(handler, ast.ExceptHandler) and all(isinstance(step, ast.Pass) for step in handler.body)
    ]
    broad = [
        call.lineno
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "suppress"
        and any(getattr(argument, "id", "") in ("Exception", "BaseException") for argument in call.args)
    ]
    assert (silent, broad) == ([], [])


def knows_no_http(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(
        part in ("services", "services.py", "selectors", "selectors.py", "models", "models.py")
        for part in parts
    )


@pytest.mark.parametrize("path", [*filter(knows_no_http, modules())], ids=named)
def test_services_selectors_and_models_know_nothing_of_http(path: Path) -> None:
    imported = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert [name for name in imported if name.startswith(HTTP)] == []


@pytest.mark.parametrize(
    "path", [path for path in modules() if "services" in (path.stem, path.parent.name)], ids=named
)
def test_services_take_keywords_only_and_the_actor_first(path: Path) -> None:
    wrong = []
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            demanded = [
                argument.arg
                for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                if default is None
            ]
            if "actor" in demanded and (demanded[0] != "actor" or node.args.args):
                wrong.append(node.name)
    assert wrong == []


def test_no_module_saves_logic_in_save_or_signals() -> None:
    found = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name == "save" and "models" in named(path):
                found.append(f"{named(path)}:{node.lineno} save()")
            if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals":
                found += [
                    f"{named(path)}:{node.lineno} {a.name}"
                    for a in node.names
                    if a.name not in ("pre_migrate", "post_migrate")
                ]
    assert found == []


def test_mark_safe_stands_only_where_the_text_was_cleaned() -> None:
    """`mark_safe` belongs to the Markdown cleaner and to the components; elsewhere use format_html."""
    users = {named(path) for path in modules() if "mark_safe(" in path.read_text(encoding="utf-8")}
    assert {name for name in users if not name.startswith(MAY_MARK_SAFE)} == set()


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, verbosity=1)
    except SystemExit:
        pytest.fail(f"A migration is missing:\n{out.getvalue()}")


# --- templates -----------------------------------------------------------------------------------------

FORBIDDEN_IN_TEMPLATES = {
    "an inline style": re.compile(r"\sstyle\s*=|<style[\s>]"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "an inline handler": re.compile(
        r"\son(?:click|load|change|submit|input|error|focus|blur|key\w+)\s*=", re.IGNORECASE
    ),
    "|safe": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "another origin": re.compile(r"<(?:link|script|img|iframe)[^>]+(?:href|src)=[\"']https?://"),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
}


def on_screen(path: Path) -> bool:
    """PDF and e-mail templates follow other rules: WeasyPrint and mail programs read no linked sheet of ours."""
    return not {"pdf", "email"} & set(path.parts) and not path.name.startswith("email")


@pytest.mark.parametrize("path", [*filter(on_screen, templates())], ids=named)
def test_templates_obey_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = {
        f"{what} (line {text[: match.start()].count(chr(10)) + 1})"
        for what, pattern in FORBIDDEN_IN_TEMPLATES.items()
        for match in pattern.finditer(text)
        if not (what == "an inline script" and 'type="application/json"' in match.group(0))
    }
    assert found == set()


UNTRANSLATED = re.compile(r">([^<>{}]*[A-Za-zÁÉÍÓÚáéíóúñ]{3,}[^<>{}]*)<")
SAID_THE_SAME_EVERYWHERE = re.compile(
    r"^(?:IQAS|ECTS|SHA-256|PDF(?:/\w+)*|CSV|XLSX|JSON|\.?YAML|\.yaml|QR|EUPL-1\.2|EQF|MECES|ISCED|[\W\d_]|\s)+$"
)


def visible_text(template: str) -> str:
    """What is left of a template when everything translated, computed or not shown is taken out."""
    for pattern in (
        r"{#.*?#}",
        r"{%\s*comment.*?endcomment\s*%}",
        r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}",
        r"<(script|style|svg|code|kbd|pre)\b.*?</\1>",
        r"<!--.*?-->",
        r"{%.*?%}",
        r"{{.*?}}",
    ):
        template = re.sub(pattern, " ", template, flags=re.DOTALL)
    return template


@pytest.mark.parametrize("path", templates(), ids=named)
def test_every_text_of_a_template_can_be_translated(path: Path) -> None:
    if path.stem.endswith(("_es", "_en")):  # a long text that exists once per language
        return
    texts = (
        match.group(1).strip()
        for match in UNTRANSLATED.finditer(visible_text(path.read_text(encoding="utf-8")))
    )
    assert [text for text in texts if not SAID_THE_SAME_EVERYWHERE.match(text)] == []


# --- the repository --------------------------------------------------------------------------------------

REGISTRY_HOSTS = re.compile(
    r"(?:files\.python"
    r"hosted|pypi\.(?:org|python)|registry\.npm"
    r"js|npmjs\.(?:org|com)|deb\.debian|proxy\.golang)",
)


def test_no_host_of_a_package_registry_is_named() -> None:
    texts = [
        path
        for path in files()
        if path.suffix not in (".png", ".woff2", ".ttf", ".icc", ".mo", ".ico", ".pdf")
    ]
    named_in = [
        named(path)
        for path in texts
        if REGISTRY_HOSTS.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert [name for name in named_in if not name.startswith("static/vendor/")] == []


def test_each_declared_library_is_locked_with_its_hashes() -> None:
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    pinned = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", re.MULTILINE)
    versions = {}
    for name, requirements in wanted.items():
        lock = (ROOT / name).read_text(encoding="utf-8")
        found = {canonicalize_name(library): version for library, version in pinned.findall(lock)}
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(found[canonicalize_name(requirement.name)]), requirement
        assert lock.count("--hash=sha256:") >= len(found)
        versions[name] = found
    runtime, development = versions.values()
    assert {
        name: (version, development.get(name))
        for name, version in runtime.items()
        if development.get(name) != version
    } == {}


def test_the_house_has_no_room_without_a_name() -> None:
    """What stands at the top of the repository is fixed (design §2)."""
    top = {path.relative_to(ROOT).parts[0] for path in files()}
    known = {
        *(
            "manage.py",
            "pyproject.toml",
            "requirements.lock",
            "requirements-dev.lock",
            "README.md",
            "CHANGELOG.md",
        ),
        *(
            "CONTRIBUTING.md",
            "LICENSE",
            "Makefile",
            "Dockerfile",
            "docker-compose.yml",
            ".dockerignore",
            ".gitignore",
        ),
        *(".ci", "docs", "iqas", "microcredentials", "feedback", "audits", "templates", "static", "tests"),
    }
    assert top - known == set()


def test_warnings_are_errors_in_this_suite() -> None:
    with pytest.raises(UserWarning, match="heard"):
        warnings.warn("heard", UserWarning, stacklevel=1)
