"""Benchmark the clustering of articles into stories: quality, and time as their number grows.

    python benchmarks/stories.py ROUNDUPS [--articles FILE]          # scores
    python benchmarks/stories.py --pairs 50 --articles FILE          # pairs to judge by eye
    python benchmarks/stories.py --times 500 1000 2000 --articles FILE [--articles FILE …]

ROUNDUPS is JSON lines of `article`: headline and lead of one outlet, then of the next, all on
one event. FILE is JSON lines of `article` (a body) and `title` or, where that is null,
`bullets[0]`. With both, full articles whose headline is in a roundup are scored too.

Thresholds are chosen on the even rows and reported on the odd ones. No row has a date, so all
of them fall into one morning: rows about one running story (an election, a bill) count as
different events though no window of days keeps them apart, as it does in use. `mornings` are
draws from the half, of which a third of the events have all their articles and the others one;
they come nearer to that. Compared with brief: every article as its own story, and TF-IDF of
headlines alone with the same clustering.

Measures: precision, recall and F1 of pairs; B-cubed (Bagga & Baldwin 1998). Times are seconds
of CPU in one process. Merging of bullets is tested in
tests/briefing/stories/test_merge_bullets.py.
"""

import argparse
import gzip
import json
import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from brief.briefing.briefing_types import SummarizedArticle
from brief.briefing.stories import clustering, grouping
from brief.text import strings

DAY = datetime(2026, 11, 23, tzinfo=UTC)
THRESHOLDS = [round(0.1 + 0.025 * step, 3) for step in range(13)]
MAX_BODY_WORDS = 600


class Scores(NamedTuple):
    """Pairs, B-cubed, and the size of the largest story."""

    precision: float
    recall: float
    f1: float
    b_precision: float
    b_recall: float
    b_f1: float
    largest: float

    def __str__(self) -> str:
        pairs = f"pairs P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"
        cubed = f"B-cubed P {self.b_precision:.3f} R {self.b_recall:.3f} F1 {self.b_f1:.3f}"
        return f"{pairs}   {cubed}   largest {self.largest:.0f}"


def score(gold: Sequence[int], found: Sequence[int]) -> Scores:
    n, both = len(gold), Counter(zip(gold, found, strict=True))
    of_gold, of_found = Counter(gold), Counter(found)

    def n_pairs(sizes: Counter) -> int:
        return sum(size * (size - 1) // 2 for size in sizes.values())

    def f1(a: float, b: float) -> float:
        return 2 * a * b / (a + b) if a + b else 0.0

    hits = n_pairs(both)
    precision = hits / n_pairs(of_found) if n_pairs(of_found) else 1.0
    recall = hits / n_pairs(of_gold) if n_pairs(of_gold) else 1.0
    b_precision = sum(size * size / of_found[f] for (_, f), size in both.items()) / n
    b_recall = sum(size * size / of_gold[g] for (g, _), size in both.items()) / n
    cubed = (b_precision, b_recall, f1(b_precision, b_recall))
    return Scores(precision, recall, f1(precision, recall), *cubed, max(of_found.values()))


def check_score() -> None:
    """Gold {a b c} {d}, found {a b} {c d}: one of two found pairs, one of three gold pairs."""
    # B-cubed by hand: precision (1 + 1 + 1/2 + 1/2) / 4, recall (2/3 + 2/3 + 1/3 + 1) / 4
    got = score([0, 0, 0, 1], [0, 0, 1, 1])
    assert np.allclose(got, [1 / 2, 1 / 3, 2 / 5, 3 / 4, 2 / 3, 12 / 17, 2]), got


def rows(path: Path) -> Iterator[dict]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def report(number: int, headline: str, body: str) -> SummarizedArticle:
    words = body.split()[:MAX_BODY_WORDS]
    return SummarizedArticle(
        id=f"{number:06d}",
        source="benchmark",
        headline=headline,
        url=None,
        published=DAY,
        lead=" ".join(words[: clustering.LEAD_WORDS]),
        body=" ".join(words),
        bullets=(),
    )


def full_articles(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for row in chain.from_iterable(map(rows, paths)):
        yield row.get("title") or row["bullets"][0], row["article"]


def labels(reports: Sequence[SummarizedArticle]) -> list[int]:
    found = {one: n for n, group in enumerate(grouping.group(reports)) for one in group.ids}
    return [found[report.id] for report in reports]


def vectors(reports: Sequence[SummarizedArticle], *, lead: bool = True) -> clustering.Matrix:
    return clustering.vectors([(one.headline, one.lead if lead else "") for one in reports])


def labels_at(rows: clustering.Matrix, threshold: float) -> list[int]:
    """Only the clustering, at a given threshold."""
    n = rows.shape[0]
    zeros, none = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    found = clustering.cluster(rows, range(n), zeros, none, window=0, min_cosine=threshold)
    return found.tolist()


def draws(gold: Sequence[int], n_events: int, n_draws: int, seed: int) -> list[list[int]]:
    """Articles of some events: all of a third of the events, one of each other event."""
    rng = random.Random(seed)
    numbers: dict[int, list[int]] = {}
    for number, event in enumerate(gold):
        numbers.setdefault(event, []).append(number)
    found = []
    for _ in range(n_draws):
        some = rng.sample(sorted(numbers), n_events)
        whole, alone = some[: n_events // 3], some[n_events // 3 :]
        found.append(
            [number for event in whole for number in numbers[event]]
            + [rng.choice(numbers[event]) for event in alone]
        )
    return found


def mean(scores: Sequence[Scores]) -> Scores:
    return Scores(*(statistics.mean(column) for column in zip(*scores, strict=True)))


def evaluate(
    name: str, halves: Sequence[tuple[list[SummarizedArticle], list[int]]], drawn: tuple
) -> None:
    """Choose on the first half, report on the second."""
    n_events, n_draws = drawn

    def parts(half: int) -> list[tuple[list[SummarizedArticle], list[int]]]:
        reports, gold = halves[half]
        if n_events is None:
            return [(reports, gold)]
        return [
            ([reports[n] for n in some], [gold[n] for n in some])
            for some in draws(gold, n_events, n_draws, seed=half)
        ]

    print(f"\n{name}: {len(parts(1)[0][0])} articles, {len(set(parts(1)[0][1]))} events")
    singles = [score(gold, range(len(gold))) for _, gold in parts(1)]
    print(f"  {'singletons':24} {mean(singles)}")
    for system, lead in (("headlines alone", False), ("headline and lead", True)):
        chosen_on, reported_on = (
            [(vectors(own, lead=lead), gold) for own, gold in parts(half)] for half in (0, 1)
        )

        def scores(at: float, some: Sequence[tuple[clustering.Matrix, list[int]]]) -> Scores:
            return mean([score(gold, labels_at(matrix, at)) for matrix, gold in some])

        best = max(THRESHOLDS, key=lambda at: scores(at, chosen_on).f1)
        print(f"  {f'{system} at {best}':24} {scores(best, reported_on)}", flush=True)
    ours = [score(gold, labels(own)) for own, gold in parts(1)]
    at = clustering.threshold(len(parts(1)[0][0]))
    print(f"  {f'brief ({at:.3f})':24} {mean(ours)}", flush=True)


def roundups(path: Path, bodies: dict[str, str] | None = None) -> list:
    """The two halves of the rows; with bodies, only events with two available articles."""
    halves: list[tuple[list[SummarizedArticle], list[int]]] = [([], []), ([], [])]
    for event, row in enumerate(rows(path)):
        lines = row["article"].split("\n")
        articles = list(zip(lines[::2], lines[1::2], strict=True))
        if bodies is not None:
            keys = [" ".join(strings.words(headline)) for headline, _ in articles]
            articles = [
                (headline, bodies[key])
                for (headline, _), key in zip(articles, keys, strict=True)
                if key in bodies
            ]
        if bodies is None or len(articles) > 1:
            reports, gold = halves[event % 2]
            for headline, body in articles:
                reports.append(report(len(reports), headline, body))
                gold.append(event)
    return halves


def show_pairs(paths: Sequence[Path], n_shown: int) -> None:
    reports = [report(n, *one) for n, one in enumerate(full_articles(paths))]
    at = clustering.threshold(len(reports))
    joined, wider = labels(reports), labels_at(vectors(reports), 0.8 * at)
    rng = random.Random(0)
    for name, inside, outside in (("MERGED", joined, None), ("NEAR MISS", wider, joined)):
        members: dict[int, list[int]] = {}
        for number, label in enumerate(inside):
            members.setdefault(label, []).append(number)
        pairs = [
            (a, b)
            for some in members.values()
            for place, a in enumerate(some)
            for b in some[place + 1 :]
            if outside is None or outside[a] != outside[b]
        ]
        print(
            f"\n{name}: {n_shown} of {len(pairs)} pairs, largest story {max(map(len, members.values()))}"
        )
        for number, (a, b) in enumerate(rng.sample(pairs, min(n_shown, len(pairs))), 1):
            print(f"{number}.")
            for one in (reports[a], reports[b]):
                print(f"   {one.headline[:110]} | {one.lead[:230]}")


def show_times(paths: Sequence[Path], counts: Sequence[int]) -> None:
    grouping.group([report(n, "warm", "up") for n in range(2)])
    for count in counts:
        reports = [report(n, *one) for n, one in enumerate(islice(full_articles(paths), count))]
        start = time.process_time()
        groups = grouping.group(reports)
        took = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{len(reports):6} articles  {took:6.1f} s  {1000 * took / len(reports):.2f} ms each"
            f"  {len(groups)} stories  peak {peak:.0f} MB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("roundups", type=Path, nargs="?")
    parser.add_argument("--articles", type=Path, action="append", default=[])
    parser.add_argument("--pairs", type=int, help="show so many merged and near-miss pairs")
    parser.add_argument("--times", type=int, nargs="+", help="group so many articles")
    args = parser.parse_args()
    check_score()
    if args.pairs:
        show_pairs(args.articles, args.pairs)
    if args.times:
        show_times(args.articles, args.times)
    if args.roundups:
        halves = roundups(args.roundups)
        evaluate("all at once", halves, (None, 1))
        for n_events, n_draws in ((18, 20), (180, 5), (600, 2)):
            evaluate(f"mornings of {n_events} events", halves, (n_events, n_draws))
        if args.articles:
            bodies = {
                " ".join(strings.words(headline)): body
                for headline, body in full_articles(args.articles)
            }
            evaluate("full articles", roundups(args.roundups, bodies), (None, 1))


if __name__ == "__main__":
    main()
