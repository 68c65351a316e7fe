"""Train a bullet writer from data and a base model: the steps of `brief train`, in order.

    read and align -> pairs -> token ids (kept with the checkpoint) -> steps -> the model's folder

Everything but the model is in `FOLDER/training`; the same call continues an interrupted run.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brief.errors import BriefError, InputError
from brief.evaluation.data.dataset import DataSet, Example
from brief.evaluation.data.tables import read_table
from brief.ingest.article import to_article
from brief.models.base import ModelCard
from brief.models.checkpoint_folder import fingerprint
from brief.models.chunking import to_chunks
from brief.models.registry import to_encoding
from brief.settings import DEFAULTS
from brief.training.data import array_cache
from brief.training.data.bullet_alignment import align_bullets, without_mark
from brief.training.data.bullet_dataset import Encoder, Examples, to_examples
from brief.training.data.bullet_pairs import Pair, article_pairs, sentence_pairs
from brief.training.data.splits import base_of, digest_of, held_by, parted, work_folder
from brief.training.train_checker import CheckerSettings, prepare_checker
from brief.training.train_salience import SalienceSettings, prepare_salience

if TYPE_CHECKING:
    from brief.models.tokenization import Encoding
    from brief.training.loop import Progress, Run
    from brief.training.seq2seq_task import Question

_COUNTS = "counts.json"
_EXAMPLES = "examples.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """What to train, on what and how.

    Attributes:
        data: Articles with bullets, as `brief eval run --data` reads them.
        pairs: Files of {"source", "target"} rows: sentences and their compressions.
        base: A model's name or folder; `minilm` for where news-small began.
        validation: Articles with bullets; None to hold out a part of `data`.
        avoid: Evaluation files: what stands in them is not trained on.
        n_validation: Bullets that a validation writes.
        epochs: Times that every bullet is seen; `steps` overrules it.
        steps: Steps in all.
        batch_tokens: Tokens of a batch, padding included.
        skip_ratio, label_ratio, compression_ratio: Examples of the kind for each bullet.
        freeze_encoder: Leave the encoder, and the embeddings it shares, as they are.
        encoder_rate: The encoder's learning rate, as a part of the run's.
        label_smoothing: Probability that is spread over all tokens.
        learning_rate, warmup_steps, schedule, ema_decay, validate_every, patience,
        checkpoint_every, seed: As `LoopSettings` has them; None for its defaults.
        bf16: None for where the processor has it.
    """

    data: Path
    pairs: tuple[Path, ...] = ()
    base: str = DEFAULTS.model
    validation: Path | None = None
    avoid: tuple[Path, ...] = ()
    n_validation: int = 256
    epochs: float = 3.0
    steps: int | None = None
    batch_tokens: int = 2200
    skip_ratio: float = 0.5
    label_ratio: float = 0.25
    compression_ratio: float = 0.75
    freeze_encoder: bool = False
    encoder_rate: float = 0.35
    label_smoothing: float = 0.1
    learning_rate: float = 6e-4
    warmup_steps: int = 150
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
    run = prepare(settings, output, tell=tell, note=note)
    if run.step:
        note(f"going on from step {run.step:,}")
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
    training, validation = parted(settings.data, settings.validation, settings.seed)
    card, base = base_of(settings.base, training, work)
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
    questions = _questions(validation, card, encoding, settings)
    if not questions:
        raise InputError(f"{validation.name}: no validation bullet stands in its article")
    examples = _examples(settings, training, validation, card, base, encoding, work, facts, note)
    return _run(settings, base, card, encoding, examples, questions, facts, work, tell)


def finish(run: "Run", output: Path, *, note: Callable[[str], None] = lambda _: None) -> None:
    """Write the best weights of a run as a model.

    Raises:
        StorageError, ModelError: It cannot be written or converted.
    """
    run.write(output)
    if run.best is None:
        note(f"{output}: the model as it was at step {run.step:,}, not validated yet")
        return
    scores = ", ".join(f"{key} {value:.4g}" for key, value in run.best.items())
    note(f"{output}: the best model ({scores})")


_UNDECIDED = frozenset(
    {"data", "pairs", "validation", "avoid", "base", "steps", "epochs", "checkpoint_every"}
    | {"learning_rate", "warmup_steps", "schedule", "ema_decay", "validate_every", "patience"}
    | {"seed", "bf16"}
)
"""Settings that go into the facts of a run in another form."""


def _examples(
    settings: TrainSettings,
    training: DataSet,
    validation: DataSet,
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
    held = held_by(settings.avoid, validation)
    note(f"aligning the bullets of {len(training.examples):,} articles")
    pairs: list[Iterable[Pair]] = [
        article_pairs(training.examples, card, encoding, held, counts),
        *(sentence_pairs(_sentences(path), card, encoding, counts) for path in settings.pairs),
    ]
    end_id = (read_json(base / "config.json") or {}).get("eos_token_id")
    encoder = Encoder(encoding, card, end_id if isinstance(end_id, int) else 1)
    made = to_examples((pair for some in pairs for pair in some), encoder)
    for what, n in sorted(counts.items()):
        note(f"{n:>9,} {what}")
    if not len(made.of_kind("bullet")) and not len(made.of_kind("compression")):
        raise InputError(
            f"{settings.data}: not one bullet can be taught ({_commonest(counts)})",
            "a bullet must say what a sentence of its own article says",
        )
    array_cache.save(path, key, vars(made))
    (work / _COUNTS).write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", "utf-8")
    return made


def _commonest(counts: Counter[str]) -> str:
    """The three reasons why most was dropped."""
    dropped = Counter({what: n for what, n in counts.items() if what.startswith("dropped")})
    return ", ".join(f"{n:,} {what}" for what, n in dropped.most_common(3))


def _sentences(path: Path) -> Iterator[tuple[str, str]]:
    for place, row in read_table(path):
        if isinstance(row, InputError):
            raise row
        source, target = row.get("source"), row.get("target")
        if not isinstance(source, str) or not isinstance(target, str):
            raise InputError(f"{place}: no row with the texts source and target")
        if source.strip() and target.strip():
            yield " ".join(source.split()), " ".join(target.split())


def _questions(
    validation: DataSet, card: ModelCard, encoding: "Encoding", settings: TrainSettings
) -> "list[Question]":
    """Unseen bullets that a chunk of their article says, as many as wanted, evenly spread."""
    from brief.training.seq2seq_task import Question

    found: list[Question] = []
    for example in validation.examples:
        found += [
            Question(Pair("label", chunk), body, bullet)
            for chunk, body, bullet in _asked(example, card, encoding)
        ]
    every = max(1, len(found) // settings.n_validation)
    return found[::every][: settings.n_validation]


def _asked(
    example: Example, card: ModelCard, encoding: "Encoding"
) -> Iterator[tuple[Any, str, str]]:
    try:
        article = to_article(example.source)
    except BriefError:
        return
    chunks = to_chunks(article, card.budget, encoding)
    told = [without_mark(bullet) for bullet in example.bullets if bullet.strip()]
    by_chunk: dict[int, list[str]] = {}
    for bullet, home in zip(told, align_bullets(told, chunks).homes, strict=True):
        if home is not None:
            by_chunk.setdefault(home, []).append(bullet)
    for home, bullets in sorted(by_chunk.items()):
        if card.n_bullets_per_chunk is None:
            yield chunks[home], article.text, " ".join(bullets)
        else:
            yield chunks[home], article.text, bullets[0]


def _run(
    settings: TrainSettings,
    base: Path,
    card: ModelCard,
    encoding: "Encoding",
    examples: Examples,
    questions: "list[Question]",
    facts: Mapping[str, Any],
    work: Path,
    tell: "Callable[[Progress], None]",
) -> "Run":
    from brief.models.hf import load_weights
    from brief.training.data.batches import Batches
    from brief.training.loop import LoopSettings, Run, has_fast_bf16
    from brief.training.seq2seq_task import Seq2SeqTask

    batches = Batches(
        examples,
        max_tokens=settings.batch_tokens,
        ratios={
            "skip": settings.skip_ratio,
            "label": settings.label_ratio,
            "compression": settings.compression_ratio,
        },
        seed=settings.seed,
    )
    n_steps = settings.steps or max(1, round(settings.epochs * batches.n_in_epoch(0)))
    task = Seq2SeqTask(
        load_weights(base),
        base,
        card,
        encoding,
        examples,
        batches,
        questions,
        facts,
        freeze_encoder=settings.freeze_encoder,
        encoder_rate=settings.encoder_rate,
        label_smoothing=settings.label_smoothing,
    )
    loop = LoopSettings(
        n_steps=n_steps,
        learning_rate=settings.learning_rate,
        warmup_steps=min(settings.warmup_steps, n_steps // 10),
        schedule=settings.schedule,
        ema_decay=settings.ema_decay,
        validate_every=settings.validate_every,
        patience=settings.patience,
        checkpoint_every=settings.checkpoint_every,
        bf16=has_fast_bf16() if settings.bf16 is None else settings.bf16,
        seed=settings.seed,
    )
    return Run(task, loop, work, tell)
