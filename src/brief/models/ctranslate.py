"""CTranslate2 engine: int8 inference on the CPU, the default.

Reads a conversion that `convert.py` made or that ships with brief; neither torch nor transformers
is imported here. It works on token ids; see `seq2seq.py` for text.

Tested in `tests/models/test_contract.py`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Semaphore
from typing import Any

import ctranslate2

from brief.errors import ModelError
from brief.models.base import GenerationConfig
from brief.models.conversion_cache import Manifest
from brief.models.seq2seq import MAX_BATCH_ROWS, Generation
from brief.models.tokenization import Encoding

_MAX_DEFAULT_TRANSLATORS = 8
"""Each translator takes the memory of the weights and some 20 MB of buffers."""


class CTranslateEngine:
    """`Seq2SeqEngine` over a converted model.

    There is one single-threaded translator for each of `n_threads` concurrent calls: on articles
    of a few chunks two translators are twice as fast as one, while two threads inside one are
    slower than one. Translators are made when first needed and never share a replica: between two
    calls with a vocabulary map CTranslate2 4.8 keeps the first call's map from words to output
    columns, so a replica that writes two articles in a row mistakes the end token for another
    word.

    Args:
        folder: A conversion.
        encoding: Its tokenizer, to convert ids to CTranslate2's token pieces.
        n_threads: Number of translators; None for one per processor, up to 8.

    Raises:
        ModelError: The folder is not a conversion that this CTranslate2 can read.
    """

    def __init__(self, folder: Path, encoding: Encoding, n_threads: int | None = None) -> None:
        manifest = Manifest.read(folder)
        self.n_parallel = n_threads or min(os.cpu_count() or 1, _MAX_DEFAULT_TRANSLATORS)
        self._folder = folder
        self._compute_type = manifest.compute_type
        first = self._load()
        self._idle: SimpleQueue[Any] = SimpleQueue()
        self._idle.put(first)
        self._turns = Semaphore(self.n_parallel)
        self._encoding = encoding
        self._copy_locked = manifest.copy_locked
        self._end_token = manifest.end_token
        self._forced = [manifest.forced_bos_token] if manifest.forced_bos_token else []
        self.identity: Mapping[str, str] = {
            "engine": "ctranslate",
            "ctranslate2": ctranslate2.__version__,
            "compute_type": first.compute_type,
            "weights": manifest.fingerprint,
        }

    def first_log_probs(self, sources: Sequence[Sequence[int]], token: int) -> list[float]:
        """See `Seq2SeqEngine.first_log_probs`."""
        target = [*self._forced, *self._encoding.pieces([token])]
        with self._translator() as translator:
            results = translator.score_batch(
                [self._encoding.pieces(source) for source in sources],
                [target] * len(sources),
                max_batch_size=MAX_BATCH_ROWS,
                # The default would silently cut longer sources; `Encoding` has checked lengths.
                max_input_length=0,
            )
        return [result.log_probs[len(self._forced)] for result in results]

    def write(
        self, sources: Sequence[Sequence[int]], prefix: Sequence[int], config: GenerationConfig
    ) -> list[list[Generation]]:
        """See `Seq2SeqEngine.write`."""
        forced = [*self._forced, *self._encoding.pieces(prefix)]
        with self._translator() as translator:
            if self._copy_locked:
                # A call without the vocabulary map clears the previous call's map.
                translator.score_batch([[self._end_token]], [[]])
            results = translator.translate_batch(
                [self._encoding.pieces(source) for source in sources],
                target_prefix=[forced] * len(sources) if forced else None,
                # The copy lock is the union over a batch: one article must be one batch.
                max_batch_size=0 if self._copy_locked else MAX_BATCH_ROWS,
                max_input_length=0,
                use_vmap=self._copy_locked,
                disable_unk=True,
                beam_size=config.num_beams,
                num_hypotheses=config.num_beams,
                length_penalty=config.length_penalty,
                no_repeat_ngram_size=config.no_repeat_ngram_size,
                min_decoding_length=config.min_new_tokens + len(forced)
                if config.min_new_tokens
                else 1,
                max_decoding_length=config.max_new_tokens + len(forced),
                return_end_token=True,
            )
        return [
            [self._written(pieces[len(forced) :]) for pieces in result.hypotheses]
            for result in results
        ]

    @contextmanager
    def _translator(self) -> Iterator[Any]:
        """A translator for exclusive use until the block ends."""
        with self._turns:
            try:
                translator = self._idle.get_nowait()
            except Empty:
                translator = self._load()
            try:
                yield translator
            finally:
                self._idle.put(translator)

    def _load(self) -> Any:  # noqa: ANN401  # the library is untyped
        try:
            return ctranslate2.Translator(
                str(self._folder),
                device="cpu",
                compute_type=self._compute_type,
                inter_threads=1,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            problem = f"{self._folder}: CTranslate2 cannot read it: {error}"
            raise ModelError(problem, "remove the folder; it is converted again") from error

    def _written(self, pieces: Sequence[str]) -> Generation:
        finished = bool(pieces) and pieces[-1] == self._end_token
        return Generation(self._encoding.ids(pieces[:-1] if finished else pieces), finished)
