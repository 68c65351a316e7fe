"""Training task of the bullet writer: the loss of a batch, and validation on unseen bullets.

See `loop.py` for the training loop and `bullet_pairs.py` for the examples.

Tested in `tests/training/test_train_bullets.py`.
"""

import copy
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import torch
import transformers
from torch.nn import functional

from brief.datatypes import Article
from brief.evaluation.metrics.rouge import as_lines, mean_rouge
from brief.evaluation.metrics.rouge_tokenizer import choose_tokenizer
from brief.models.base import GenerationConfig, Model, ModelCard
from brief.models.copy_lock import CopyLock
from brief.models.hf import HfEngine
from brief.models.registry import load_folder
from brief.models.seq2seq import Seq2SeqModel
from brief.models.tokenization import Encoding
from brief.settings import Length
from brief.training.data.batches import Batches
from brief.training.data.bullet_dataset import Examples
from brief.training.data.bullet_lengths import length_of, n_words
from brief.training.data.validation_bullets import ValidationBullet
from brief.training.export_seq2seq import export

_IGNORED = -100
"""What torch's losses leave out."""

_LOCK_ROWS = 96
"""Bullets that share a copy lock in a validation; one lock per article would be slower."""

_NO_ARTICLE = Article("", "", ())
"""Sequence-to-sequence models read only the chunks."""

_LENGTHS: tuple[Length, ...] = get_args(Length)


class Seq2SeqTask:
    """The `Task` of writing bullets.

    Args:
        model: A sequence-to-sequence model.
        base: Its folder, for the files beside the weights.
        card: What is known about it.
        encoding: Its tokenizer and template.
        examples: What there is to learn.
        batches: In which order.
        unseen: The validation set.
        settings: What decides the result.
        freeze_encoder: Leave the encoder, and the embeddings it shares, as they are.
        encoder_rate: The encoder's learning rate, as a part of the run's.
        label_smoothing: Probability that is spread over all tokens.
    """

    def __init__(
        self,
        model: transformers.PreTrainedModel,
        base: Path,
        card: ModelCard,
        encoding: Encoding,
        examples: Examples,
        batches: Batches,
        unseen: Sequence[ValidationBullet],
        settings: Mapping[str, Any],
        *,
        freeze_encoder: bool,
        encoder_rate: float,
        label_smoothing: float,
    ) -> None:
        self.model: Any = model
        self.settings = settings
        self.base = base
        self._card = card
        self._encoding = encoding
        self._examples = examples
        self._batches = batches
        self._unseen = unseen
        self._encoder_rate = encoder_rate
        self._label_smoothing = label_smoothing
        self._pad_id: int = self.model.config.pad_token_id
        # On CPUs the backward pass of torch's fused attention is slower.
        self.model.set_attn_implementation("eager")
        self._lock = None
        if card.copy_locked and self.model.config.model_type == "bart":
            self._lock = CopyLock.read(base / "vmap.txt")
        encoder = self.model.get_encoder()
        self._in_encoder = {id(weight) for weight in encoder.parameters()}
        self._freeze_encoder = freeze_encoder
        if freeze_encoder:
            encoder.requires_grad_(requires_grad=False)
        self._named = dict(self.model.named_parameters())
        # A shallow copy shares the weights, but not the generation settings, which change.
        engine = HfEngine(base, encoding, model=copy.copy(self.model), device="cpu")
        self._as_it_is = Seq2SeqModel(card, encoding, engine)
        self._tokenizer = choose_tokenizer(bullet.reference for bullet in unseen)
        self._own_lengths = [_asked(bullet.reference) for bullet in unseen]

    def rate_of(self, name: str) -> float:
        """See `Task.rate_of`."""
        return self._encoder_rate if id(self._named[name]) in self._in_encoder else 1.0

    def loss(self, step: int) -> tuple[torch.Tensor, int]:
        """See `Task.loss`; the mean over all target tokens that the model may write.

        A copy-locked model is trained as it is used: the output layer has only the pieces of the
        batch's sources and those that are always allowed. Target pieces that their own source
        does not allow have no loss.
        """
        # No dropout: noise does not help to learn exact copying.
        self.model.eval()
        rows = self._batches[step].tolist()
        sources = [self._examples.source(row).tolist() for row in rows]
        ids, mask = self._padded(sources)
        labels = _rectangle([self._examples.target(row).tolist() for row in rows], _IGNORED)
        inputs: dict[str, Any] = {"input_ids": ids}
        if self._freeze_encoder:
            with torch.no_grad():
                encoder = self.model.get_encoder()
                inputs = {"encoder_outputs": encoder(input_ids=ids, attention_mask=mask)}
        inputs |= {
            "attention_mask": mask,
            "decoder_input_ids": self.model.prepare_decoder_input_ids_from_labels(labels=labels),
            "use_cache": False,
        }
        if self._lock is None:
            wanted = labels != _IGNORED
            logits, targets = self.model(**inputs).logits[wanted], labels[wanted]
        else:
            columns, labels = self._restricted(sources, labels)
            wanted = labels != _IGNORED
            states = self.model.model(**inputs).last_hidden_state[wanted]
            weight, bias = self.model.lm_head.weight, self.model.final_logits_bias[0]
            logits = functional.linear(states, weight[columns], bias[columns])
            targets = labels[wanted]
        loss = functional.cross_entropy(
            logits.float(), targets, label_smoothing=self._label_smoothing
        )
        return loss, len(rows)

    def validate(self) -> Mapping[str, float]:
        """ROUGE of greedily written bullets against the editors' bullets; see `Task.validate`.

        Each bullet has the length class of its reference. `score` is the mean of ROUGE-1, 2
        and Lsum, `words` the mean number of words.
        """
        greedy = replace(self._card.generation, num_beams=1)
        locks = [row // _LOCK_ROWS for row in range(len(self._unseen))]
        return self._scores(self._as_it_is, greedy, self._own_lengths, locks)

    def write(self, folder: Path) -> None:
        """See `Task.write`."""
        export(self.model, self.base, self._card, folder)

    def as_used(self, folder: Path) -> Mapping[str, Mapping[str, float]]:
        """Scores of a model's folder, run as users run it: with the card's beams, and a copy lock
        per article.

        Returns:
            Scores by the length class of all bullets; `own` is that of each reference.
        """
        model = load_folder(folder, replace(self._card, source=str(folder)))
        asked = {"own": self._own_lengths}
        asked |= {length: [length] * len(self._unseen) for length in _LENGTHS}
        articles = [bullet.article_id for bullet in self._unseen]
        return {
            name: self._scores(model, self._card.generation, lengths, articles)
            for name, lengths in asked.items()
        }

    def _scores(
        self,
        model: Model,
        config: GenerationConfig,
        lengths: Sequence[Length],
        locks: Sequence[Hashable],
    ) -> dict[str, float]:
        """Scores of a model on the unseen bullets.

        Args:
            model: The model that writes them.
            config: Its generation settings.
            lengths: The length class of each bullet.
            locks: Bullets of one length with equal values here share a copy lock.
        """
        together: dict[tuple[Length, Hashable], list[int]] = {}
        for row, key in enumerate(zip(lengths, locks, strict=True)):
            together.setdefault(key, []).append(row)
        texts = [""] * len(self._unseen)
        for (length, _), rows in together.items():
            # Without duplicates: a sentence may have two bullets of one length.
            chunks = list(dict.fromkeys(self._unseen[row].chunk for row in rows))
            found = model.propose(_NO_ARTICLE, chunks, replace(config, length=length))
            for row in rows:
                chunk = self._unseen[row].chunk
                texts[row] = " ".join(one.text for one in found if one.chunk == chunk)
        pairs = [
            (as_lines([text]), as_lines([bullet.reference]))
            for text, bullet in zip(texts, self._unseen, strict=True)
        ]
        mean_words = sum(map(n_words, texts)) / len(texts)
        return {**mean_rouge(pairs, self._tokenizer), "words": mean_words}

    def _allowed(self, source: Sequence[int]) -> set[int]:
        """Ids that the copy lock allows for a source."""
        assert self._lock is not None
        return set(self._encoding.ids(list(self._lock.allowed([self._encoding.pieces(source)]))))

    def _restricted(
        self, sources: Sequence[Sequence[int]], labels: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The ids of the output layer for a batch, and the labels as indices of them; labels that
        the row's own source does not allow are ignored.
        """
        allowed = [self._allowed(source) for source in sources]
        columns = sorted(set().union(*allowed))
        places = {id_: place for place, id_ in enumerate(columns)}
        rows = [
            [places[label] if label in own else _IGNORED for label in row]
            for row, own in zip(labels.tolist(), allowed, strict=True)
        ]
        return torch.tensor(columns), torch.tensor(rows)

    def _padded(self, sources: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, each (sources, longest source)."""
        mask = _rectangle([[1] * len(source) for source in sources], 0)
        return _rectangle(sources, self._pad_id), mask


def _asked(reference: str) -> Length:
    """The length class that a user would choose for a bullet; `tiny` is not offered."""
    own = length_of(reference)
    return next((length for length in _LENGTHS if length == own), "short")


def _rectangle(rows: Sequence[Sequence[int]], filler: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
