"""Record the articles that a system was tuned on, and refuse to score it on them.

Articles are identified by their words, so a sample, another order, other ids or another file
format make no difference. See `contamination.py` for training data, whose scores are marked and
not refused, and `tune.py` for the search.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from brief.config_rules import INTEGER, TEXT, TEXTS, Rule, check_table
from brief.errors import InputError, UsageError
from brief.evaluation.data.dataset import DataSet, Example, part
from brief.evaluation.systems import System

_DIGITS = 12
"""Hexadecimal digits of an article's mark: with a million articles and ten thousand tuned-on ones,
one in 28,000 data sets has a collision."""

_RULES: Mapping[str, Rule] = {"digest": TEXT, "split": TEXT, "seed": INTEGER, "articles": TEXTS}


@dataclass(frozen=True, slots=True)
class TunedOn:
    """The part of a data set that settings were chosen on.

    Attributes:
        digest: Digest of that part, as `DataSet.digest`.
        split: Description of the part, for people.
        seed: Seed of the split and of the search.
        articles: The mark of each article.
    """

    digest: str
    split: str
    seed: int
    articles: frozenset[str]

    @classmethod
    def of(cls, dataset: DataSet, *, split: str, seed: int) -> "TunedOn":
        """Record a part of a data set that is tuned on."""
        return cls(dataset.digest, split, seed, frozenset(map(mark, dataset.examples)))

    @classmethod
    def from_table(cls, table: Mapping[str, Any], where: str) -> "TunedOn":
        """Read the record from a table of systems.toml.

        Raises:
            UsageError: A key is missing or has an invalid value.
        """
        try:
            checked = check_table(_RULES, table, f"{where} tuned_on", required=_RULES)
        except UsageError as error:
            remedy = "`brief eval tune` writes tuned_on; leave it as it is"
            raise UsageError(error.problem, remedy) from None
        return cls(**{**checked, "articles": frozenset(checked["articles"])})

    @property
    def table(self) -> dict[str, str | int | list[str]]:
        """The record as a table of systems.toml."""
        return {**self.brief, "articles": sorted(self.articles)}

    @property
    def brief(self) -> dict[str, str | int]:
        """The short form for a report's signature."""
        return {"digest": self.digest, "split": self.split, "seed": self.seed}


def mark(example: Example) -> str:
    """A digest that identifies an article by its words, ignoring its id and line breaks."""
    words = " ".join(example.source.text.split())
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def refuse_tuned(dataset: DataSet, systems: Iterable[System]) -> None:
    """Refuse to score systems on articles that their settings were chosen on.

    Raises:
        UsageError: A system was tuned on some of the articles; it and their number are named.
    """
    tuned = [system for system in systems if system.tuned_articles]
    if not tuned:
        return
    marks = [mark(example) for example in dataset.examples]
    for system in tuned:
        n_seen = sum(one in system.tuned_articles for one in marks)
        if n_seen:
            raise UsageError(
                f"{system.name}: its settings were tuned on {n_seen} of the {len(marks)} articles"
                f" of {dataset.name}, so a score on them would be no fair test",
                "leave these out with --unseen, or score other data",
            )


def unseen(dataset: DataSet, articles: frozenset[str]) -> DataSet:
    """The examples whose articles are not among the given marks.

    Raises:
        InputError: No example is left.
    """
    rest = part(
        dataset, f"{dataset.name} (unseen part)", lambda example: mark(example) not in articles
    )
    if not len(rest.examples):
        raise InputError(
            f"{dataset.name}: settings were tuned on all of its articles", "score other data"
        )
    return rest
