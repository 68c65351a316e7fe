"""Benchmark time and memory of the morning briefing, from a folder to a finished edition.

    python benchmarks/morning.py [PAGES | ROWS.jsonl.gz] [--sizes 1000] [--words 600] [--model news-small]

Articles of about `--words` words come from a folder of pages as text (default: the project's own
set, with its paragraphs combined anew for each article) or from rows with `text` and `headline`,
of which those long enough are cut to that length. For each size, in folders of its own:

- first: `brief morning` over the folder;
- again: the same command, for the finished edition; its phases show that nothing is summarized;
- rebuilt: with `--rebuild`, everything but the model's work, which comes from the cache.

Printed: wall time, CPU time (the measure to compare on a busy machine), peak memory, and the
seconds of each phase.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("input", nargs="?", type=Path, default=PROJECT / "eval/data/pages")
    arguments.add_argument("--sizes", default="1000", help="separated by commas")
    arguments.add_argument("--words", type=int, default=600)
    arguments.add_argument("--model", default="news-small")
    options = arguments.parse_args()
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            made = from_pages if options.input.is_dir() else from_rows
            n_words = write(folder / "articles", islice(made(options.input, options.words), size))
            print(f"{size:,} articles, {n_words / size:.0f} words on average, {options.model}")
            for name, flags in (("first", []), ("again", []), ("rebuilt", ["--rebuild"])):
                measure(folder, name, ["--model", options.model, "--backlog", str(size), *flags])
            ledger = sum(path.stat().st_size for path in folder.glob("data/morning/*.sqlite3"))
            print(f"  ledger {ledger / 1e6:.1f} MB", flush=True)


def measure(folder: Path, name: str, flags: list[str]) -> None:
    environment = {
        **os.environ,
        "BRIEF_DATA_DIR": str(folder / "data"),
        "BRIEF_CACHE_DIR": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "brief", "morning", "--source", "articles", "--output", "out"]
    command += ["--date", "2026-11-23", "--tz", "UTC", "--log-json", *flags]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    log = process.stderr.read().decode() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{log}")
    rows = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    phases = {row["phase"]: row["seconds"] for row in rows if row["event"] == "end"}
    print(
        f"  {name:8} {seconds:7.1f} s  {usage.ru_utime + usage.ru_stime:7.1f} s of CPU"
        f"  {usage.ru_maxrss / 1024:5.0f} MB  "
        + ", ".join(f"{phase} {took:.1f}" for phase, took in phases.items()),
        flush=True,
    )


def write(folder: Path, texts: Iterator[str]) -> int:
    """Write one file per text; return the total number of words."""
    folder.mkdir()
    total = 0
    for number, text in enumerate(texts):
        total += len(text.split())
        (folder / f"{number:05}.txt").write_text(text)
    return total


def from_pages(pages: Path, n_words: int) -> Iterator[str]:
    """Articles from the pages' own bodies, no two of the same pages in the same order."""
    from brief.ingest.cleaning.clean import clean

    bodies = [
        [line.text.strip() for line in clean(path.read_text(), id=path.name).body]
        for path in sorted(pages.glob("*.txt"))
    ]
    number = 0
    while True:
        paragraphs: list[str] = []
        page = number
        while sum(len(paragraph.split()) for paragraph in paragraphs) < n_words:
            paragraphs += bodies[page % len(bodies)]
            page += 1 + number // len(bodies)
        yield cut(paragraphs, n_words)
        number += 1


def from_rows(rows: Path, n_words: int) -> Iterator[str]:
    """The rows' own articles that have at least two thirds of the length."""
    with gzip.open(rows, "rt") if rows.suffix == ".gz" else rows.open() as file:
        for line in file:
            row = json.loads(line)
            text = row.get("text") or row.get("article") or ""
            if len(text.split()) >= n_words * 2 / 3:
                headline = row.get("headline") or row.get("title") or ""
                yield cut([headline, *text.split("\n")], n_words)


def cut(paragraphs: list[str], n_words: int) -> str:
    """The first paragraphs, until there are enough words."""
    text: list[str] = []
    used = 0
    for paragraph in filter(None, paragraphs):
        if used >= n_words:
            break
        text.append(paragraph)
        used += len(paragraph.split())
    return "\n\n".join(text) + "\n"


if __name__ == "__main__":
    main()
