"""Find CTranslate2 conversions of models, and read and write their manifests.

A conversion is a folder with CTranslate2's own files, `tokenizer.json` and `manifest.json`. It is
next to the weights (the embedded model) or in the user's cache. See `convert.py` for making one;
that needs torch, this module does not.

Tested in `tests/models/test_convert.py`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import ctranslate2

from brief.errors import ModelError
from brief.models import checkpoint_folder as model_folder
from brief.settings import cache_dir

CONVERTIBLE = frozenset({"bart", "mt5", "pegasus", "t5"})
"""Values of `model_type` that CTranslate2 converts and brief's contract test runs."""

BESIDE = "ctranslate2-int8"
_MANIFEST = "manifest.json"
_FORMAT = "1"
"""Increased when `convert.py` writes something that older conversions lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a conversion was made from, and how to run it.

    Attributes:
        fingerprint: Digest of the transformers folder, see `checkpoint_folder.fingerprint`.
        files: SHA-256 of each of its files, by name.
        compute_type: CTranslate2's name of the weights' type.
        copy_locked: Whether a vocabulary map restricts the output.
        end_token: The token that ends an output.
        forced_bos_token: The token that every output must begin with; None for no such token.
        versions: Versions of the libraries that made it, for provenance.
    """

    fingerprint: str
    files: Mapping[str, str]
    compute_type: str
    copy_locked: bool
    end_token: str
    forced_bos_token: str | None
    versions: Mapping[str, str]

    @classmethod
    def read(cls, conversion: Path) -> "Manifest":
        """Read a conversion's manifest.

        Raises:
            ModelError: There is none, or it has another format version.
        """
        values = model_folder.read_json(conversion / _MANIFEST)
        if values is None or values.keys() != {field.name for field in fields(cls)}:
            problem = f"{conversion}: not a conversion of this version of brief"
            raise ModelError(problem, "remove the folder; it is made again when needed")
        return cls(**values)

    def write(self, conversion: Path) -> None:
        """Write it into a conversion's folder."""
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (conversion / _MANIFEST).write_text(text + "\n", encoding="utf-8")


def find_conversion(folder: Path, name: str) -> Path | None:
    """The conversion of a model folder, if one has been made.

    Args:
        folder: A transformers folder.
        name: The model's name, as for `cached_path`.

    Returns:
        The conversion next to the weights if it was made from exactly these weights, else the
        cached one, else None.
    """
    beside = folder / BESIDE
    # A conversion that was made from other weights must not be run.
    if (beside / _MANIFEST).is_file() and Manifest.read(
        beside
    ).fingerprint == model_folder.fingerprint(folder):
        return beside
    cached = cached_path(folder, name)
    return cached if (cached / _MANIFEST).is_file() else None


def cached_path(folder: Path, name: str) -> Path:
    """Path of a model's cached conversion: one per weights and library version."""
    key = f"{_FORMAT} {ctranslate2.__version__} {model_folder.fingerprint(folder)}"
    slug = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "model"
    return cache_dir() / "models" / f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
