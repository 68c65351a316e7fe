"""Convert a transformers checkpoint to CTranslate2, once, into the user's cache.

Runs on the first use of a model other than the embedded one; needs torch and transformers.
Nothing is written into the user's folder. See `conversion_cache.py` for finding conversions and
`ctranslate.py` for running them.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tokenizers

from brief.errors import ModelError, StorageError
from brief.models import checkpoint_folder as model_folder
from brief.models.conversion_cache import Manifest, cached_path

if TYPE_CHECKING:
    from ctranslate2.converters import TransformersConverter
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ASSUMED = {
    "bart": {
        "normalize_before": False,
        "add_final_layer_norm": False,
        "normalize_embedding": True,
        "static_position_embeddings": False,
    },
    "pegasus": {
        "normalize_before": True,
        "add_final_layer_norm": True,
        "normalize_embedding": False,
        "static_position_embeddings": True,
    },
}
"""By model_type: config keys that CTranslate2's converter reads but transformers 5 does not write,
because it supports only one value of each."""


def convert_into_cache(folder: Path, name: str) -> Path:
    """Convert a model to int8, at the path where `find_conversion` looks.

    Safe when two processes do this at once: each converts into its own temporary folder, the
    first to finish renames it into place and the other discards its own.

    Args:
        folder: A transformers folder, see `checkpoint_folder.read_config`.
        name: The model's name.

    Returns:
        The conversion.

    Raises:
        StorageError: The cache cannot be written.
        ModelError: The model cannot be converted.
    """
    target = cached_path(folder, name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=".converting-"))
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    try:
        convert(folder, work / "done")
        try:
            (work / "done").rename(target)
        except OSError as error:
            # Either another process was first, or the cache is full or gone.
            if not target.is_dir():
                raise _unwritable(target.parent, error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def convert(folder: Path, target: Path, compute_type: str = "int8") -> None:
    """Convert a model into a folder that does not exist yet.

    Args:
        folder: A transformers folder; a vmap.txt in it becomes the copy lock.
        target: The new folder.
        compute_type: Type of the weights, as CTranslate2 spells it.

    Raises:
        StorageError: The target cannot be written.
        ModelError: The model cannot be converted.
    """
    import ctranslate2
    import torch
    import transformers

    vmap = folder / "vmap.txt"
    try:
        converter, facts = _converter(folder)
        with quietly():
            converter.convert(
                str(target), vmap=str(vmap) if vmap.is_file() else None, quantization=compute_type
            )
        fast_tokenizer(folder).save(str(target / "tokenizer.json"))
        Manifest(
            fingerprint=model_folder.fingerprint(folder),
            files=model_folder.whole_digests(folder),
            compute_type=compute_type,
            copy_locked=vmap.is_file(),
            end_token=facts["end_token"],
            forced_bos_token=facts["forced_bos_token"],
            versions={
                "ctranslate2": ctranslate2.__version__,
                "torch": str(torch.__version__),
                "transformers": transformers.__version__,
            },
        ).write(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        problem = f"{folder}: cannot be converted for CTranslate2: {error}"
        raise ModelError(problem, "run it with --engine hf") from error


def fast_tokenizer(folder: Path) -> tokenizers.Tokenizer:
    """Load the folder's tokenizer; through transformers when it has no tokenizer.json.

    Raises:
        ModelError: The folder has no tokenizer, or only one without a fast version.
    """
    ready = folder / "tokenizer.json"
    if ready.is_file():
        try:
            return tokenizers.Tokenizer.from_file(str(ready))
        except Exception as error:  # The library raises nothing narrower.
            raise ModelError(f"{ready}: not a tokenizer: {error}") from error
    made = _through_transformers(folder)
    n_tokens = (model_folder.read_json(folder / "config.json") or {}).get("vocab_size", 0)
    # Without vocabulary files, transformers makes a tokenizer that has only the special tokens.
    if made.get_vocab_size() < n_tokens / 2:
        problem = (
            f"{folder}: its tokenizer has {made.get_vocab_size()} tokens, the model {n_tokens}"
        )
        raise ModelError(problem, "copy the tokenizer's files beside the weights")
    return made


def _through_transformers(folder: Path) -> tokenizers.Tokenizer:
    import transformers

    try:
        slow = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (ImportError, OSError, TypeError, ValueError) as error:
        raise ModelError(f"{folder}: no tokenizer that can be read: {error}") from error
    fast = getattr(slow, "backend_tokenizer", None)
    if fast is None:
        raise ModelError(f"{folder}: its tokenizer has no fast form (tokenizer.json)")
    return tokenizers.Tokenizer.from_str(fast.to_str())


@contextmanager
def quietly() -> Iterator[None]:
    """Hide transformers' progress bars while loading; the terminal belongs to the command."""
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def forced_bos_token_id(model: "PreTrainedModel") -> int | None:
    """The token that generation must begin with; None if the checkpoint names none.

    Args:
        model: A transformers model.
    """
    settings = model.generation_config
    forced: int | None = settings.forced_bos_token_id if settings is not None else None
    if forced is None:
        forced = getattr(model.config, "forced_bos_token_id", None)
    # The spelling of checkpoints from 2020, among them distilbart.
    if forced is None and getattr(model.config, "force_bos_token_to_be_generated", False):
        forced = model.config.bos_token_id
    return forced


def _converter(folder: Path) -> tuple["TransformersConverter", dict[str, Any]]:
    """A converter, and a dictionary of facts that it fills in while it converts."""
    from ctranslate2.converters import TransformersConverter

    facts: dict[str, Any] = {}

    class Converter(TransformersConverter):  # type: ignore[misc]  # the library is untyped
        def load_model(
            self,
            model_class: type["PreTrainedModel"],
            path: str,
            **settings: Any,  # noqa: ANN401  # passed on
        ) -> "PreTrainedModel":
            model = model_class.from_pretrained(
                path, use_safetensors=True, local_files_only=True, **settings
            )
            for key, value in ASSUMED.get(model.config.model_type, {}).items():
                if getattr(model.config, key, None) is None:
                    setattr(model.config, key, value)
            facts["forced_bos_token_id"] = forced_bos_token_id(model)
            return model

        def load_tokenizer(
            self,
            tokenizer_class: type["PreTrainedTokenizerBase"],
            path: str,
            **settings: Any,  # noqa: ANN401  # passed on
        ) -> "PreTrainedTokenizerBase":
            tokenizer: PreTrainedTokenizerBase = tokenizer_class.from_pretrained(
                path, local_files_only=True, **settings
            )
            for role in ("bos", "eos", "unk"):
                # Otherwise CTranslate2 writes null, and cannot load the result.
                if getattr(tokenizer, f"{role}_token") is None:
                    setattr(tokenizer, f"{role}_token", tokenizer.pad_token)
            forced = facts["forced_bos_token_id"]
            facts["forced_bos_token"] = (
                None if forced is None else tokenizer.convert_ids_to_tokens(forced)
            )
            facts["end_token"] = tokenizer.eos_token
            return tokenizer

    return Converter(str(folder)), facts


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path}: cannot be written: {error.strerror or error}",
        "point BRIEF_CACHE_DIR at a folder that can be, or use --engine hf",
    )
