"""Search space of the tuning: the settings that optuna may choose from.

The guard's weights (`replaced`, `dangling`, `poor`) are not among them: they serve readers, and
ROUGE does not measure that. See `tune.py` for scoring the settings.

Tested in `tests/evaluation/tuning/test_tune.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from brief.errors import BriefError
from brief.evaluation.system_config import Recipe

if TYPE_CHECKING:
    import optuna

N_RANDOM = 10
"""Random trials before the sampler uses its observations; optuna's default."""

BEAMS = (1, 2, 4, 8)
LENGTH_PENALTIES = (0.6, 0.8, 1.0, 1.4, 2.0)
NGRAM_SIZES = (0, 3, 4)
"""Only a few values each, because trials with equal generation settings share the model's work."""

WEIGHTS: Mapping[str, float] = {
    "position": 2.0,
    "centrality": 4.0,
    "headline": 1.5,
    "rating": 1.0,
    "salience": 1.0,
    "relevance": 0.1,
}
"""Weights are searched from 0 to these values, which are at least twice the default."""


def new_study(seed: int) -> "optuna.Study":
    """A new in-memory search; equal seeds and scores give equal choices.

    Raises:
        BriefError: optuna is not installed.
    """
    try:
        import optuna
    except ModuleNotFoundError:
        raise BriefError(
            "tuning needs optuna, which is not installed", "pip install 'brief[tune]'"
        ) from None

    # Otherwise optuna logs every study to stderr.
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=N_RANDOM)
    return optuna.create_study(direction="maximize", sampler=sampler)


def parameters(recipe: Recipe) -> dict[str, float]:
    """Settings under the names that the search uses."""
    weights = asdict(recipe.weights)
    generation = asdict(recipe.generation)
    names = ("num_beams", "length_penalty", "no_repeat_ngram_size")
    return {
        "n_bullets": recipe.n_bullets,
        **{name: generation[name] for name in names},
        **{name: weights[name] for name in WEIGHTS},
    }


def suggest(trial: "optuna.Trial", present: Recipe, max_bullets: int | None) -> Recipe:
    """The settings to try next; the present values are always among the choices.

    Args:
        trial: The trial to fill.
        present: The model with its present settings.
        max_bullets: As for `tune`.
    """
    now = parameters(present)

    def one_of(name: str, values: Sequence[float]) -> float:
        return trial.suggest_categorical(name, sorted({*values, now[name]}))

    changes = {"num_beams": one_of("num_beams", BEAMS)}
    if changes["num_beams"] > 1:
        # The length penalty compares hypotheses, so it has no effect with one beam.
        changes["length_penalty"] = one_of("length_penalty", LENGTH_PENALTIES)
    changes["no_repeat_ngram_size"] = one_of("no_repeat_ngram_size", NGRAM_SIZES)
    weights = {}
    model = present.model
    rates = model.rate(()) is not None
    lacking = {"salience"} if rates or model.card.keep_token is None else set()
    if not rates:
        lacking.add("rating")
    for name, highest in WEIGHTS.items():
        if name in lacking:
            continue
        low, high = min(0.0, now[name]), max(highest, now[name])
        weights[name] = round(trial.suggest_float(name, low, high), 2)
    n_bullets = present.n_bullets
    if max_bullets is not None:
        n_bullets = trial.suggest_int("n_bullets", 1, max(max_bullets, n_bullets))
    return replace(
        present,
        n_bullets=n_bullets,
        generation=replace(present.generation, **changes),  # type: ignore[arg-type]
        weights=replace(present.weights, **weights),
    )
