"""Transformers engine: run any `AutoModelForSeq2SeqLM` on CPU, CUDA or MPS.

The only torch import at inference. It runs models that CTranslate2 cannot (LED), and serves as a
check of CTranslate2 for the others. Only safetensors weights are loaded, never remote code. It
works on token ids; see `seq2seq.py` for text and `hub.py` for downloads.

Tested in `tests/models/test_contract.py`.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
import transformers

from brief.errors import ModelError
from brief.models import checkpoint_folder as model_folder
from brief.models.base import GenerationConfig
from brief.models.convert import forced_bos_token_id, quietly
from brief.models.copy_lock import CopyLock
from brief.models.seq2seq import MAX_BATCH_ROWS, Generation
from brief.models.tokenization import Encoding


class HfEngine:
    """`Seq2SeqEngine` over transformers.

    Args:
        folder: A transformers folder, see `checkpoint_folder.read_config`.
        encoding: Its tokenizer, to convert ids to the copy lock's token pieces.
        model: The folder's model if it is loaded already; its generation settings are replaced.
        device: `cpu`, `cuda` or `mps`; None for the fastest available.
        n_threads: CPU threads of one call; None leaves it to torch.

    Raises:
        ModelError: transformers cannot load the folder.
    """

    def __init__(
        self,
        folder: Path,
        encoding: Encoding,
        *,
        model: transformers.PreTrainedModel | None = None,
        device: str | None = None,
        n_threads: int | None = None,
    ) -> None:
        if n_threads is not None:
            torch.set_num_threads(n_threads)
        self.n_parallel = 1
        self._device = device or _fastest_device()
        self._encoding = encoding
        loaded: Any = load_weights(folder) if model is None else model
        self._model = loaded.to(self._device)
        vmap = folder / "vmap.txt"
        self._lock = CopyLock.read(vmap) if vmap.is_file() else None
        forced = forced_bos_token_id(self._model)
        self._forced = [] if forced is None else [forced]
        config = self._model.config
        self._start_id: int = config.decoder_start_token_id
        self._end_id: int = config.eos_token_id
        self._pad_id: int = config.pad_token_id
        self._unknown_ids = encoding.ids(["[UNK]", "<unk>"])
        # The folder's own generation settings are already in the card.
        self._model.generation_config = self._settings()
        self.identity: Mapping[str, str] = {
            "engine": "hf",
            "transformers": transformers.__version__,
            "torch": str(torch.__version__),
            "compute_type": f"float32 on {self._device}",
            "weights": model_folder.fingerprint(folder),
        }
        # One forward pass at a time: torch parallelizes inside it.
        self._turn = threading.Lock()

    def first_log_probs(self, sources: Sequence[Sequence[int]], token: int) -> list[float]:
        """See `Seq2SeqEngine.first_log_probs`."""
        found: dict[int, float] = {}
        with self._turn, torch.inference_mode():
            for rows in self._batches(sources):
                logits = self._model(
                    **self._padded([sources[row] for row in rows]),
                    decoder_input_ids=self._prefix([], len(rows)),
                ).logits
                log_probs = logits[:, -1].float().log_softmax(dim=-1)[:, token].tolist()
                found.update(zip(rows, log_probs, strict=True))
        return [found[row] for row in range(len(sources))]

    def write(
        self, sources: Sequence[Sequence[int]], prefix: Sequence[int], config: GenerationConfig
    ) -> list[list[Generation]]:
        """See `Seq2SeqEngine.write`."""
        settings = self._settings(
            num_beams=config.num_beams,
            num_return_sequences=config.num_beams,
            # As in CTranslate2, which stops when it has as many finished hypotheses as beams.
            early_stopping=config.num_beams > 1,
            length_penalty=config.length_penalty,
            no_repeat_ngram_size=config.no_repeat_ngram_size,
            min_new_tokens=config.min_new_tokens or None,
            max_new_tokens=config.max_new_tokens,
            suppress_tokens=self._unknown_ids or None,
        )
        processors = transformers.LogitsProcessorList()
        if self._lock is not None:
            processors.append(self._locked(sources))
        n_forced = 1 + len(self._forced) + len(prefix)
        written: dict[int, list[Generation]] = {}
        with self._turn, torch.inference_mode():
            for rows in self._batches(sources):
                outputs = self._model.generate(
                    **self._padded([sources[row] for row in rows]),
                    decoder_input_ids=self._prefix(prefix, len(rows)),
                    generation_config=settings,
                    logits_processor=processors,
                )
                hypotheses = [self._written(ids[n_forced:]) for ids in outputs.tolist()]
                for place, row in enumerate(rows):
                    at = place * config.num_beams
                    written[row] = hypotheses[at : at + config.num_beams]
        return [written[row] for row in range(len(sources))]

    def _settings(self, **values: object) -> transformers.GenerationConfig:
        return transformers.GenerationConfig(  # type: ignore[no-untyped-call]
            do_sample=False,
            decoder_start_token_id=self._start_id,
            eos_token_id=self._end_id,
            pad_token_id=self._pad_id,
            **values,
        )

    def _batches(self, sources: Sequence[Sequence[int]]) -> list[list[int]]:
        """Row numbers in batches of sources of similar length, so that there is little padding."""
        rows = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        return [rows[at : at + MAX_BATCH_ROWS] for at in range(0, len(rows), MAX_BATCH_ROWS)]

    def _padded(self, sources: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
        """The encoder's inputs, each (sources, longest source)."""
        longest = max(map(len, sources))
        ids = [[*source, *[self._pad_id] * (longest - len(source))] for source in sources]
        mask = [[1] * len(source) + [0] * (longest - len(source)) for source in sources]
        inputs = {
            "input_ids": torch.tensor(ids, device=self._device),
            "attention_mask": torch.tensor(mask, device=self._device),
        }
        if self._model.config.model_type == "led":
            # The first token sees all others, as in summarization (Beltagy et al. 2020, 5).
            inputs["global_attention_mask"] = torch.zeros_like(inputs["input_ids"])
            inputs["global_attention_mask"][:, 0] = 1
        return inputs

    def _prefix(self, prefix: Sequence[int], n_rows: int) -> torch.Tensor:
        """The start of every output, shape (rows, 1 + forced tokens)."""
        start = [self._start_id, *self._forced, *prefix]
        return torch.tensor([start] * n_rows, device=self._device)

    def _locked(self, sources: Sequence[Sequence[int]]) -> "_CopyLockProcessor":
        assert self._lock is not None
        allowed = self._lock.allowed([self._encoding.pieces(source) for source in sources])
        banned = torch.ones(self._model.config.vocab_size, dtype=torch.bool, device=self._device)
        banned[self._encoding.ids(sorted(allowed))] = False
        return _CopyLockProcessor(banned)

    def _written(self, ids: list[int]) -> Generation:
        if self._end_id in ids:
            return Generation(ids[: ids.index(self._end_id)], finished=True)
        return Generation(ids, finished=False)


class _CopyLockProcessor(transformers.LogitsProcessor):
    """Bans every piece outside the lock, and normalizes over the rest as CTranslate2 does.

    Args:
        banned: (vocabulary,) of booleans.
    """

    def __init__(self, banned: torch.Tensor) -> None:
        self._banned = banned

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.Tensor:
        """(rows, vocabulary) -> the same shape, as log probabilities."""
        del input_ids
        return scores.masked_fill(self._banned, float("-inf")).log_softmax(dim=-1)


def load_weights(folder: Path) -> transformers.PreTrainedModel:
    """Load a folder's model in float32, for inference or further training.

    Raises:
        ModelError: transformers cannot load it.
    """
    try:
        with quietly():
            model = transformers.AutoModelForSeq2SeqLM.from_pretrained(
                os.fspath(folder),
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                dtype=torch.float32,
            )
    except (KeyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise ModelError(f"{folder}: transformers cannot load it: {error}") from error
    return cast("transformers.PreTrainedModel", model.eval())


def _fastest_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
