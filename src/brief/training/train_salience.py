"""Train the salience tagger of a base model: the steps of `brief train --part salience`.

    read and label -> lessons (kept with the checkpoint) -> steps -> the model's folder

See `salience_task.py` for the task, `loop.py` for the training loop and `train_bullets.py` for
training the bullet writer.

Tested in `tests/training/test_train_bullets.py`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brief.errors import InputError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import choose_tokenizer
from brief.models.checkpoint_folder import fingerprint
from brief.models.registry import to_encoding
from brief.models.salience import Layout
from brief.settings import DEFAULTS
from brief.training.data import array_cache
from brief.training.data.decontamination import Held
from brief.training.data.salience_dataset import Lessons, to_lessons
from brief.training.data.splits import base_of, digest_of, held_by, split, work_folder

if TYPE_CHECKING:
    from brief.training.loop import Progress, Run

_LESSONS = "lessons.npz"

DECAY_SHARE = 0.6
"""Of all steps: the averaged weights gain most while the rate falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalienceSettings:
    """What to learn from, and how.

    Attributes:
        data: Files of articles with bullets.
        base, validation, avoid: As `TrainSettings` has them.
        epochs: Times that a window of every article is read; `steps` overrules it.
        steps: Batches of 12 windows.
        learning_rate: Of the adapter; ten times what whole weights would bear.
        warmup_steps: Until it is reached.
        decay_steps: Of its fall at the end; None for three fifths of all steps.
        n_validation: Articles of a validation.
        validate_every, patience, checkpoint_every, ema_decay, seed, bf16: As `LoopSettings` has
            them; bf16 None for where the processor has it.
    """

    data: tuple[Path, ...]
    base: str = DEFAULTS.model
    validation: Path | None = None
    avoid: tuple[Path, ...] = ()
    epochs: float = 1.0
    steps: int | None = None
    learning_rate: float = 1e-3
    warmup_steps: int = 80
    decay_steps: int | None = None
    n_validation: int = 250
    validate_every: int = 250
    patience: int = 8
    checkpoint_every: int = 50
    ema_decay: float = 0.99
    seed: int = 0
    bf16: bool | None = None


def prepare_salience(
    settings: SalienceSettings,
    output: Path,
    *,
    tell: "Callable[[Progress], None]" = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> "Run":
    """Everything before the first step; Args and Raises are those of `train_bullets.train`."""
    from brief.models.hf import load_weights
    from brief.training.loop import LoopSettings, Run
    from brief.training.salience_task import BATCH_WINDOWS, SalienceTask, to_questions

    work = work_folder(output)
    training, validation = split(settings.data, settings.validation, settings.seed)
    card, base = base_of(settings.base, training.texts, work)
    encoding = to_encoding(base, card)
    layout = Layout()
    facts = {
        "part": "salience",
        "layout": asdict(layout),
        "n_validation": settings.n_validation,
        "data": training.digest,
        "validation": validation.digest,
        "avoid": [digest_of(path) for path in settings.avoid],
        "base": fingerprint(base),
        "prompt": encoding.prompt.digest,
    }
    references = [bullet for example in validation.examples for bullet in example.bullets]
    tokenizer = choose_tokenizer(references)
    questions = to_questions(validation.examples, encoding, settings.n_validation)
    if not questions:
        raise InputError(
            "no validation article can be read", "name other articles with --validation"
        )
    key = json.dumps(facts, sort_keys=True)
    arrays = array_cache.load(work / _LESSONS, key)
    if arrays is None:
        note(f"labelling the sentences of {len(training):,} articles")
        held = held_by(settings.avoid, validation.texts)
        lessons = to_lessons(_unseen(training.examples, held, note), encoding, tokenizer, layout)
        array_cache.save(work / _LESSONS, key, vars(lessons))
    else:
        lessons = Lessons(**arrays)
    if not len(lessons):
        raise InputError(
            "not one article can be learned from",
            "it takes articles of at least three sentences, and their bullets",
        )
    note(f"{len(lessons):,} articles to learn from")
    task = SalienceTask(
        load_weights(base).get_encoder(),
        base,
        card,
        encoding,
        lessons,
        questions,
        tokenizer,
        layout,
        facts,
        seed=settings.seed,
    )
    n_steps = settings.steps or max(1, round(settings.epochs * len(lessons) / BATCH_WINDOWS))
    loop = LoopSettings.of(
        settings, n_steps, decay_steps=settings.decay_steps or round(DECAY_SHARE * n_steps)
    )
    return Run(task, loop, work, tell)


def _unseen(
    examples: Iterable[Example], held: Held, note: Callable[[str], None]
) -> Iterator[Example]:
    """Articles that no evaluation file holds; how many were left out is told at the end."""
    n_held = 0
    for example in examples:
        if held.shares(example.source.text):
            n_held += 1
        else:
            yield example
    note(f"{n_held:,} articles stand in an evaluation file and were left out")
