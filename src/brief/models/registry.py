"""Load a model by name, folder or hub id.

See `catalog.py` for the known models.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brief.errors import ModelError, UsageError
from brief.models.base import Model, ModelCard
from brief.models.catalog import card_for_folder, card_of, cards, max_positions
from brief.models.checkpoint_folder import read_config, weight_files
from brief.models.prompts import load_prompt
from brief.settings import DEFAULTS, Engine

if TYPE_CHECKING:
    from brief.models.checker import Checker
    from brief.models.salience import SalienceModel
    from brief.models.tokenization import Encoding

_PACKAGE = Path(__file__).parent
SALIENCE = "salience"
"""The folder next to a model's weights that holds its sentence rater, if one was trained."""
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


def load_model(
    name: str,
    *,
    engine: Engine = DEFAULTS.engine,
    n_threads: int | None = None,
    prompt: str | None = None,
) -> Model:
    """Load a model.

    Args:
        name: A card's name, a transformers folder, or a hub id (`owner/name`).
        engine: `auto` is CTranslate2 where it supports the architecture, else transformers.
            Extractive models have no engine.
        n_threads: CPU threads; None for a useful number.
        prompt: Name of an input template; None for the card's.

    Returns:
        The loaded model.

    Raises:
        UsageError: No card, folder or hub id has that name.
        ModelError: The folder is not usable, or not with this engine.
        HubError: The model is not on this machine and the hub cannot be reached.
        StorageError: The conversion cannot be cached.
        PromptError: There is no such template, or it cannot be filled.
    """
    card, folder = resolve(name)
    if prompt is not None:
        card = replace(card, prompt=prompt)
    if folder is None:
        from brief.models.extractive import ExtractiveModel

        return ExtractiveModel(card)
    return load_folder(folder, card, engine=engine, n_threads=n_threads)


def load_folder(
    folder: Path,
    card: ModelCard | None = None,
    *,
    engine: Engine = DEFAULTS.engine,
    n_threads: int | None = None,
) -> Model:
    """Load a transformers folder, with the caller's card if one is given.

    Args and Raises are those of `load_model`.
    """
    # Heavy imports only when a model is really loaded: listing cards does not need them.
    from brief.models.conversion_cache import CONVERTIBLE

    config = read_config(folder)
    card = card or card_for_folder(folder, config, str(folder))
    _check(card, config, folder)
    convertible = config.get("model_type") in CONVERTIBLE
    if engine == "ctranslate" and not convertible:
        problem = f"{card.name}: CTranslate2 cannot run {config.get('model_type')} models"
        raise ModelError(problem, "use --engine hf")
    if convertible and engine != "hf":
        return _with_ctranslate(folder, card, n_threads)
    return _with_transformers(folder, card, n_threads)


def load_checker(name: str, *, n_parallel: int = 1) -> "Checker | None":
    """Load a model's checker of bullets; None when it has none.

    Args:
        name: As for `load_model`.
        n_parallel: Threads that may ask it at once.

    Raises:
        ModelError: The checker is damaged.
        HubError, UsageError, PromptError: As for `load_model`.
    """
    from brief.models.checker import FOLDER, Checker

    card, folder = resolve(name)
    if folder is None or not (folder / FOLDER).is_dir():
        return None
    return Checker(folder / FOLDER, to_encoding(folder, card), n_parallel)


def n_bytes_on_disk(name: str, *, engine: str) -> int:
    """The size in bytes of the files that a model is loaded from; 0 for extractive ones.

    Args:
        name: As for `load_model`.
        engine: The engine that runs it, as in its signature: `ctranslate` or `hf`.

    Raises:
        ModelError, UsageError: There is no such model on this machine.
    """
    card, folder = resolve(name)
    if folder is None:
        return 0
    files = [*weight_files(folder), *folder.glob("tokenizer*.json"), *folder.glob("*.model")]
    if engine == "ctranslate":
        from brief.models.conversion_cache import find_conversion

        conversion = find_conversion(folder, card.name)
        files = [] if conversion is None else list(conversion.iterdir())
    files += (folder / SALIENCE).glob("*/*")
    return sum(path.stat().st_size for path in files)


def resolve(name: str) -> tuple[ModelCard, Path | None]:
    """A model's card and the folder of its files, which extractive models do not have.

    Args and Raises are those of `load_model`.
    """
    from brief.models.hub import local_snapshot

    if name not in cards():
        folder = Path(name).expanduser()
        for card in cards().values():
            # This is the embedded model, named by its path: use its card in cards.toml.
            if card.source and folder.resolve() == _PACKAGE / card.source:
                return card, folder
        if folder.is_dir():
            return card_for_folder(folder, read_config(folder), folder.resolve().name), folder
        if _HUB_ID.fullmatch(name):
            folder = local_snapshot(name, None)
            return replace(card_for_folder(folder, read_config(folder), name), source=name), folder
        if "/" in name or "\\" in name:
            raise UsageError(f"{name}: no such model folder")
    card = card_of(name)
    if not card.source:
        return card, None
    if "/" not in card.source:
        return card, _PACKAGE / card.source
    return card, local_snapshot(card.source, card.revision)


def _check(card: ModelCard, config: dict[str, Any], folder: Path) -> None:
    positions = max_positions(config)
    if positions is not None and card.budget.max_source_tokens > positions:
        problem = (
            f"{card.name}: its card allows {card.budget.max_source_tokens} source tokens, "
            f"the weights in {folder} have {positions} positions"
        )
        raise ModelError(problem, "lower budget.max_source_tokens in the card")
    if card.copy_locked and not (folder / "vmap.txt").is_file():
        problem = f"{card.name}: its card says copy_locked, but {folder} has no vmap.txt"
        raise ModelError(problem, "copy the vocabulary map beside the weights")


def _with_ctranslate(folder: Path, card: ModelCard, n_threads: int | None) -> Model:
    from brief.models.conversion_cache import find_conversion
    from brief.models.ctranslate import CTranslateEngine
    from brief.models.seq2seq import Seq2SeqModel

    conversion = find_conversion(folder, card.name)
    if conversion is None:
        from brief.models.convert import convert_into_cache

        conversion = convert_into_cache(folder, card.name)
    encoding = to_encoding(conversion, card)
    engine = CTranslateEngine(conversion, encoding, n_threads)
    return Seq2SeqModel(card, encoding, engine, _salience(folder, encoding, engine.n_parallel))


def _with_transformers(folder: Path, card: ModelCard, n_threads: int | None) -> Model:
    from brief.models.hf import HfEngine
    from brief.models.seq2seq import Seq2SeqModel

    encoding = to_encoding(folder, card)
    engine = HfEngine(folder, encoding, n_threads=n_threads)
    return Seq2SeqModel(card, encoding, engine, _salience(folder, encoding, engine.n_parallel))


def _salience(folder: Path, encoding: "Encoding", n_parallel: int) -> "SalienceModel | None":
    """The model that rates sentences of whole articles, if one was trained for these weights."""
    from brief.models.salience import SalienceModel

    trained = folder / SALIENCE
    return SalienceModel(trained, encoding, n_parallel) if trained.is_dir() else None


def to_encoding(folder: Path, card: ModelCard) -> "Encoding":
    """The encoding of a model (tokenizer, template, budget) from its folder or conversion.

    Raises:
        ModelError, PromptError: There is no tokenizer, or it does not fit the card's template.
    """
    from brief.models.convert import fast_tokenizer
    from brief.models.tokenization import Encoding

    return Encoding(fast_tokenizer(folder), load_prompt(card.prompt), card.budget)
