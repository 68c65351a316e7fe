"""The floor plan of docs/design.md: who may import whom, and what only one module may touch."""

import ast
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

import brief
from tests.paths import PROJECT

PACKAGE = Path(brief.__file__).parent

RANKS = [
    ["errors"],
    ["config_rules"],
    ["datatypes", "files", "settings"],
    ["records", "text", "text.*"],
    ["ingest", "ingest.*"],
    ["models.chunking", "models.prompts"],
    ["models.base"],
    ["models", "models.*"],
    ["guard", "guard.*"],
    ["pipeline", "pipeline.*"],
    ["", "output", "output.*"],
    ["evaluation", "evaluation.*"],
    ["training", "training.*"],
    ["briefing", "briefing.*"],
    ["service", "service.*"],
    ["cli", "cli.*"],
    ["__main__"],
]
"""Names of modules within `brief` (itself the empty name), the lowest first. The first pattern
that matches counts."""

OWNERS = {
    "aiohttp": [],
    "click": ["cli.main"],
    "ctranslate2": [
        "models.ctranslate",
        "models.conversion_cache",
        "models.convert",
        "models.checker",
        "models.salience",
        "training.export_salience",
    ],
    "datasketch": ["briefing.stories.near_duplicates"],
    "evaluate": ["evaluation.*"],
    "fastapi": ["service.*"],
    "feedparser": ["ingest.feeds.feed_parser"],
    "filelock": ["briefing.ledger.database"],
    "ftplib": [],
    "http.client": [],
    "httpcore": ["ingest.web.fetch", "ingest.web.connections"],
    "httpx": ["ingest.web.fetch"],
    "huggingface_hub": ["models.hub"],
    "optuna": ["evaluation.tuning.search_space"],
    "os.environ": ["settings"],
    "os.environb": ["settings"],
    "os.getenv": ["settings"],
    "os.putenv": ["settings"],
    "lxml": ["ingest.feeds.*"],
    "print": ["cli.main", "cli.terminal"],
    "prometheus_client": ["service.prometheus"],
    "protego": ["ingest.web.crawler"],
    "pydantic": ["records", "service.*"],
    "requests": [],
    "rich": ["cli.main", "cli.terminal", "evaluation.report.text_report"],
    "sklearn": ["briefing.stories.clustering"],
    "smtplib": ["briefing.mail"],
    "socket": ["ingest.web.connections", "service.server"],
    "sqlite3": ["pipeline.cache", "briefing.ledger.*"],
    "starlette": ["service.*"],
    "sumy": ["models.extractive"],
    "sys.stderr": ["cli.main", "cli.terminal"],
    "sys.stdin": ["cli.main", "cli.terminal"],
    "sys.stdout": ["cli.main", "cli.terminal"],
    "tenacity": ["ingest.web.crawler"],
    "torch": ["models.hf", "models.convert", "training.*"],
    "trafilatura": ["ingest.html_extraction"],
    "transformers": ["models.hf", "models.convert", "training.*"],
    "typer": ["cli.*"],
    "urllib.request": [],
    "urllib3": [],
    "uvicorn": ["service.server"],
}
"""What is used in the named modules only; a dotted name covers what is below it."""

HEAVY = {
    "torch",
    "transformers",
    "trafilatura",
    "httpx",
    "httpcore",
    "evaluate",
    "sumy",
    "optuna",
    "datasketch",
    "tenacity",
    "protego",
    "feedparser",
    "sklearn",
    "fastapi",
    "prometheus_client",
    "starlette",
    "uvicorn",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def used_names(source: str, module: str) -> Iterator[str]:
    """Every name that a module imports, and the attributes and builtins it uses, dotted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: relative imports hide the rank"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def imported_modules(source: str, module: str) -> set[str]:
    """The modules within `brief` that a module names in imports."""
    found = set()
    for name in used_names(source, module):
        first, _, inner = name.partition(".")
        if first == "brief":
            # `from brief.datatypes import Article` names a module and a thing inside it.
            found.add(inner if inner in MODULES else inner.rpartition(".")[0])
    return found


def rank(module: str) -> float:
    """The module's place in `RANKS`; above all of them when it stands in none."""
    for number, patterns in enumerate(RANKS):
        if any(fnmatch(module, pattern) for pattern in patterns):
            return number
    return math.inf


def misplaced_imports(source: str, module: str) -> set[str]:
    """Modules that are imported though they stand as high or higher, outside the own folder."""
    own_folder = module.partition(".")[0]
    mine = rank(module)
    return {
        other
        for other in imported_modules(source, module)
        if rank(other) > mine or (rank(other) == mine and other.partition(".")[0] != own_folder)
    }


def trespasses(source: str, module: str) -> set[str]:
    """Owned names that a module uses and does not own."""
    used = set(used_names(source, module))
    return {
        name
        for name, owners in OWNERS.items()
        if any(one == name or one.startswith(f"{name}.") for one in used)
        and not any(fnmatch(module, owner) for owner in owners)
    }


def test_every_module_has_a_rank():
    assert [module for module in MODULES if rank(module) == math.inf] == []


def test_every_rank_has_a_module():
    plain = {name for names in RANKS for name in names if "*" not in name}
    assert plain <= MODULES.keys()


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_from_below(module):
    assert misplaced_imports(MODULES[module].read_text("utf-8"), module) == set()


@pytest.mark.parametrize("module", MODULES)
def test_module_uses_only_what_it_owns(module):
    assert trespasses(MODULES[module].read_text("utf-8"), module) == set()


@pytest.mark.parametrize(
    ("source", "module", "found"),
    [
        ("from brief.models.base import Model", "ingest.cleaning.clean", {"models.base"}),
        ("import brief.pipeline.summarizer", "guard.check", {"pipeline.summarizer"}),
        ("from brief.guard import check", "text.strings", {"guard.check"}),
        ("def f():\n    from brief.cli.main import run", "pipeline.summarizer", {"cli.main"}),
        ("from brief import summarize", "pipeline.summarizer", {""}),
        ("from brief.models import hf", "models.base", {"models.hf"}),
        ("from brief.text.strings import fold", "datatypes", {"text.strings"}),
        ("from brief.models import hf", "models.registry", set()),
        ("from brief.errors import BriefError", "datatypes", set()),
        ("import json", "errors", set()),
    ],
)
def test_rank_check_sees_imports(source, module, found):
    assert misplaced_imports(source, module) == found


@pytest.mark.parametrize(
    ("source", "module", "found"),
    [
        ("import torch", "models.ctranslate", {"torch"}),
        ("def f():\n    from torch.nn import Linear", "pipeline.summarizer", {"torch"}),
        ("import os\nos.environ['A']", "cli.main", {"os.environ"}),
        ("from os import getenv", "cli.main", {"os.getenv"}),
        ("import urllib.request", "ingest.web.fetch", {"urllib.request"}),
        ("print('a')", "pipeline.summarizer", {"print"}),
        ("import sys\nsys.stderr.write('a')", "pipeline.summarizer", {"sys.stderr"}),
        ("import torch", "models.hf", set()),
        ("'torch'  # print(1)", "datatypes", set()),
        ("import torchlike", "datatypes", set()),
    ],
)
def test_owner_check_sees_uses(source, module, found):
    assert trespasses(source, module) == found


def loaded(code: str, stdin: str = "") -> set[str]:
    """The heavy modules that a fresh interpreter has loaded after some code."""
    report = f"\nimport sys\nsys.stderr.write(' '.join(sys.modules.keys() & {HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code + report],
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def test_importing_brief_loads_nothing_heavy():
    assert loaded("import brief") == set()


def test_reading_and_settings_load_nothing_heavy():
    assert loaded("import brief.ingest.inputs, brief.settings") == set()


def test_help_loads_nothing_heavy():
    assert loaded("from brief.cli.main import run\nrun(['--help'])") == set()


def test_summarizing_text_loads_nothing_heavy():
    article = "The council said on Monday that it would not close the library after all."
    code = "from brief.cli.main import run\nassert run(['summarize', '-', '--quiet', '--no-cache']) == 0"
    assert loaded(code, stdin=article) == set()


def test_the_report_of_loaded_modules_sees_one():
    assert loaded("import httpcore") == {"httpcore"}


def test_no_two_modules_and_no_two_classes_share_a_name():
    """A name means one thing, wherever it is read; folders name the step, so they may."""
    modules = [name.rsplit(".", 1)[-1] for name in MODULES if MODULES[name].name != "__init__.py"]
    classes = [
        node.name
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name in modules if modules.count(name) > 1} == set()
    assert {name for name in classes if classes.count(name) > 1} == set()


TESTS = PROJECT / "tests"
NAMED_TEST = re.compile(r"tests/[\w/]+\.py")


@pytest.mark.parametrize("module", [name for name in MODULES if name not in {"", "__main__"}])
def test_every_module_has_a_test_or_says_which_one_covers_it(module):
    path = MODULES[module]
    *folders, name = module.split(".")
    if path.name == "__init__.py" and path.stat().st_size < 400:
        return  # a line that says what the folder is for
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    own = TESTS.joinpath(*folders, f"test_{name}.py")
    named = [PROJECT / test for test in NAMED_TEST.findall(docstring)]
    assert own.is_file() or (named and all(test.is_file() for test in named))
