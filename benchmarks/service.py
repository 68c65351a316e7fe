"""What a service costs over the command line, and what it does when it is asked too much.

    python benchmarks/service.py [PAGES] [--articles 60] [--seconds 30]

PAGES is a folder of news pages as text (default: the project's own set), put together into
articles as in `speed.py`. `brief serve --no-cache` runs as a process of its own, and Locust,
a real load generator, as another; all on this machine, over loopback.

0. work: processor seconds an article, of server and workers together and of the command; unlike the
   others it means something on a busy machine, too.
1. throughput: as many clients as there are workers, times two, against `brief summarize
   --no-cache --format jsonl` on the same articles; the two take turns, --rounds times each.
2. latency: one client, one article after another, against the same articles in process, in turns;
   medians.
3. overload: articles arrive at twice the rate of 1, whether answered or not. Every answer must be
   200 or 429, and the 95th percentile of the accepted ones is compared with one client's.

Noise moves absolute times; the ratios are of one run.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import psutil
import speed

HERE = Path(__file__).parent
N_USERS_OVERLOAD = 60


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pages", nargs="?", type=Path, default=speed.PROJECT / "eval/data/pages")
    arguments.add_argument("--articles", type=int, default=60)
    arguments.add_argument("--words", type=int, default=600)
    arguments.add_argument("--seconds", type=int, default=30)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--max-wait-s", type=float, nargs="*", default=[])
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        speed.write_rows(options.pages, rows, options.articles, options.words)
        for max_wait_s in options.max_wait_s or [None]:
            print(f"\n--max-wait-s {max_wait_s}, --threads {options.threads}", flush=True)
            with server(options.threads, max_wait_s) as (url, process):
                rate, p95 = compare(
                    rows, url, process, options.articles, options.threads, options.rounds
                )
                overload(rows, url, 2 * rate, options.seconds, p95)


def compare(
    rows: Path,
    url: str,
    process: psutil.Process,
    n_articles: int,
    n_threads: int,
    n_rounds: int,
) -> tuple[float, float]:
    """Throughput and latency against command and library; the service's own rate and p95."""
    command = [sys.executable, "-m", "brief", "summarize", "--no-cache", "--format", "jsonl"]
    command += ["--threads", str(n_threads), str(rows)]
    local, rates, peers = in_process(rows), [], []
    http_times: list[float] = []
    local_times: list[float] = []
    served_cpu, command_cpu = 0.0, 0.0
    for _ in range(n_rounds):
        before = os.times()
        peers.append(n_articles / speed.timed(command)[0])
        after = os.times()
        command_cpu += after.children_user - before.children_user
        command_cpu += after.children_system - before.children_system
        cpu = processor_seconds(process)
        answers = load(rows, url, n_users=2 * n_threads)
        served_cpu += processor_seconds(process) - cpu
        assert {row["status"] for row in answers} <= {200, 429}, answers
        span = max(r["began"] + r["seconds"] for r in answers) - min(r["began"] for r in answers)
        rates.append(n_articles / span)
        http_times += [row["seconds"] for row in load(rows, url, n_users=1)]
        local_times += local()
    n_written = n_articles * n_rounds
    print(
        f"work: service {served_cpu / n_written:.3f}, command {command_cpu / n_written:.3f} processor"
        f" seconds an article (start included): {command_cpu / served_cpu:.2f}",
    )
    rate, peer = statistics.median(rates), statistics.median(peers)
    print(
        f"throughput: service {rate:.2f}, command {peer:.2f} articles a second: {rate / peer:.2f}"
    )
    served, alone = statistics.median(http_times), statistics.median(local_times)
    p95 = percentile(http_times, 0.95)
    print(
        f"latency: service {served:.3f} s, in process {alone:.3f} s (medians): {served / alone:.2f};"
        f" p95 {p95:.3f} s",
        flush=True,
    )
    return rate, p95


def processor_seconds(process: psutil.Process) -> float:
    """Of a process and its children, until now."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def in_process(rows: Path):  # noqa: ANN201
    """A function that summarizes every article, one after the other, and returns the times."""
    from brief.ingest.article import to_article
    from brief.ingest.jsonl import to_source
    from brief.models import load_model
    from brief.pipeline.summarizer import Summarizer

    summarizer = Summarizer(load_model("news-small", n_threads=1))
    texts = [json.loads(line)["text"] for line in rows.open()]

    def summarize_all() -> list[float]:
        times = []
        for text in texts:
            began = time.perf_counter()
            summarizer.summarize(to_article(to_source(text, id="text")))
            times.append(time.perf_counter() - began)
        return times

    summarize_all()
    return summarize_all


def overload(rows: Path, url: str, per_second: float, seconds: int, unloaded_p95: float) -> None:
    answers = load(
        rows,
        url,
        n_users=N_USERS_OVERLOAD,
        rate=per_second / N_USERS_OVERLOAD,
        seconds=seconds,
    )
    statuses = Counter(row["status"] for row in answers)
    accepted = [row["seconds"] for row in answers if row["status"] == HTTPStatus.OK]
    refused = [row["seconds"] for row in answers if row["status"] == HTTPStatus.TOO_MANY_REQUESTS]
    p95 = percentile(accepted, 0.95)
    print(
        f"overload: {len(answers) / seconds:.1f} requests a second, {dict(statuses)};"
        f" accepted {len(accepted) / seconds:.2f} a second, median"
        f" {statistics.median(accepted):.3f} s, p95 {p95:.3f} s: {p95 / unloaded_p95:.2f} x the"
        f" unloaded p95; refused in {statistics.median(refused or [0]):.3f} s (median)",
        flush=True,
    )


def load(
    rows: Path, url: str, *, n_users: int, rate: float | None = None, seconds: int = 3600
) -> list[dict]:
    """What Locust noted of every answer."""
    out = rows.with_suffix(".out")
    environment = {**os.environ, "LOAD_ROWS": str(rows), "LOAD_OUT": str(out)}
    if rate is not None:
        environment |= {"LOAD_RATE": str(rate), "LOAD_USERS": str(n_users)}
    command = [sys.executable, "-m", "locust", "-f", str(HERE / "service_load.py"), "--headless"]
    command += ["--host", url, "-u", str(n_users), "-r", str(n_users), "-t", str(seconds)]
    command += ["--only-summary", "--loglevel", "ERROR", "--stop-timeout", "20"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in out.open()]


@contextmanager
def server(n_threads: int, max_wait_s: float | None) -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-m", "brief", "serve", "--port", "0", "--no-cache"]
    command += ["--threads", str(n_threads)]
    command += [] if max_wait_s is None else ["--max-wait-s", str(max_wait_s)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr or []:
            if found := re.search(r'"url": "(.*)/"', line):
                # Somebody must read the rest, or the server waits for room in the pipe.
                drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
                yield found[1], psutil.Process(process.pid)
                break
        process.terminate()
        process.wait(40)
        drain.wait(10)
    finally:
        process.kill()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
