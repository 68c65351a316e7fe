"""Configuration of a system: a model with all its settings, as in a table of systems.toml.

See `system_specs.py` for names, flags and files, and `tune.py` for the search for better settings.

Tested in `tests/evaluation/tuning/test_tune.py`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from brief.config_rules import check_table, rules_by_type
from brief.evaluation.data.tuned_on import TunedOn
from brief.evaluation.systems import System, corridor_system
from brief.models.base import GenerationConfig, Model
from brief.pipeline.cache import Cache
from brief.pipeline.selection import DEFAULT_WEIGHTS, Weights
from brief.pipeline.summarizer import Summarizer
from brief.settings import Engine

Group = TypeVar("Group", GenerationConfig, Weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A model with all its settings.

    Attributes:
        name: The system's name, as typed.
        model_name: Name, folder or hub id of the model.
        model: The loaded model.
        engine, prompt: Engine and template with which it was loaded.
        n_bullets: Bullets of a summary.
        generation: Generation settings, including `length`.
        weights: Weights of the selection.
        training_sets, training_files: Training data in addition to the card's sets.
        tuned_on: The articles that the settings were tuned on; None when they were not tuned.
    """

    name: str
    model_name: str
    model: Model
    engine: Engine
    prompt: str | None
    n_bullets: int
    generation: GenerationConfig
    weights: Weights = DEFAULT_WEIGHTS
    training_sets: tuple[str, ...] = ()
    training_files: tuple[Path, ...] = ()
    tuned_on: TunedOn | None = None

    @property
    def settings(self) -> tuple[int, GenerationConfig, Weights]:
        """The settings that can be tuned."""
        return self.n_bullets, self.generation, self.weights

    def system(self, cache: Cache | None = None) -> System:
        """Build the system that the harness runs."""
        model = self.model
        signature: dict[str, object] = {**model.signature, "n_bullets": self.n_bullets}
        if not model.card.verbatim:
            signature["generation"] = asdict(self.generation)
        if self.weights != DEFAULT_WEIGHTS:
            signature["weights"] = asdict(self.weights)
        if self.tuned_on:
            signature["tuned_on"] = self.tuned_on.brief
        summarizer = Summarizer(
            model,
            n_bullets=self.n_bullets,
            length=self.generation.length,
            generation=self.generation,
            weights=self.weights,
            cache=cache,
        )
        return corridor_system(
            self.name,
            summarizer,
            n_bullets=self.n_bullets,
            training_sets=(*model.card.training_sets, *self.training_sets),
            training_files=self.training_files,
            tuned_articles=self.tuned_on.articles if self.tuned_on else frozenset(),
            n_parallel=model.n_parallel,
            signature=signature,
            model=(self.model_name, str(model.signature.get("engine", ""))),
        )


def with_changes(group: Group, changes: Mapping[str, Any], where: str) -> Group:
    """Generation settings or weights with the changes of a file or a flag.

    Raises:
        UsageError: There is no such setting, or its value has the wrong type.
    """
    rules = rules_by_type(type(group))
    rules.pop("length", None)  # a key of its own
    kind = "generation" if isinstance(group, GenerationConfig) else "weights"
    return replace(group, **check_table(rules, changes, f"{where} {kind}"))
