"""Train a bullet writer from data and a base model: the steps of `brief train`, in order.

    read and align -> pairs -> token ids (kept with the checkpoint) -> steps -> the model's folder

Everything but the model is in `FOLDER/training`; the same call continues an interrupted run.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brief.errors import InputError, UsageError, nearest
from brief.models.base import ModelCard
from brief.models.checkpoint_folder import fingerprint
from brief.models.registry import to_encoding
from brief.settings import DEFAULTS
from brief.training.data import array_cache
from brief.training.data.annotated_pairs import annotated_pairs
from brief.training.data.bullet_dataset import KINDS, Encoder, Examples, to_examples
from brief.training.data.bullet_pairs import WRITTEN, Kind, Pair, article_pairs, sentence_pairs
from brief.training.data.splits import (
    Corpus,
    base_of,
    digest_of,
    held_by,
    split,
    work_folder,
)
from brief.training.data.validation_bullets import ValidationBullet, validation_bullets
from brief.training.train_checker import CheckerSettings, prepare_checker
from brief.training.train_salience import SalienceSettings, prepare_salience

if TYPE_CHECKING:
    from brief.models.tokenization import Encoding
    from brief.training.loop import Progress, Run

_COUNTS = "counts.json"
_EXAMPLES = "examples.npz"

MIX: dict[Kind, float] = {"editors": 4, "highlights": 1, "pairs": 0.5, "copy": 0.02, "skip": 0.1}
"""Default mix. Annotated bullets are the fewest and the best; a few sentences are copied whole, so
that copying is learned first."""

MIN_EXAMPLES = 500
"""With fewer examples of bullets a model hardly changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """What to train, on what and how.

    Attributes:
        data: Files of articles with bullets, as `brief eval run --data` reads them, or of
            articles annotated by an editor (`annotated_articles.py`).
        pairs: Files of {"source", "target"} rows: sentences and their compressions.
        base: A model's name or folder; `minilm` for where news-small began.
        validation: A file of either kind; None to hold out a part of each of `data`.
        avoid: Evaluation files: what stands in them is not trained on.
        n_validation: Bullets that a validation writes.
        mix: How often an epoch has the examples of each kind, see `Batches`.
        epochs: Number of epochs; overridden by `steps`.
        steps: Steps in all.
        batch_tokens: Tokens of a batch, padding included.
        freeze_encoder: Leave the encoder, and the embeddings it shares, as they are.
        encoder_rate: The encoder's learning rate, as a part of the run's.
        label_smoothing: Probability that is spread over all tokens.
        learning_rate, warmup_steps, schedule, ema_decay, validate_every, patience,
        checkpoint_every, seed: As `LoopSettings` has them.
        bf16: None for where the processor has it.
    """

    data: tuple[Path, ...]
    pairs: tuple[Path, ...] = ()
    base: str = DEFAULTS.model
    validation: Path | None = None
    avoid: tuple[Path, ...] = ()
    n_validation: int = 256
    mix: Mapping[Kind, float] = field(default_factory=MIX.copy)
    epochs: float = 3.0
    steps: int | None = None
    batch_tokens: int = 6000
    freeze_encoder: bool = False
    encoder_rate: float = 0.35
    label_smoothing: float = 0.05
    learning_rate: float = 5e-4
    warmup_steps: int = 100
    schedule: str = "linear"
    ema_decay: float = 0.999
    validate_every: int = 500
    patience: int = 5
    checkpoint_every: int = 200
    seed: int = 0
    bf16: bool | None = None


def train(
    settings: TrainSettings | SalienceSettings | CheckerSettings,
    output: Path,
    *,
    tell: "Callable[[Progress], None]" = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> "Run":
    """Train a model and write it, or go on with a run that was interrupted.

    Args:
        settings: What, on what and how.
        output: The model's folder.
        tell: Is called with the run's progress.
        note: Is called with what a reader should know: counts, where it goes on, what is best.

    Returns:
        The run, done.

    Raises:
        UsageError: The base is no sequence-to-sequence model, or the folder holds another run.
        InputError: The data cannot be read, or gives no pair.
        ModelError: The base cannot be loaded, or the loss became no number.
        StorageError: There is no room.
        KeyboardInterrupt: After Ctrl-C; the same call goes on from there.
    """

    def told(progress: "Progress") -> None:
        tell(progress)
        # So that the best model so far can be used during training.
        if progress.scores and run.best is not None and run.best["step"] == progress.step:
            run.write(output)

    run = prepare(settings, output, tell=told, note=note)
    if run.step:
        note(f"going on from step {run.step:,}")
    elif isinstance(settings, TrainSettings):
        note(f"the base: {_spelled(run.validate_base())}")
    run.train()
    finish(run, output, note=note)
    return run


def prepare(
    settings: TrainSettings | SalienceSettings | CheckerSettings,
    output: Path,
    *,
    tell: "Callable[[Progress], None]" = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> "Run":
    """Everything before the first step; Args and Raises are those of `train`."""
    if isinstance(settings, SalienceSettings):
        return prepare_salience(settings, output, tell=tell, note=note)
    if isinstance(settings, CheckerSettings):
        return prepare_checker(settings, output, tell=tell, note=note)
    work = work_folder(output)
    training, validation = split(settings.data, settings.validation, settings.seed)
    card, base = base_of(settings.base, training.texts, work)
    encoding = to_encoding(base, card)
    facts = {
        **{key: value for key, value in asdict(settings).items() if key not in _UNDECIDED},
        "data": training.digest,
        "validation": validation.digest,
        "pairs": [digest_of(path) for path in settings.pairs],
        "avoid": [digest_of(path) for path in settings.avoid],
        "base": fingerprint(base),
        "prompt": encoding.prompt.digest,
    }
    unseen = list(validation_bullets(validation, card, encoding))
    if not unseen:
        raise InputError(
            "no validation bullet is in its article", "name other articles with --validation"
        )
    every = max(1, len(unseen) // settings.n_validation)
    unseen = unseen[::every][: settings.n_validation]
    examples = _examples(settings, training, validation, card, base, encoding, work, facts, note)
    return _run(settings, base, card, encoding, examples, unseen, facts, work, tell)


def finish(run: "Run", output: Path, *, note: Callable[[str], None] = lambda _: None) -> None:
    """Write the best weights of a run as a model.

    Raises:
        StorageError, ModelError: It cannot be written or converted.
    """
    run.write(output)
    if run.best is None:
        note(f"{output}: the model as it was at step {run.step:,}, not validated yet")
        return
    note(f"{output}: the best model ({_spelled(run.best)})")
    if run.base is not None:
        note(f"the base, to compare: {_spelled(run.base)}")
        if run.best["score"] <= run.base["score"]:
            note("warning: the new model is no better than the base")


def compare(run: "Run", output: Path, *, note: Callable[[str], None] = lambda _: None) -> None:
    """Note the scores of base and new model on the validation's bullets, run as users run them.

    Raises:
        ModelError: One of them cannot be run.
    """
    from brief.training.seq2seq_task import Seq2SeqTask

    if not isinstance(run.task, Seq2SeqTask):
        return
    for name, folder in (("base", run.task.base), ("new", output)):
        for length, scores in run.task.as_used(folder).items():
            note(f"{name}, length {length}: {_spelled(scores)}")


def _spelled(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in scores.items())


_UNDECIDED = frozenset(
    {"data", "pairs", "validation", "avoid", "base", "steps", "epochs", "checkpoint_every"}
    | {"learning_rate", "warmup_steps", "schedule", "ema_decay", "validate_every", "patience"}
    | {"seed", "bf16"}
)
"""Settings that go into the facts of a run in another form."""


def to_mix(spelled: str) -> dict[Kind, float]:
    """Parse a mix such as `editors=4,pairs=0.5`.

    Raises:
        UsageError: There is no such kind, or a weight is not a number from 0 up.
    """
    mix: dict[Kind, float] = {}
    for item in spelled.split(","):
        name, _, weight = item.partition("=")
        kind = next((kind for kind in KINDS if kind == name.strip()), None)
        if kind is None:
            raise UsageError(f"--mix: there is no kind {name.strip()!r}", nearest(name, KINDS))
        try:
            mix[kind] = float(weight)
        except ValueError:
            mix[kind] = -1.0
        if not 0 <= mix[kind] < math.inf:
            raise UsageError(f"--mix {item}: a weight is a number from 0 up", "such as pairs=0.5")
    return mix


def _examples(
    settings: TrainSettings,
    training: Corpus,
    validation: Corpus,
    card: ModelCard,
    base: Path,
    encoding: "Encoding",
    work: Path,
    facts: Mapping[str, Any],
    note: Callable[[str], None],
) -> Examples:
    """The examples that an earlier start has kept, or new ones."""
    from brief.models.checkpoint_folder import read_json

    wanted = ("data", "pairs", "avoid", "validation", "prompt")
    key = json.dumps({name: facts[name] for name in wanted}, sort_keys=True)
    path = work / _EXAMPLES
    arrays = array_cache.load(path, key)
    if arrays is not None:
        return Examples(**arrays)
    counts: Counter[str] = Counter()
    held = held_by(settings.avoid, validation.texts)
    note(f"aligning the bullets of {len(training):,} articles")
    pairs: list[Iterable[Pair]] = [
        annotated_pairs(training.annotated, card, encoding, held, counts),
        article_pairs(training.examples, card, encoding, held, counts),
        *(sentence_pairs(path, card, encoding, counts) for path in settings.pairs),
    ]
    end_id = (read_json(base / "config.json") or {}).get("eos_token_id")
    encoder = Encoder(encoding, card, end_id if isinstance(end_id, int) else 1)
    made = to_examples((pair for some in pairs for pair in some), encoder)
    for what, n in sorted(counts.items()):
        note(f"{n:>9,} {what}")
    n_bullets = sum(len(made.of_kind(kind)) for kind in WRITTEN)
    if not n_bullets:
        raise InputError(
            f"not one bullet can be taught ({_commonest(counts)})",
            "a bullet must say what a sentence of its own article says",
        )
    if n_bullets < MIN_EXAMPLES:
        note(f"warning: only {n_bullets:,} usable pairs; a model needs {MIN_EXAMPLES:,} or more")
    array_cache.save(path, key, vars(made))
    (work / _COUNTS).write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", "utf-8")
    return made


def _commonest(counts: Counter[str]) -> str:
    """The three reasons why most was dropped."""
    dropped = Counter({what: n for what, n in counts.items() if what.startswith("dropped")})
    return ", ".join(f"{n:,} {what}" for what, n in dropped.most_common(3))


def _run(
    settings: TrainSettings,
    base: Path,
    card: ModelCard,
    encoding: "Encoding",
    examples: Examples,
    unseen: Sequence[ValidationBullet],
    facts: Mapping[str, Any],
    work: Path,
    tell: "Callable[[Progress], None]",
) -> "Run":
    from brief.models.hf import load_weights
    from brief.training.data.batches import Batches
    from brief.training.loop import LoopSettings, Run
    from brief.training.seq2seq_task import Seq2SeqTask

    batches = Batches(
        examples, max_tokens=settings.batch_tokens, mix=settings.mix, seed=settings.seed
    )
    n_steps = settings.steps or max(1, round(settings.epochs * batches.n_in_epoch(0)))
    task = Seq2SeqTask(
        load_weights(base),
        base,
        card,
        encoding,
        examples,
        batches,
        unseen,
        facts,
        freeze_encoder=settings.freeze_encoder,
        encoder_rate=settings.encoder_rate,
        label_smoothing=settings.label_smoothing,
    )
    loop = LoopSettings.of(settings, n_steps)
    return Run(task, loop, work, tell)
