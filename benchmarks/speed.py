"""How fast brief is, beside what its user would write with transformers, in one run.

    python benchmarks/speed.py [PAGES] [--articles 200] [--words 600]

PAGES is a folder of news pages as text (default: the project's own set). Articles of about
`--words` words are put together from their bodies, one page's paragraphs after another's.
Three systems take turns, each as a process of its own, on the same articles:

- brief: `brief summarize rows.jsonl --no-cache`, everything included from start to exit;
- transformers, every chunk: the same weights in float32, greedy `generate` over every sentence
  of every article, in padded batches of 16;
- transformers, same chunks: likewise over the chunks alone that brief's model wrote.

The two peers are slow, so they get the first `--peer-articles` of them; brief is timed on those
too, and each ratio is of runs over equal articles.

Printed: articles a second, the ratio to brief, peak memory, and the wall time of a cold
`brief summarize` on one article and of `brief --help` (median of five). Noise moves absolute times;
the ratios are of one run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCH_SIZE = 16
N_COLD_RUNS = 5
PROJECT = Path(__file__).parents[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pages", nargs="?", type=Path, default=PROJECT / "eval/data/pages")
    arguments.add_argument("--articles", type=int, default=200)
    arguments.add_argument("--words", type=int, default=600)
    arguments.add_argument("--peer-articles", type=int, default=32)
    arguments.add_argument("--peer", choices=["every", "same"], help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.peer:
        generate(options.pages, every=options.peer == "every")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        n_words = write_rows(options.pages, rows, options.articles, options.words)
        print(f"{options.articles} articles, {n_words / options.articles:.0f} words on average")
        few = Path(folder) / "few.jsonl"
        n_few = min(options.peer_articles, options.articles)
        few.write_text("".join(rows.read_text().splitlines(keepends=True)[:n_few]))
        brief = [sys.executable, "-m", "brief"]
        summarize = [*brief, "summarize", "--no-cache", "--format", "jsonl"]
        peer = [sys.executable, __file__, str(few), "--peer"]
        show("brief", options.articles, timed([*summarize, str(rows)]))
        base = timed([*summarize, str(few)])
        show("brief", n_few, base)
        for name, which in (("every chunk", "every"), ("same chunks", "same")):
            measured = timed([*peer, which])
            show(f"transformers, {name}", n_few, measured, ratio=measured[0] / base[0])
        one = Path(folder) / "one.txt"
        one.write_text(json.loads(rows.read_text().splitlines()[0])["text"])
        for name, command in (
            ("cold, one article", [*brief, "summarize", "--no-cache", str(one)]),
            ("brief --help", [*brief, "--help"]),
        ):
            times = [timed(command)[0] for _ in range(N_COLD_RUNS)]
            print(f"{name:28} {statistics.median(times):6.2f} s")


def show(
    name: str, n_articles: int, measured: tuple[float, float], *, ratio: float | None = None
) -> None:
    seconds, megabytes = measured
    compared = "" if ratio is None else f"  {ratio:.2f} x brief's time"
    print(
        f"{name:28} {n_articles:4} articles {n_articles / seconds:6.2f} a second"
        f" {megabytes:6.0f} MB{compared}",
        flush=True,
    )


def write_rows(pages: Path, rows: Path, n_articles: int, n_words: int) -> int:
    """Articles of about `n_words` words from the pages' own bodies; returns all words."""
    from brief.ingest.cleaning.clean import clean

    bodies = [
        [line.text.strip() for line in clean(path.read_text(), id=path.name).body]
        for path in sorted(pages.glob("*.txt"))
    ]
    total = 0
    with rows.open("w") as file:
        for number in range(n_articles):
            paragraphs: list[str] = []
            # The offset grows a round, so that no two articles are made of the same pages.
            page = number
            while sum(len(paragraph.split()) for paragraph in paragraphs) < n_words:
                paragraphs += bodies[page % len(bodies)]
                page += 1 + number // len(bodies)
            text, used = [], 0
            for paragraph in paragraphs:
                if used >= n_words:
                    break
                text.append(paragraph)
                used += len(paragraph.split())
            total += used
            file.write(json.dumps({"id": str(number), "text": "\n\n".join(text)}) + "\n")
    return total


def timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a command, which must succeed."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(os.cpu_count()), "HF_HUB_OFFLINE": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    complaint = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{complaint.decode()}")
    return seconds, usage.ru_maxrss / 1024


def generate(rows: Path, *, every: bool) -> None:
    """What a user would write: greedy `generate` in padded batches, article by article."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    from brief.ingest.article import to_article
    from brief.ingest.jsonl import read_rows
    from brief.models import card_of
    from brief.models.chunking import to_chunks
    from brief.models.convert import fast_tokenizer
    from brief.models.prompts import load_prompt
    from brief.models.tokenization import Encoding
    from brief.pipeline import selection

    card = card_of("news-small")
    folder = PROJECT / "src/brief/models" / card.source
    encoding = Encoding(fast_tokenizer(folder), load_prompt(card.prompt), card.budget)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids: list[list[int]] = []
    with rows.open("rb") as file:
        for source in read_rows(file, name=rows.name, max_bytes=1 << 24):
            article = to_article(source)
            chunks = to_chunks(article, card.budget, encoding)
            if not every:
                sentences = [sentence for chunk in chunks for sentence in chunk.focus]
                scores = selection.relevance(article, sentences, selection.DEFAULT_WEIGHTS)
                chunks = tuple(chunks[i] for i in selection.shortlist(chunks, scores, 2))
            ids += encoding.encode(chunks)
    opening = [model.config.decoder_start_token_id, encoding.token_id(card.keep_token)]
    with torch.inference_mode():
        for start in range(0, len(ids), BATCH_SIZE):
            batch = ids[start : start + BATCH_SIZE]
            width = max(map(len, batch))
            mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in batch])
            padded = torch.tensor([row + [0] * (width - len(row)) for row in batch])
            model.generate(
                input_ids=padded,
                attention_mask=mask,
                # As brief does: begin with "keep", for a skipped sentence would cost nothing.
                decoder_input_ids=torch.tensor([opening] * len(batch)),
                num_beams=1,
                do_sample=False,
                max_new_tokens=card.generation.max_new_tokens,
            )


if __name__ == "__main__":
    main()
