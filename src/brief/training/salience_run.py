"""Data and a base -> a model that also rates sentences: `brief train --part salience`.

Left out: what is learned (`salience.py`), how a run goes (`loop.py`), and the bullet writer's own
training (`train.py`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brief.errors import InputError, UsageError
from brief.evaluation.dataset import Example, read_dataset
from brief.evaluation.rouge_tokens import choose_tokenizer
from brief.models.folder import fingerprint
from brief.models.registry import to_encoding
from brief.models.salience import Layout
from brief.training.leaks import Held
from brief.training.train import base_of, digest_of, parted, texts_of, work_folder

if TYPE_CHECKING:
    from brief.training.loop import Progress, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SalienceSettings:
    """What to learn from, and how.

    Attributes:
        data, base, validation, avoid: As `TrainSettings` has them.
        steps: Batches of 12 windows; None for one pass over the data.
        learning_rate: Of the adapter; ten times what whole weights would bear.
        warmup_steps, decay_steps: From 0 up to it, and from it down to 0 at the end; it is level
            between the two.
        n_validation: Articles of a validation.
        validate_every, patience, checkpoint_every, ema_decay, seed, bf16: As `LoopSettings` has
            them; bf16 None for where the processor has it.
    """

    data: Path
    base: str = "news-small"
    validation: Path | None = None
    avoid: tuple[Path, ...] = ()
    steps: int | None = None
    learning_rate: float = 1e-3
    warmup_steps: int = 80
    decay_steps: int = 250
    n_validation: int = 250
    validate_every: int = 250
    patience: int = 8
    checkpoint_every: int = 50
    ema_decay: float = 0.99
    seed: int = 0
    bf16: bool | None = None
