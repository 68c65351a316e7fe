"""Check a transformers checkpoint folder, read its config and fingerprint its weights.

See `hub.py` for hub ids and `convert.py` for conversion.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from brief.errors import ModelError

_BLOCK_BYTES = 4096
_PLAIN_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "spiece.model",
    "vmap.txt",
)
"""Files other than the weights that determine a model's output."""


def read_config(folder: Path) -> dict[str, Any]:
    """Check a folder and read its config.json.

    Args:
        folder: The folder that a user named.

    Returns:
        The config of a sequence-to-sequence model with safetensors weights.

    Raises:
        ModelError: It is not such a folder; the message says what is missing.
    """
    config = read_json(folder / "config.json")
    if config is None:
        raise ModelError(f"{folder}: no model folder (it has no config.json)")
    if not config.get("is_encoder_decoder"):
        problem = (
            f"{folder}: {config.get('model_type', 'this')} is not a sequence-to-sequence model"
        )
        raise ModelError(problem, "choose one with an encoder and a decoder, such as BART or T5")
    if not weight_files(folder):
        remedy = "a model folder needs model.safetensors"
        if any(folder.glob("pytorch_model*.bin")):
            remedy = (
                "pickled weights can run code and are not loaded: where you trust them, write "
                "them anew with transformers' save_pretrained"
            )
        raise ModelError(f"{folder}: no weights in safetensors form", remedy)
    return config


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object from a file; None when there is no such file.

    Raises:
        ModelError: The file cannot be read or is not a JSON object.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelError(f"{path}: not a JSON object")
    return value


def weight_files(folder: Path) -> list[Path]:
    """The folder's safetensors files, by name."""
    return sorted(folder.glob("*.safetensors"))


def fingerprint(folder: Path) -> str:
    """Identify a model by a digest that is fast enough for every start, however large the weights.

    SHA-256 over the config, tokenizer and vocabulary map, and over the header and three blocks of
    each tensor of the weights. Training changes every tensor nearly everywhere, so the digest
    distinguishes checkpoints. It does not detect tampering; for that, a conversion's manifest
    stores digests of whole files.

    Raises:
        ModelError: A safetensors file is malformed.
    """
    total = hashlib.sha256()
    for name in _PLAIN_FILES:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{name} {len(content)}\n".encode() + content)
    for path in weight_files(folder):
        total.update(f"{path.name} {path.stat().st_size}\n".encode())
        for block in _sampled(path):
            total.update(block)
    return total.hexdigest()


def whole_digests(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file that determines the output, by name."""
    paths = [folder / name for name in _PLAIN_FILES] + weight_files(folder)
    digests = {}
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                digests[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def _sampled(path: Path) -> Iterator[bytes]:
    """A safetensors file's header and the first, middle and last block of each tensor.

    Source:
        The format: 8 bytes of little-endian header length, a JSON header with each tensor's
        `data_offsets`, the tensors (huggingface/safetensors, README, "Format").
    """
    with path.open("rb") as file:
        n_header_bytes = int.from_bytes(file.read(8), "little")
        # Bounded by the file's size: a header may claim to be larger than memory.
        header_bytes = file.read(min(n_header_bytes, path.stat().st_size))
        try:
            header = json.loads(header_bytes)
            spans = [entry["data_offsets"] for name, entry in header.items() if name[:2] != "__"]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{path}: not a safetensors file") from error
        yield header_bytes
        base = file.tell()
        for start, end in sorted(spans):
            for offset in (start, (start + end - _BLOCK_BYTES) // 2, end - _BLOCK_BYTES):
                file.seek(base + max(start, offset))
                yield file.read(min(_BLOCK_BYTES, end - start))
