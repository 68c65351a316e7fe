"""Which articles a system's settings were chosen on, so that it is never scored on them.

The articles are known by their words, so a sample, another order, other ids or another file
format hide nothing. Left out: training data, whose scores are marked and not refused
(`contamination.py`), and the search itself (`tune.py`).
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
"""Hexadecimal digits of an article's mark: of a million articles and ten thousand that were tuned
on, one in 28,000 data sets has a pair that is taken for the same."""

_RULES: Mapping[str, Rule] = {"digest": TEXT, "split": TEXT, "seed": INTEGER, "articles": TEXTS}


@dataclass(frozen=True, slots=True)
class TunedOn:
    """The part of a data set that settings were chosen on.

    Attributes:
        digest: Of that part, as `DataSet.digest`.
        split: Which part it was, for people.
        seed: Of the split and of the search.
        articles: The mark of each article.
    """

    digest: str
    split: str
    seed: int
    articles: frozenset[str]

    @classmethod
    def of(cls, dataset: DataSet, *, split: str, seed: int) -> "TunedOn":
        """What to remember of a part that is tuned on."""
        return cls(dataset.digest, split, seed, frozenset(map(mark, dataset.examples)))

    @classmethod
    def from_table(cls, table: Mapping[str, Any], where: str) -> "TunedOn":
        """The same from a table of systems.toml.

        Raises:
            UsageError: A key is missing or says what it may not.
        """
        try:
            checked = check_table(_RULES, table, f"{where} tuned_on", required=_RULES)
        except UsageError as error:
            remedy = "`brief eval tune` writes tuned_on; leave it as it is"
            raise UsageError(error.problem, remedy) from None
        return cls(**{**checked, "articles": frozenset(checked["articles"])})

    @property
    def table(self) -> dict[str, str | int | list[str]]:
        """The same for a table of systems.toml."""
        return {**self.brief, "articles": sorted(self.articles)}

    @property
    def brief(self) -> dict[str, str | int]:
        """What a report's signature says of it."""
        return {"digest": self.digest, "split": self.split, "seed": self.seed}


def mark(example: Example) -> str:
    """An article's own mark: of its words, whatever its id and its line breaks."""
    words = " ".join(example.source.text.split())
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def refuse_tuned(dataset: DataSet, systems: Iterable[System]) -> None:
    """Let no system be scored on articles that its settings were chosen on.

    Raises:
        UsageError: One would be; it is named, with how many articles.
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
    """The examples of other articles than those.

    Raises:
        InputError: None is left.
    """
    rest = part(
        dataset, f"{dataset.name} (unseen part)", lambda example: mark(example) not in articles
    )
    if not len(rest.examples):
        raise InputError(
            f"{dataset.name}: settings were tuned on all of its articles", "score other data"
        )
    return rest
