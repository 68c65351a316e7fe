"""Measure the cost of a system (seconds, memory, disk) in a process of its own.

The process is fresh, because earlier work would warm the disk and distort the memory; it uses a
small sample and no summary cache. These numbers belong to one machine and one moment, so they are
written to `cost.json` and never to the report.
"""

import math
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from brief.errors import BriefError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import UnicodeTokenizer
from brief.evaluation.system_specs import Setup, parse_systems
from brief.evaluation.systems import System, SystemTask

N_ARTICLES = 20
"""Number of timed articles: the 95th percentile is then the second slowest."""

_STATUS = Path("/proc/self/status")
_MB = 1e6


def measure(system: System, setup: Setup, examples: Iterable[Example]) -> dict[str, Any] | None:
    """Measure the cost of one system.

    Args:
        system: A system from `parse_systems` with the same `setup`.
        setup: The other process loads the system again from this and its name.
        examples: The first `N_ARTICLES` are used.

    Returns:
        `cold_start_s` from the start of a process to its first summary; `seconds_p50` and
        `seconds_p95` of the others, one at a time; `articles_per_second` of all together;
        `peak_memory_mb` of the process; `size_mb` on disk; `n_articles`, `n_failures`. None for
        systems that nobody would run: those that read the reference, and outputs from a file.

    Raises:
        BriefError: The system could not be loaded there, or its process died.
    """
    if system.needs_references or system.signature.get("system") == "file":
        return None
    sample = tuple(islice(examples, N_ARTICLES))
    # Started anew rather than forked: a fork has the parent's memory.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, system.name, setup, sample), daemon=True)
    began = time.perf_counter()
    process.start()
    theirs.close()
    try:
        ours.recv()
        cold_start_s = time.perf_counter() - began
        found: dict[str, Any] | BriefError = ours.recv()
    except EOFError:
        process.join()
        problem = f"{system.name}: the process that measures it died (exit {process.exitcode})"
        raise BriefError(problem, "is there enough memory?") from None
    finally:
        process.kill()
        process.join()
    if isinstance(found, BriefError):
        raise found
    return {"cold_start_s": cold_start_s, **found}


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that a share of all values do not exceed; None without values.

    Example:
        >>> percentile([4, 1, 3, 2], 0.5), percentile([], 0.5)
        (2, None)
    """
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def peak_memory_mb() -> float | None:
    """Peak memory of this process in MB of 10^6 bytes; None where the system does not report it."""
    if _STATUS.exists():
        # This program alone: on Linux, getrusage's peak includes the parent's memory.
        lines = _STATUS.read_text().splitlines()
        return next(
            (int(line.split()[1]) * 1024 / _MB for line in lines if line.startswith("VmHWM")), None
        )
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MB if sys.platform == "darwin" else peak * 1024 / _MB


def _work(pipe: Connection, name: str, setup: Setup, examples: Sequence[Example]) -> None:
    """Run in the other process: send a message at the first summary and one with all numbers."""
    try:
        # Oracles are not measured, so any tokenizer will do, and this one imports nothing.
        (system,) = parse_systems(name, setup, tokenizer=UnicodeTokenizer())
        failures, seconds = 0, []
        for index, example in enumerate(examples):
            began = time.perf_counter()
            ((_, output),) = system.outputs([SystemTask.of(example)])
            seconds.append(time.perf_counter() - began)
            failures += output.error is not None
            if index == 0:
                pipe.send(None)
        began = time.perf_counter()
        n_done = sum(1 for _ in system.outputs(map(SystemTask.of, examples)))
        batch_s = time.perf_counter() - began
        size_mb = _size_mb(system)
        pipe.send(
            {
                "seconds_p50": percentile(seconds[1:], 0.5),
                "seconds_p95": percentile(seconds[1:], 0.95),
                "articles_per_second": n_done / batch_s,
                "peak_memory_mb": peak_memory_mb(),
                "size_mb": size_mb,
                "n_articles": len(examples),
                "n_failures": failures,
            }
        )
    except BriefError as error:
        pipe.send(error)
        pipe.send(error)


def _size_mb(system: System) -> float | None:
    from brief.models.registry import n_bytes_on_disk

    if system.model is None:
        return 0.0
    name, engine = system.model
    try:
        return n_bytes_on_disk(name, engine=engine) / _MB
    except (BriefError, OSError):
        return None
