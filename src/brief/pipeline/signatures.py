"""What decides a summary's bytes, beside the article: everything, in one digest.

A summary may be served from the cache only under an equal signature. Left out: the article's own
digest (`cache.py`), and what a model says of itself (`models/`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from brief.models.base import GenerationConfig
from brief.pipeline.selection import Weights

_DECIDING = ("text", "ingest", "models", "guard", "pipeline")
"""Our own folders that decide a summary's bytes: no change of cleaner or chunker, and no new
module, ever serves a stale summary."""

_LIBRARIES = (
    "htmldate",
    "justext",
    "lxml",
    "py3langid",
    "sentencex",
    "snowballstemmer",
    "trafilatura",
)
"""What decides a summary's bytes beside the model's libraries, which it names itself."""


def sign(
    model: Mapping[str, str], n_bullets: int, generation: GenerationConfig, weights: Weights
) -> str:
    """Sixteen hexadecimal digits over our own code, libraries, model and settings.

    Args:
        model: `Model.signature`.
        n_bullets: Bullets of a summary.
        generation: Generation settings in force.
        weights: What selection weighs.
    """
    facts = {
        "brief": _package_digest(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "model": dict(model),
        "n_bullets": n_bullets,
        "generation": asdict(generation),
        "weights": asdict(weights),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _package_digest() -> str:
    """Digest of the package's own code that decides a summary."""
    sha = hashlib.sha256()
    package = Path(str(files("brief")))
    for folder in _DECIDING:
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in {".py", ".toml"}:
                sha.update(path.read_bytes())
    return sha.hexdigest()
