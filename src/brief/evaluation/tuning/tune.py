"""Tune the settings of one model: search on one part of a data set, judge on the other.

The first settings tried are the present ones. Each later choice depends only on the seed and the
scores before it, so a search that was killed and started again makes the same choices and finds
its summaries in the cache. See `search_space.py` for the settings and `write_settings.py` for
writing them to a file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from brief.datatypes import Article, Candidate, Chunk, Sentence
from brief.errors import BriefError, InputError, UsageError
from brief.evaluation.data.dataset import DataSet, split_dataset
from brief.evaluation.data.tuned_on import TunedOn, refuse_tuned, unseen
from brief.evaluation.metrics.rouge import ROUGE_TYPES, ReferenceScorer
from brief.evaluation.metrics.significance import MIN_EXAMPLES, Comparison, compare
from brief.evaluation.report.conclusions import ALPHA
from brief.evaluation.system_config import Recipe
from brief.evaluation.systems import SystemTask
from brief.evaluation.tuning.search_space import new_study, parameters, suggest
from brief.models.base import GenerationConfig, Model
from brief.models.chunking import Tokenizer
from brief.pipeline.cache import Cache
from brief.settings import MAX_BULLETS

DEFAULT_TRIALS = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried.

    Attributes:
        recipe: The model with them.
        score: Their mean score on the search part, 0 to 1.
        n_failures: Articles without bullets; each scores 0.
    """

    recipe: Recipe
    score: float
    n_failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The result of a search.

    Attributes:
        trials: Trials in order; the first has the present settings.
        gain: The best settings compared with the present ones on the other part; None when the
            search found no better ones.
        metric: The metric that was scored.
        tuned_on: The search part, to be stored with the best settings.
        n_searched: Number of articles in the search part.
    """

    trials: tuple[Trial, ...]
    gain: Comparison | None
    metric: str
    tuned_on: TunedOn
    n_searched: int

    @property
    def best(self) -> Trial:
        """The trial with the highest score; ties go to the first, to avoid useless changes."""
        return max(self.trials, key=lambda trial: trial.score)

    @property
    def is_shown(self) -> bool:
        """Whether the gain is significant: interval above 0, and p under `ALPHA`."""
        gain = self.gain
        return (
            gain is not None
            and gain.low is not None
            and gain.p is not None
            and gain.low > 0
            and gain.p < ALPHA
        )

    @property
    def recipe(self) -> Recipe:
        """The settings to use: the best if their gain is significant, else the present ones."""
        if not self.is_shown:
            return self.trials[0].recipe
        return replace(self.best.recipe, tuned_on=self.tuned_on)


def tune(
    dataset: DataSet,
    recipe: Recipe,
    *,
    n_trials: int = DEFAULT_TRIALS,
    metric: str = "rougeLsum",
    share: float = 0.5,
    seed: int = 0,
    max_bullets: int | None = None,
    cache: Cache | None = None,
    step: Callable[[], None] = lambda: None,
    tell: Callable[[Trial], None] = lambda _: None,
) -> Tuning:
    """Search, then compare the best settings with the present ones on unseen articles.

    Args:
        dataset: Articles with reference bullets.
        recipe: The model with its present settings.
        n_trials: Number of settings to try, including the present ones.
        metric: One of `ROUGE_TYPES`.
        share: Share of the articles in the search part.
        seed: Seed of the split, the search, the interval and the test.
        max_bullets: Also search the number of bullets, from 1 to this; None keeps it.
        cache: Cache of summaries.
        step: Called after each article that was summarized.
        tell: Called after each trial.

    Raises:
        UsageError: A number is out of bounds, the model has no settings, or its present ones
            were tuned on articles of the judging part.
        InputError: A part has too few articles with references for an interval.
        BriefError: optuna is not installed, or the model fails on every article.
    """
    _check(recipe, n_trials, metric, share, max_bullets)
    study = new_study(seed)
    searched, rest = split_dataset(dataset, share=share, seed=seed)
    tuned_on = TunedOn.of(searched, split="first part", seed=seed)
    # The same text may be in both parts under two ids.
    judged = unseen(rest, tuned_on.articles)
    refuse_tuned(judged, [recipe.system()])
    if recipe.tuned_on:
        # Settings that are not searched were still chosen on those articles.
        tuned_on = replace(tuned_on, articles=tuned_on.articles | recipe.tuned_on.articles)
    first, second = (_Part(one, metric, cache, step) for one in (searched, judged))
    model = _Remembering(recipe.model)
    study.enqueue_trial(parameters(recipe))
    trials: list[Trial] = []
    for number in range(n_trials):
        asked = study.ask()
        tried = suggest(asked, recipe, max_bullets)
        tried = tried if number else recipe  # not rounded
        values, errors = first.scores(replace(tried, model=model))
        if not number and len(errors) == len(first.tasks):
            raise BriefError(f"{recipe.name}: failed on every article, the first: {errors[0]}")
        score = sum(values) / len(values)
        study.tell(asked, score)
        trials.append(Trial(tried, score, len(errors)))
        tell(trials[-1])
    found = Tuning(
        trials=tuple(trials),
        gain=None,
        metric=metric,
        tuned_on=tuned_on,
        n_searched=len(first.tasks),
    )
    if found.best is trials[0]:
        return found
    gain = compare(
        second.scores(found.best.recipe)[0],
        second.scores(recipe)[0],
        a="best",
        b="present",
        metric=metric,
        seed=seed,
    )
    return replace(found, gain=gain)


class _Part:
    """One part of the data, cleaned once and scored many times."""

    def __init__(
        self, dataset: DataSet, metric: str, cache: Cache | None, step: Callable[[], None]
    ) -> None:
        self.tasks = [SystemTask.of(example) for example in dataset.examples]
        self._scorer = ReferenceScorer([task.example.bullets for task in self.tasks])
        self._metric = metric
        self._cache = cache
        self._step = step
        empty: Sequence[tuple[str, ...]] = [()] * len(self.tasks)
        if len(self._known(empty)) < MIN_EXAMPLES:
            raise InputError(
                f"{dataset.name}: {len(self._known(empty))} articles have reference bullets that"
                f" can be scored; an interval needs {MIN_EXAMPLES}",
                "give more data, or another --share",
            )

    def scores(self, recipe: Recipe) -> tuple[list[float], list[str]]:
        """A score for each article whose references allow one, and the errors."""
        bullets, errors = [], []
        for _, made in recipe.system(self._cache).outputs(self.tasks):
            bullets.append(made.bullets)
            if made.error is not None:
                errors.append(made.error)
            self._step()
        return self._known(bullets), errors

    def _known(self, bullets: Sequence[Sequence[str]]) -> list[float]:
        values = (scored.values[self._metric] for scored in self._scorer.score(bullets))
        return [value for value in values if value is not None]


class _Remembering:
    """A model that caches candidates: trials that differ only in weights share them.

    The output for a chunk may depend on the other chunks (copy lock), so the key is the whole
    shortlist.
    """

    def __init__(self, model: Model) -> None:
        self.card = model.card
        self.tokenizer: Tokenizer = model.tokenizer
        self.n_parallel = model.n_parallel
        self._model = model
        self._written: dict[object, list[Candidate]] = {}
        self._rated: dict[object, list[float] | None] = {}

    @property
    def signature(self) -> Mapping[str, str]:
        return self._model.signature

    def rate(self, sentences: Sequence[Sentence]) -> list[float] | None:
        key = tuple(sentences)
        if key not in self._rated:
            self._rated[key] = self._model.rate(sentences)
        return self._rated[key]

    def propose(
        self, article: Article, chunks: Sequence[Chunk], config: GenerationConfig
    ) -> list[Candidate]:
        key = (article.id, tuple(chunks), config)
        if key not in self._written:
            self._written[key] = self._model.propose(article, chunks, config)
        return self._written[key]


def _check(
    recipe: Recipe, n_trials: int, metric: str, share: float, max_bullets: int | None
) -> None:
    if recipe.model.card.verbatim:
        raise UsageError(f"{recipe.name}: it copies sentences and has no settings", "name a model")
    if n_trials < 2:  # noqa: PLR2004 - the present settings and one more
        raise UsageError(f"--trials {n_trials}: at least 2, the first has the present settings")
    if metric not in ROUGE_TYPES:
        raise UsageError(f"--metric {metric}: one of {', '.join(ROUGE_TYPES)}")
    if not 0 < share < 1:
        raise UsageError(f"--share {share:g}: above 0 and below 1")
    if max_bullets is not None and not 1 <= max_bullets <= MAX_BULLETS:
        raise UsageError(f"--max-bullets {max_bullets}: from 1 to {MAX_BULLETS}")
