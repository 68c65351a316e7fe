r"""Benchmark cleaning: how much of an article is kept, and how much furniture with it.

    python benchmarks/cleaning.py FOLDER [--details] [--joined] [--half even|odd]

FOLDER holds, for each page ID, `ID.txt` (the page as copied text), `ID.html[.gz]` (the page as
served) and `ID.gold.json` with `summary` (the standfirst), `paragraphs` and `subheads`.

Measure: F1 of word trigrams as multisets, a word being `\w+` of the lower-cased text. By default
trigrams stay inside a line (gold: inside a paragraph), so that the order in which gold lists
subheads and paragraphs has no influence; with `--joined` the lines' words are joined in order
first (gold: standfirst, paragraphs, subheads).

Compared with brief: the unchanged text; the lines of nine words or more that end like a sentence;
for HTML, trafilatura alone. Labels other than body are tested in
tests/ingest/cleaning/test_clean.py.
"""

import argparse
import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from brief.errors import InputError
from brief.ingest.cleaning.clean import clean
from brief.ingest.html_extraction import extract

Trigrams = Counter[tuple[str, ...]]
ENDS_LIKE_SENTENCE = re.compile(r"""[.!?…]["'”’)\]]*\s*$""")
MIN_WORDS = 9


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def trigrams(parts: Iterable[str], *, joined: bool) -> Trigrams:
    lists = [words(part) for part in parts]
    if joined:
        lists = [[word for part in lists for word in part]]
    return Counter(gram for part in lists for gram in zip(part, part[1:], part[2:], strict=False))


def f1(found: Trigrams, gold: Trigrams) -> float:
    return 2 * (found & gold).total() / max(found.total() + gold.total(), 1)


def gold_parts(path: Path) -> list[str]:
    gold = json.loads(path.read_text(encoding="utf-8"))
    summary = gold.get("summary") or []
    return [
        *([summary] if isinstance(summary, str) else summary),
        *gold["paragraphs"],
        *gold["subheads"],
    ]


def html_of(folder: Path, name: str) -> str:
    packed = folder / f"{name}.html.gz"
    raw = (
        gzip.decompress(packed.read_bytes())
        if packed.exists()
        else (folder / f"{name}.html").read_bytes()
    )
    return raw.decode("utf-8", errors="replace")


def trafilatura_alone(html: str) -> list[str]:
    import trafilatura

    return (trafilatura.extract(html) or "").split("\n")


def brief_body(text: str, name: str, *, html: bool) -> list[str]:
    try:
        article = extract(text, id=name) if html else clean(text, id=name)
    except InputError:
        return []
    return [line.text for line in article.body]


def systems(folder: Path, name: str) -> dict[str, list[str]]:
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    lines = text.split("\n")
    found = {
        "text: as it is": lines,
        "text: sentence lines": [
            line
            for line in lines
            if len(line.split()) >= MIN_WORDS and ENDS_LIKE_SENTENCE.search(line)
        ],
        "text: brief": brief_body(text, name, html=False),
    }
    if any(folder.glob(f"{name}.html*")):
        html = html_of(folder, name)
        found["html: trafilatura"] = trafilatura_alone(html)
        found["html: brief"] = brief_body(html, name, html=True)
    return found


def details(body: Sequence[str], gold: Sequence[str]) -> None:
    """Print gold parts that are missing from the body, and body lines that are not in gold."""
    for sign, ours, theirs in (("missed", gold, body), ("added", body, gold)):
        known = trigrams(theirs, joined=False)
        for part in ours:
            grams = trigrams([part], joined=False)
            if grams and 2 * (grams & known).total() < grams.total():
                print(f"    {sign:6} {len(words(part)):4} words: {part.strip()[:100]}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--details", action="store_true", help="what each page misses and adds")
    parser.add_argument("--joined", action="store_true", help="trigrams across lines too")
    parser.add_argument("--half", choices=["even", "odd"], help="only pages at those positions")
    args = parser.parse_args()
    names = sorted(path.name.removesuffix(".gold.json") for path in args.folder.glob("*.gold.json"))
    if args.half:
        names = names[args.half == "odd" :: 2]
    scores: dict[str, list[tuple[float, str]]] = {}
    for name in names:
        parts = gold_parts(args.folder / f"{name}.gold.json")
        gold = trigrams(parts, joined=args.joined)
        for system, body in systems(args.folder, name).items():
            score = f1(trigrams(body, joined=args.joined), gold)
            scores.setdefault(system, []).append((score, name))
            if args.details and system.endswith("brief"):
                print(f"  {name}  {system}  {score:.3f}")
                details(body, parts)
    print(f"word-trigram F1 over {len(names)} pages: mean, worst pages")
    for system, rows in scores.items():
        worst = ", ".join(f"{score:.3f} {name}" for score, name in sorted(rows)[:3])
        print(f"  {system:22} {statistics.mean(score for score, _ in rows):.4f}   {worst}")


if __name__ == "__main__":
    main()
