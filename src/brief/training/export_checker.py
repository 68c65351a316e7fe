"""Write a trained checker as the `checker` folder beside a model's weights.

Tested in `tests/training/test_train_checker.py`.
"""

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from safetensors.torch import save_file
from torch import nn
from transformers import BertModel

from brief.errors import StorageError
from brief.models.checker import CONVERSION, FOLDER, HEAD, MANIFEST, CheckerLayout
from brief.training.export_salience import convert_encoder


def export_checker(
    bert: BertModel,
    head: nn.Linear,
    base: Path,
    layout: CheckerLayout,
    threshold: float,
    folder: Path,
) -> None:
    """Write a checker: its encoder as int8 for CTranslate2, its head in half precision.

    Args:
        bert: Its encoder.
        head: Of size (3 * hidden size, 1).
        base: The base model's folder, for its tokenizer.
        layout: How it was trained to read.
        threshold: The probability from which a bullet passes.
        folder: A model's folder, made if need be; `checker` is written in it.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".checker-") as work:
            made = Path(work) / FOLDER
            made.mkdir()
            tensors = {"weight": head.weight.detach().half(), "bias": head.bias.detach().half()}
            save_file(tensors, made / HEAD)
            # The library keeps it from other users, for whom a model may be installed.
            (made / HEAD).chmod(0o644)
            convert_encoder(bert, base, made)
            digest = hashlib.sha256()
            for path in (made / HEAD, made / CONVERSION / "model.bin"):
                digest.update(path.read_bytes())
            manifest = {
                "digest": digest.hexdigest(),
                "layout": asdict(layout),
                "threshold": round(threshold, 4),
            }
            text = json.dumps(manifest, indent=2, sort_keys=True)
            (made / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
            shutil.rmtree(folder / FOLDER, ignore_errors=True)
            made.rename(folder / FOLDER)
    except OSError as error:
        raise StorageError(
            f"{folder}: the checker cannot be written ({error.strerror or error})",
            "make room and run the same command again",
        ) from error
