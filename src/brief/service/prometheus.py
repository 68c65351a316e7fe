"""Prometheus metrics of the service; `scheduler.py` and `middleware.py` update them.

Tested in `tests/service/test_app.py`.
"""

from itertools import pairwise

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from brief.datatypes import Summary
from brief.errors import BriefError
from brief.service.jobs import Job, Watcher
from brief.service.json_logs import log
from brief.service.scheduler import Batcher
from brief.service.worker import TaskResult

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_CHUNKS = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics(Watcher):
    """The metrics of one service, in their own registry."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "brief_requests_total", "Requests answered.", ["route", "status"], registry=registry
        )
        self.request_seconds = Histogram(
            "brief_request_seconds",
            "To the last byte.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.rejections = Counter(
            "brief_rejections_total", "Requests refused or failed.", ["status"], registry=registry
        )
        self._phases = Histogram(
            "brief_phase_seconds", "Of an article.", ["phase"], buckets=_SECONDS, registry=registry
        )
        self._batches = Histogram(
            "brief_batch_chunks",
            "Chunks of an article's batch.",
            buckets=_CHUNKS,
            registry=registry,
        )
        self._articles = Counter(
            "brief_articles_total", "By what came of them.", ["result"], registry=registry
        )
        self._joined = Counter("brief_joined_total", "Equal to one in flight.", registry=registry)
        self._restarts = Counter(
            "brief_worker_restarts_total", "Workers started again.", registry=registry
        )
        self._bugs = Counter(
            "brief_bugs_total", "Failures that nobody expected.", registry=registry
        )

    def watch(self, batcher: Batcher) -> None:
        """Have the gauges read a batcher's state whenever the metrics are requested."""
        for name, about, read in (
            ("brief_queue_tokens", "Let in and not finished.", lambda: batcher.n_tokens),
            ("brief_queue_capacity_tokens", "What there is room for.", lambda: batcher.capacity),
            ("brief_rate_tokens_per_second", "Of all workers.", lambda: batcher.rate),
            ("brief_workers_ready", "Workers that are up.", lambda: batcher.n_ready),
        ):
            Gauge(name, about, registry=self._registry).set_function(read)

    def text(self) -> bytes:
        """All metrics in the Prometheus text format."""
        return generate_latest(self._registry)

    def finished(self, job: Job, result: TaskResult | BriefError, now: float) -> None:
        """See `Watcher.finished`."""
        entered = [*job.phases, ("", now)]
        for (phase, since), (_, until) in pairwise(entered):
            self._phases.labels(phase).observe(until - since)
        self._articles.labels(_kind(result)).inc()
        if isinstance(result, TaskResult) and isinstance(result.outcome.result, Summary):
            self._batches.observe(len(result.outcome.result.scored))

    def joined(self) -> None:
        """See `Watcher.joined`."""
        self._joined.inc()

    def worker_lost(self, number: int, problem: str) -> None:
        """See `Watcher.worker_lost`."""
        self._restarts.inc()
        log("worker_lost", worker=number, problem=problem)

    def failed(self, trace: str) -> None:
        """See `Watcher.failed`."""
        self._bugs.inc()
        log("bug", trace=trace)


def _kind(result: TaskResult | BriefError) -> str:
    outcome = result.outcome if isinstance(result, TaskResult) else None
    if outcome is None:
        return "lost"
    if isinstance(outcome.result, BriefError):
        return "failed"
    assert isinstance(result, TaskResult)
    return "stored" if result.was_stored else "written"
