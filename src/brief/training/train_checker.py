"""Train a checker of bullets: the steps of `brief train --part checker`.

    read -> right and wrong bullets -> rows (kept with the checkpoint) -> steps -> the folder

See `checker_task.py` for the task and `checker_dataset.py` for its examples.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brief.errors import InputError
from brief.evaluation.data.dataset import read_dataset
from brief.evaluation.data.tables import read_table
from brief.models.checker import CheckerLayout
from brief.models.checkpoint_folder import fingerprint
from brief.models.registry import resolve, to_encoding
from brief.settings import DEFAULTS
from brief.training.data import array_cache
from brief.training.data.checker_dataset import (
    EDITORS,
    OTHERS,
    RIGHT,
    Item,
    Maker,
    Names,
    Reader,
    Rows,
    article_items,
    compression_items,
    edited_items,
    exchanged,
    is_edited,
    to_rounds,
)
from brief.training.data.decontamination import Held
from brief.training.data.splits import articles_in, digest_of, work_folder

if TYPE_CHECKING:
    from brief.training.loop import Progress, Run

_ROWS = "rows.npz"
_VALIDATION = "validation.npz"

_HELD_OUT = 16
"""Of 256 articles, so many are kept for validation and for the threshold."""
_MADE = 3
"""Of each held-out article, so many bullets are made wrong for validation."""
_NAMED_TEXTS = 4_000
"""Articles that names are learned from: more say little that is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerSettings:
    """What to learn from, and how.

    Attributes:
        data: Files of articles that an editor has read, and of articles with bullets.
        pairs: Files of {"source", "target"} rows: sentences and their compressions.
        base: A model's name or folder; its encoder is where the checker begins.
        avoid: Evaluation files: what stands in them is not trained on.
        others: Right bullets that no editor wrote, for each that one wrote.
        epochs: Times that all editors' bullets are read, each time with errors made anew.
        steps: Batches of up to 3,200 tokens; overrules the end of the epochs, not the errors.
        learning_rate, warmup_steps, validate_every, patience, checkpoint_every, ema_decay, seed:
            As `LoopSettings` has them.
        bf16: None for where the processor has it.
    """

    data: tuple[Path, ...]
    pairs: tuple[Path, ...] = ()
    base: str = DEFAULTS.model
    avoid: tuple[Path, ...] = ()
    others: float = 0.5
    epochs: float = 3.0
    steps: int | None = None
    learning_rate: float = 2e-4
    warmup_steps: int = 100
    validate_every: int = 200
    patience: int = 8
    checkpoint_every: int = 50
    ema_decay: float = 0.99
    seed: int = 0
    bf16: bool | None = None


def prepare_checker(
    settings: CheckerSettings,
    output: Path,
    *,
    tell: "Callable[[Progress], None]" = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
) -> "Run":
    """Everything before the first step; Args and Raises are those of `train_bullets.train`."""
    import torch

    from brief.models.hf import load_weights
    from brief.training.checker_task import CheckerNetwork, CheckerTask, to_encoder
    from brief.training.export_salience import to_bert
    from brief.training.loop import LoopSettings, Run

    work = work_folder(output)
    card, base = resolve(settings.base)
    if base is None:
        raise InputError(f"--base {settings.base}: only chooses sentences, it has no encoder")
    layout = CheckerLayout()
    facts = {
        "part": "checker",
        "layout": asdict(layout),
        "others": settings.others,
        "epochs": settings.epochs,
        "seed": settings.seed,
        "data": [digest_of(path) for path in settings.data],
        "pairs": [digest_of(path) for path in settings.pairs],
        "avoid": [digest_of(path) for path in settings.avoid],
        "base": fingerprint(base),
    }
    key = json.dumps(facts, sort_keys=True)
    arrays, unseen = array_cache.load(work / _ROWS, key), array_cache.load(work / _VALIDATION, key)
    if arrays is None or unseen is None:
        note("making errors")
        reader = Reader(to_encoding(base, card), layout)
        rows, validation = _rows(settings, reader, note)
        array_cache.save(work / _ROWS, key, vars(rows))
        array_cache.save(work / _VALIDATION, key, vars(validation))
    else:
        rows, validation = Rows(**arrays), Rows(**unseen)
    note(f"{len(rows):,} bullets to learn from, {rows.right.mean():.0%} of them right")
    torch.manual_seed(settings.seed)
    encoder = to_encoder(to_bert(load_weights(base).get_encoder(), {}), layout)
    network = CheckerNetwork(encoder)
    task = CheckerTask(network, base, rows, validation, layout, facts, seed=settings.seed)
    n_steps = settings.steps or task.n_batches
    loop = LoopSettings.of(settings, n_steps)
    return Run(task, loop, work, tell)


def _rows(
    settings: CheckerSettings, reader: Reader, note: Callable[[str], None]
) -> tuple[Rows, Rows]:
    """What is trained on and what is validated on."""
    edited: list[_Edited] = []
    sets: list[Path] = []
    for path in settings.data:
        rows = [(place, row) for place, row in read_table(path) if not isinstance(row, InputError)]
        if rows and is_edited(rows[0][1]):
            edited += rows
        else:
            sets.append(path)
    learned = [one for one in edited if not _is_held_out(one)]
    unseen = [one for one in edited if _is_held_out(one)]
    if not learned or not unseen:
        raise InputError(
            f"{settings.data[0]}: a checker learns from articles that an editor has read",
            "docs/model.md says how such a row is written; it takes some dozens",
        )
    examples = [example for path in sets for example in read_dataset(path, strict=True).examples]
    texts = [*map(_text, learned), *(example.source.text for example in examples[:_NAMED_TEXTS])]
    is_name = Names(texts)
    held = Held([*(articles_in(path) for path in settings.avoid), map(_text, unseen)])
    items = [edited_items(*one, is_name) for one in learned if not held.shares(_text(one))]
    note(f"{len(items):,} articles that an editor has read")
    order = np.random.default_rng(settings.seed).permutation(len(examples)).tolist()
    free = (examples[at] for at in order if not held.shares(examples[at].source.text))
    others = _alternating(
        article_items(free, is_name, settings.seed),
        compression_items(_sentences(settings.pairs), is_name),
    )
    n_rounds = max(1, round(settings.epochs))
    rounds = to_rounds(items, others, Maker(), is_name, n_rounds, settings.others, settings.seed)
    shown = _shown([edited_items(*one, is_name) for one in unseen], is_name, settings.seed)
    return reader.rows(chain.from_iterable(rounds)), reader.rows(shown)


_Edited = tuple[str, Mapping[str, Any]]
"""Where a row stands, and the row."""


def _text(edited: _Edited) -> str:
    return " ".join(map(str, edited[1]["sentences"]))


def _is_held_out(edited: _Edited) -> bool:
    place, row = edited
    id_ = str(row.get("id", place))
    return sha256(f"checker\n{id_}".encode()).digest()[0] < _HELD_OUT


def _sentences(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for place, row in read_table(path):
            if isinstance(row, InputError):
                raise row
            if not isinstance(row.get("source"), str) or not isinstance(row.get("target"), str):
                raise InputError(f"{place}: no “source” and “target” text")
            yield row["source"], row["target"]


def _alternating(one: Iterator[Item], other: Iterator[Item]) -> Iterator[Item]:
    for both in zip_longest(one, other):
        yield from (item for item in both if item is not None)


def _shown(
    edited: Sequence[Sequence[Item]], is_name: Names, seed: int
) -> Iterator[tuple[Item, int]]:
    """What a validation reads: editors' own bullets, and some errors made of the right ones."""
    draw = np.random.default_rng(seed)
    maker = Maker()
    for items in edited:
        yield from ((item, EDITORS) for item in items)
        right = [item for item in items if item.kind == RIGHT]
        yield from ((item, OTHERS) for item in exchanged(right, is_name, draw))
        for item in right[:_MADE]:
            yield from ((one, OTHERS) for one in (item, *maker.wrongs(item, 1, draw)))
