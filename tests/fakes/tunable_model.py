"""A fake model that one generation setting makes better, and articles to see it on."""

import json
from dataclasses import replace
from pathlib import Path

from brief.datatypes import Candidate
from brief.evaluation.data.dataset import DataSet, read_dataset
from brief.evaluation.system_config import Recipe
from brief.models.base import GenerationConfig
from tests.fakes.summaries import FakeModel

PLACES = ["Osmund", "Tarrow", "Velny", "Korrin", "Ashgate", "Brannik", "Sollem", "Dray"]
GOOD = "The council of"
"""How the sentences begin that references hold."""


def rows(n: int) -> list[dict[str, object]]:
    made = []
    for number in range(n):
        place = f"{PLACES[number % len(PLACES)]} {number}"
        wanted = [
            f"{GOOD} {place} voted for the repairs by nine to two on Monday evening.",
            f"{GOOD} {place} will ask the county for half of the money in June.",
        ]
        filler = [
            f"Ferries leave every {15 + number} minutes while the old bridge is closed to cars.",
            f"Inspectors found {10 + number} cracked beams in March after a long wet winter.",
        ]
        made.append({"id": f"a{number}", "text": "\n".join(filler + wanted), "bullets": wanted})
    return made


def data_set(folder: Path, n: int = 40) -> DataSet:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows(n)), encoding="utf-8")
    return read_dataset(path)


class TunableModel(FakeModel):
    """Leaves out the sentences that references hold unless no trigram may be written twice.

    Args:
        better_on: Ids of the articles where that is so; elsewhere it never writes them.
        interrupted_at: The number of the call at which the user presses Ctrl-C.
    """

    def __init__(self, better_on: frozenset[str] | None = None, interrupted_at: int = 0) -> None:
        super().__init__(n_parallel=1)
        self.card = replace(self.card, keep_token="[keep]")
        self.better_on = better_on
        self.interrupted_at = interrupted_at
        self.calls: list[tuple[str, GenerationConfig]] = []

    def propose(self, article, chunks, config):
        self.calls.append((article.id, config))
        if len(self.calls) == self.interrupted_at:
            raise KeyboardInterrupt
        is_good = config.no_repeat_ngram_size == 3
        is_good &= self.better_on is None or article.id in self.better_on
        return [
            Candidate(chunk.text.lower(), chunk, -0.1 if chunk.text.startswith(GOOD) else -9.0)
            for chunk in chunks
            if is_good or not chunk.text.startswith(GOOD)
        ]


def recipe_of(model: FakeModel) -> Recipe:
    return Recipe(
        name="fake",
        model_name="fake",
        model=model,
        engine="auto",
        prompt=None,
        n_bullets=2,
        generation=GenerationConfig(),
    )
