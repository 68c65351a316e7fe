"""How faithful the bullets of a model are, counted by other code than the guard's own.

    python benchmarks/faithfulness.py ARTICLES.jsonl.gz [--model news-small] [-n 3] [--limit 200]

Before the guard: what the model wrote, best wording first, from the chunks that were given to it.
After: what a reader sees. Words are told apart with plain regular expressions and `rouge_score`;
nothing of `brief.support`, `brief.guard` or `brief.text` takes part in the counting, so that an
oversight of theirs shows here. A name is a run of capitalized words that does not open its sentence;
lower-case wordings from before the guard have none, and their content words are looked up instead.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rouge_score import rouge_scorer

if TYPE_CHECKING:
    from brief.datatypes import Candidate
    from brief.models.base import Model

NUMBER = re.compile(r"\d[\d,.]*\d|\d")
NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
    " thousand million billion trillion dozen half third quarter".split()
)
NAME = re.compile(r"(?<=[a-z,;:’'] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
QUOTED = re.compile(r"[\"“]([^\"“”]{2,})[\"”]")
WORD = re.compile(r"[a-z0-9]+")
OPENING = re.compile(
    r"(?:He|She|They|It|His|Her|Their|Its|This|These|Those)\b(?! (?:week|month|year|weekend|day)\b)"
)
EXPLAINED = re.compile(r"(?:It|This) (?:is|was|will|would|has|comes|emerged|appears|seems|takes)\b")
LOOSE_END = re.compile(
    r"\b(?:and|or|but|of|to|in|on|at|by|for|with|from|the|a|an|that|which|who|as|than)[.…]?$"
)
FUNCTION = frozenset(
    "a an the and or but of to in on at by for with from as than that which who whom whose is are"
    " was were be been being has have had do does did will would can could may might must shall"
    " should not no nor it its he she his her him they their them this these those there then"
    " if when while where after before over under about into out up down off s t re ve ll d".split()
)

Counts = Counter[str]


def main() -> None:
    """Count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="news-small")
    parser.add_argument("-n", type=int, default=3, help="bullets of a summary")
    parser.add_argument("--limit", type=int, default=200, help="articles")
    parser.add_argument("--show", type=int, default=0, help="findings to print")
    args = parser.parse_args()
    before: Counts = Counter()
    after: Counts = Counter()
    shown: list[str] = []
    for raw, final in written(args.data, args.model, args.n, args.limit):
        for text, source in raw:
            before.update(findings(text, source, cased=False))
        for text, source in final:
            found = list(findings(text, source, cased=True))
            after.update(found)
            shown += [f"{', '.join(sorted(set(found) - COUNTED))}: {text}"] * bool(
                set(found) - COUNTED
            )
    print(f"{'':34}{'before the guard':>18}{'after':>10}")
    print(f"{'bullets':34}{before['bullets']:>18,}{after['bullets']:>10,}")
    for name in dict.fromkeys([*KINDS, *before, *after]):
        if name not in COUNTED:
            print(
                f"{name + ', in 1,000 bullets':34}{share(before, name):>18}{share(after, name):>10}"
            )
    r2 = [f"{counts['r2'] / 1000 / counts['bullets']:.3f}" for counts in (before, after)]
    print(f"{'ROUGE-2 precision against source':34}{r2[0]:>18}{r2[1]:>10}")
    print("\n".join(shown[: args.show]))


COUNTED = frozenset({"bullets", "r2"})
KINDS = ("number", "name", "quotation", "word", "dangling", "repeated", "cut")


def share(counts: Counts, name: str) -> str:
    """How many of a thousand bullets have it."""
    return f"{1000 * counts[name] / counts['bullets']:.1f}"


def findings(text: str, source: str, *, cased: bool) -> Iterator[str]:
    """What is wrong with one bullet, each kind once, and what is counted of every one."""
    yield "bullets"
    known = set(WORD.findall(source.lower()))
    numbers = {number.replace(",", "").rstrip(".") for number in NUMBER.findall(source)}
    spelled = text if cased else joined(text)
    mine = {number.replace(",", "").rstrip(".") for number in NUMBER.findall(spelled)}
    words = WORD.findall(text.lower())
    if not mine <= numbers or any(word in NUMBER_WORDS and word not in known for word in words):
        yield "number"
    if cased:
        names = [word for name in NAME.findall(text) for word in WORD.findall(name.lower())]
        if any(word not in known for word in names):
            yield "name"
    flat = " ".join(WORD.findall(source.lower()))
    if any(" ".join(WORD.findall(said.lower())) not in flat for said in QUOTED.findall(text)):
        yield "quotation"
    if any(word not in known and word not in FUNCTION for word in words):
        yield "word"
    if cased and OPENING.match(text) and not EXPLAINED.match(text):
        yield "dangling"
    trigrams = Counter(zip(words, words[1:], words[2:], strict=False))
    if any(count > 1 for count in trigrams.values()):
        yield "repeated"
    if LOOSE_END.search(text.rstrip(" .\"”'’")):
        yield "cut"
    score = SCORER.score(source, text)["rouge2"].precision
    yield from ["r2"] * round(1000 * score)


SCORER = rouge_scorer.RougeScorer(["rouge2"], use_stemmer=False)


def joined(text: str) -> str:
    """A wording's digits as they are written: models put spaces around signs ("1, 000")."""
    return re.sub(r"(?<=\d) ?([,.]) ?(?=\d)", r"\1", text)


def written(
    path: Path, model: str, n_bullets: int, limit: int
) -> Iterator[tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Of each article: (wording, source) before the guard, (bullet, source) after it.

    A source is the article's whole body and headline.
    """
    from brief.errors import BriefError
    from brief.ingest.article import to_article
    from brief.ingest.jsonl import from_row
    from brief.models import load_model
    from brief.pipeline.summarizer import Summarizer

    heard: list[Candidate] = []

    class Listening:
        """A model that remembers what it proposed last."""

        def __init__(self, inner: "Model") -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        def propose(self, *args: object) -> "list[Candidate]":
            heard[:] = self.inner.propose(*args)  # type: ignore[arg-type]
            return list(heard)

    summarizer = Summarizer(Listening(load_model(model)), n_bullets=n_bullets)  # type: ignore[arg-type]
    for number, row in enumerate(rows(path)):
        if number == limit:
            return
        try:
            article = to_article(from_row(row, str(number)))
            summary = summarizer.summarize(article)
        except BriefError:
            continue
        source = "\n".join([article.headline or "", *(line.text for line in article.body)])
        picked = {one for bullet in summary.bullets for one in bullet.sources}
        raw = [
            (candidate.text, source) for candidate in heard if picked & set(candidate.chunk.focus)
        ]
        yield raw, [(bullet.text, source) for bullet in summary.bullets]


def rows(path: Path) -> Iterable[dict[str, Any]]:
    """The rows of a JSON lines file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    main()
