"""What a bullet writer learns: the loss of a batch, and how well it writes unseen bullets.

Left out: how a run goes (`loop.py`) and where its examples come from (`bullet_pairs.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from torch.nn import functional

from brief.datatypes import Candidate
from brief.evaluation.metrics.rouge import as_lines, mean_rouge
from brief.evaluation.metrics.rouge_tokenizer import choose_tokenizer
from brief.guard import check
from brief.models.base import ModelCard
from brief.models.tokenization import Encoding
from brief.training.data.batches import Batches
from brief.training.data.bullet_dataset import Encoder, Examples
from brief.training.data.bullet_pairs import Pair
from brief.training.export_seq2seq import export

_IGNORED = -100
"""What torch's losses leave out."""

_VALIDATION_ROWS = 32


@dataclass(frozen=True, slots=True)
class Question:
    """One unseen chunk with what an editor made of it.

    Attributes:
        pair: What the model reads; it has no target.
        body: The article's text.
        reference: The editor's own words.
    """

    pair: Pair
    body: str
    reference: str


class Seq2SeqTask:
    """The `Task` of writing bullets.

    Args:
        model: A sequence-to-sequence model.
        base: Its folder, for the files beside the weights.
        card: What is known about it.
        encoding: Its tokenizer and template.
        examples: What there is to learn.
        batches: In which order.
        questions: What it is validated on.
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
        questions: Sequence[Question],
        settings: Mapping[str, Any],
        *,
        freeze_encoder: bool,
        encoder_rate: float,
        label_smoothing: float,
    ) -> None:
        self.model: Any = model
        self.settings = settings
        self._base = base
        self._card = card
        self._encoding = encoding
        self._examples = examples
        self._batches = batches
        self._questions = questions
        self._encoder_rate = encoder_rate
        self._label_smoothing = label_smoothing
        self._pad_id: int = self.model.config.pad_token_id
        self._end_id: int = self.model.config.eos_token_id
        encoder = self.model.get_encoder()
        self._in_encoder = {id(weight) for weight in encoder.parameters()}
        self._frozen = encoder if freeze_encoder else None
        if freeze_encoder:
            encoder.requires_grad_(requires_grad=False)
        self._named = dict(self.model.named_parameters())
        self._encoder = Encoder(encoding, card, self._end_id)
        self._tokenizer = choose_tokenizer(question.reference for question in questions)

    def rate_of(self, name: str) -> float:
        """See `Task.rate_of`."""
        return self._encoder_rate if id(self._named[name]) in self._in_encoder else 1.0

    def loss(self, step: int) -> tuple[torch.Tensor, int]:
        """See `Task.loss`; the mean over all tokens of the targets."""
        rows = self._batches[step].tolist()
        ids, mask = self._padded([self._examples.source(row).tolist() for row in rows])
        labels = _rectangle([self._examples.target(row).tolist() for row in rows], _IGNORED)
        inputs: dict[str, Any] = {"input_ids": ids}
        if self._frozen is not None:
            # What is not learned is computed as it will be used: without dropout.
            self._frozen.eval()
            with torch.no_grad():
                inputs = {"encoder_outputs": self._frozen(input_ids=ids, attention_mask=mask)}
        logits = self.model(
            **inputs,
            attention_mask=mask,
            decoder_input_ids=self.model.prepare_decoder_input_ids_from_labels(labels=labels),
            use_cache=False,
        ).logits
        wanted = labels != _IGNORED
        loss = functional.cross_entropy(
            logits[wanted].float(), labels[wanted], label_smoothing=self._label_smoothing
        )
        return loss, len(rows)

    def validate(self) -> Mapping[str, float]:
        """ROUGE of what it writes, greedily, against the editors' words; see `Task.validate`.

        `score` is the mean of ROUGE-1, 2 and Lsum; `passing` the share of bullets that the guard
        would let through as they are.
        """
        written = self._write()
        pairs = [
            (as_lines([text]), as_lines([question.reference]))
            for text, question in zip(written, self._questions, strict=True)
        ]
        passing = [
            self._passes(text, question)
            for text, question in zip(written, self._questions, strict=True)
        ]
        return {
            **mean_rouge(pairs, self._tokenizer),
            "passing": sum(passing) / len(passing),
        }

    def write(self, folder: Path) -> None:
        """See `Task.write`."""
        export(self.model, self._base, self._card, folder)

    def _passes(self, text: str, question: Question) -> bool:
        if not text:
            return False
        seen = check.to_bullet(
            Candidate(text, question.pair.chunk),
            question.body,
            None,
            language="en",
            compressing=self._card.copy_locked,
        )
        return seen is not None and not check.is_replaced(seen) and not check.is_dangling(seen)

    def _write(self) -> list[str]:
        """What the model writes of each question, greedily and without copy lock."""
        sources = self._encoder.sources([question.pair for question in self._questions])
        order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
        texts: dict[int, str] = {}
        settings = transformers.GenerationConfig(  # type: ignore[no-untyped-call]
            do_sample=False,
            decoder_start_token_id=self.model.config.decoder_start_token_id,
            eos_token_id=self._end_id,
            pad_token_id=self._pad_id,
            max_new_tokens=self._card.generation.max_new_tokens,
        )
        start = [self.model.config.decoder_start_token_id, *self._encoder.prefix]
        for at in range(0, len(order), _VALIDATION_ROWS):
            rows = order[at : at + _VALIDATION_ROWS]
            ids, mask = self._padded([sources[row] for row in rows])
            outputs = self.model.generate(
                input_ids=ids,
                attention_mask=mask,
                decoder_input_ids=torch.tensor([start] * len(rows)),
                generation_config=settings,
            )
            for row, output in zip(rows, outputs[:, len(start) :].tolist(), strict=True):
                end = output.index(self._end_id) if self._end_id in output else len(output)
                texts[row] = self._encoding.decode(output[:end])
        return [texts[row] for row in range(len(sources))]

    def _padded(self, sources: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, each (sources, longest source)."""
        mask = _rectangle([[1] * len(source) for source in sources], 0)
        return _rectangle(sources, self._pad_id), mask


def _rectangle(rows: Sequence[Sequence[int]], filler: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
