"""A folder as `brief eval run` leaves it: invented articles, five systems, known numbers."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

from brief.evaluation.metrics import significance
from brief.models import card_of
from brief.models.prompts import load_prompt

PLACES = ("Osmund", "Tarrow", "Velny Bay", "Little Korrin", "Ashgate")
THINGS = (
    ("swimming pool", "reopen", "repairs to its roof", "pool"),
    ("ferry", "stop", "a fault in its engine", "crossing"),
    ("market hall", "close", "a leak above the stalls", "market"),
    ("night bus", "return", "a trial of eleven weeks", "route"),
)
TOPICS = ("local", "transport")

BETTER = "news-small"
LEAD = "lead-3"
LEVEL = "lexrank"
FAILING = "file:outputs.jsonl"
ORACLE = "oracle"
SKILL = {ORACLE: 0.52, BETTER: 0.39, LEAD: 0.34, LEVEL: 0.385, FAILING: 0.30}
SIGNATURES: dict[str, dict[str, Any]] = {
    ORACLE: {"system": "greedy oracle", "n_bullets": 3},
    FAILING: {"system": "file", "file": "outputs.jsonl", "sha256": "0c" * 32},
    LEAD: {"model": "lead", "engine": "extractive", "n_bullets": 3, "corridor": "1a" * 32},
    LEVEL: {"model": "lexrank", "engine": "extractive", "n_bullets": 3, "corridor": "2b" * 32},
    BETTER: {
        "model": "news-small",
        "engine": "ctranslate",
        "prompt": load_prompt(card_of(BETTER).prompt).digest,
        "generation": asdict(card_of(BETTER).generation),
        "n_bullets": 3,
        "corridor": "3c" * 32,
    },
}
COST = {
    BETTER: (0.412, 0.71, 2.6, 1.9, 512.0, 49.6),
    LEAD: (0.004, 0.006, 240.0, 0.1, 96.0, 0.0),
    LEVEL: (0.021, 0.05, 46.0, 0.3, 141.0, 0.0),
    ORACLE: (0.03, 0.07, 31.0, 0.1, 120.0, 0.0),
}


def body(number: int) -> list[str]:
    place = PLACES[number % len(PLACES)]
    thing, verb, why, short = THINGS[number % len(THINGS)]
    return f"""\
The {thing} in {place} will {verb} on 3 May after {why}, the town council said.
Members voted {9 + number % 5} to {number % 5} on Monday night. The work is to cost {12 + 7 * number},000 \
crowns, of which the county pays a third.
"We have waited long enough for this," said Ilse Maren, who leads the council. She added that the \
{short} had {200 + 31 * number} visitors a week before it shut.
Neighbors of the {thing} have asked for a second hearing. It is due in {place} at the end of the \
month, and the council has promised to publish the minutes.""".split("\n")


def bullets(system: str, number: int) -> list[str]:
    text = body(number)
    first, second = text[0], text[1].split(". ")[0] + "."
    written = {
        LEAD: [first, second, text[2]],
        LEVEL: [first, text[3].split(". ")[0] + ".", second],
        ORACLE: [first, second, text[2].split(". ")[1]],
        BETTER: [first.replace(", the town council said", ""), second, text[3].split(". ")[0]],
        FAILING: [f"The council of Brannik wants 9{number} crowns.", second],
    }
    return written[system]


def score(system: str, number: int) -> float:
    rng = random.Random(f"{number}")
    hard = rng.gauss(0, 0.09)
    own = random.Random(f"{system}{number}").gauss(0, 0.05)
    return min(1.0, max(0.0, SKILL[system] + hard + own))


def scores(system: str, number: int) -> dict[str, float | None]:
    if number == 5:  # its reference cannot be scored
        return dict.fromkeys(
            ("rouge1", "rouge2", "rougeL", "rougeLsum", "bullet_coverage", "support")
        )
    found = score(system, number) if not fails(system, number) else 0.0
    copied = 1.0 if system != FAILING else 0.6
    return {
        "rouge1": found * 1.1,
        "rouge2": found * 0.45,
        "rougeL": found * 0.8,
        "rougeLsum": found,
        "bullet_coverage": round(found * 2.2) / 2,
        "support": copied - 0.05 * (system == BETTER),
    }


def fails(system: str, number: int) -> bool:
    return system == FAILING and number in (3, 17)


def example(system: str, number: int) -> dict[str, Any]:
    failed = fails(system, number)
    written = [] if failed else bullets(system, number)
    return {
        "id": f"page-{number:02}",
        "system": system,
        "bullets": written,
        "scores": scores(system, number),
        "unscored": "no reference bullets" if number == 5 else None,
        "error": "outputs.jsonl: no row with this id" if failed else None,
        "sources": [] if system == FAILING else [[body(number)[0]] for _ in written],
        "remarks": [
            [{"code": "replaced", "text": "a reason"}] if i == 1 else []
            for i in range(len(written))
        ],
        "matches": [0, None] if written else [None, None],
    }


def article(number: int) -> dict[str, Any]:
    first = body(number)[0]
    return {
        "id": f"page-{number:02}",
        "headline": None if number == 7 else first.split(" will ")[0] + f", number {number}",
        "body": body(number),
        "references": []
        if number == 5
        else [first.replace("will ", "is to "), "A second hearing is due this month."],
        "slices": {"length": ("short", "medium", "long")[number % 3], "topic": TOPICS[number % 2]},
    }


def interval(values: Sequence[float | None]) -> dict[str, float | None]:
    found = significance.interval([v for v in values if v is not None], seed=0)
    return {"mean": found.mean, "low": found.low, "high": found.high}


def report(systems: Sequence[str], n: int) -> dict[str, Any]:
    by_system = {s: [scores(s, number) for number in range(n)] for s in systems}

    def of(system: str, key: str, numbers: Sequence[int] = range(n)) -> list[Any]:
        return [by_system[system][number][key] for number in numbers]

    metrics = by_system[systems[0]][0]
    pairs = []
    for metric in ("rouge1", "rouge2", "rougeLsum"):
        family = [
            significance.compare(
                [v for v in of(a, metric) if v is not None],
                [v for v in of(b, metric) if v is not None],
                a=a,
                b=b,
                metric=metric,
                seed=0,
            )
            for a, b in combinations(systems, 2)
        ]
        pairs += [
            {**asdict(c), "n_to_separate": 900 if (c.p_holm or 0) > 0.05 else 12}
            for c in significance.holm(family)
        ]
    slices: dict[str, Any] = {}
    for number in range(n):
        for name, value in article(number)["slices"].items():
            slices.setdefault(name, {}).setdefault(value, []).append(number)
    return {
        "schema": "brief.report/1",
        "signature": {
            "brief": "0.1.0",
            "n_bullets": 3,
            "seed": 0,
            "tokenizer": "rouge_score 0.1.2",
        },
        "n": n,
        "n_scored": len([v for v in of(systems[0], "rouge1") if v is not None]),
        "data": {"name": "harbor-pages", "digest": "5d" * 32, "problems": {"no_references": 1}},
        "systems": {
            s: {
                **{key: interval(of(s, key)) for key in metrics},
                "n_words": {"mean": 51.5, "low": 50.1, "high": 52.9},
                "unsupported_names_per_100_bullets": {"mean": 2.5, "low": None, "high": None},
                "n_failures": sum(fails(s, number) for number in range(n)),
                "n_near_copies": None,
                "n_bullets": None if s == FAILING else 3,
                "trained_on_this": s == BETTER,
                "gap_closed": None if s == FAILING else {"rougeLsum": (SKILL[s] - 0.34) / 0.18},
                "signature": SIGNATURES[s],
            }
            for s in systems
        },
        "pairs": pairs,
        "slices": {
            name: {
                value: {
                    "n": len(numbers),
                    "systems": {
                        s: {"rougeLsum": interval(of(s, "rougeLsum", numbers))} for s in systems
                    },
                }
                for value, numbers in values.items()
            }
            for name, values in slices.items()
        },
    }


def cost(system: str) -> dict[str, float | None]:
    keys = (
        *("seconds_p50", "seconds_p95", "articles_per_second"),
        *("cold_start_s", "peak_memory_mb", "size_mb"),
    )
    return dict(zip(keys, COST.get(system, (None,) * len(keys)), strict=True))


def write_run(
    folder: Path,
    *,
    systems: Sequence[str] = (ORACLE, BETTER, LEAD, LEVEL, FAILING),
    n: int = 40,
    with_cost: bool = True,
) -> Path:
    """Write the folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report(systems, n)), encoding="utf-8")
    rows = [article(number) for number in range(n)]
    write_rows(folder / "data.jsonl", rows)
    outputs = [example(system, number) for system in systems for number in range(n)]
    write_rows(folder / "examples.jsonl", outputs)
    if with_cost:
        (folder / "cost.json").write_text(json.dumps({s: cost(s) for s in systems}), "utf-8")
    return folder


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
