"""The corridor: a stream of inputs -> a stream of summaries, in the order of the inputs.

clean -> chunk -> shortlist -> model -> guard -> pick, the same for the command line, the
batch job, the harness and the service. Articles run in parallel; which run together, and in
what order, changes no output. Left out: reading inputs (`ingest/read.py`) and printing.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from brief import guard, selection
from brief.casing import Casing
from brief.chunks import to_chunks
from brief.errors import BriefError
from brief.ingest.clean import clean, require_body
from brief.ingest.extract import extract
from brief.ingest.language import detect
from brief.ingest.read import Source
from brief.models import load_model
from brief.models.base import GenerationConfig, Length, Model
from brief.news import Article, Bullet, Candidate, Sentence, Summary
from brief.selection import DEFAULT_WEIGHTS, Scored, Weights
from brief.summaries import Cache

WINDOW_PER_THREAD = 4
"""Inputs read ahead: enough that no thread waits for a slow article before it."""

_DECIDING = (
    "alignment.py",
    "casing.py",
    "chunks.py",
    "corridor.py",
    "guard.py",
    "inflection.py",
    "ingest",
    "models",
    "numerals.py",
    "prompts.py",
    "pronouns.py",
    "seams.py",
    "selection.py",
    "shifts.py",
    "support.py",
    "surface.py",
    "text.py",
)
_LIBRARIES = ("lxml", "py3langid", "sentencex", "snowballstemmer", "trafilatura")
"""What decides a summary's bytes beside the model and its libraries: with the digest of our
own code in the signature, no change of cleaner or chunker ever serves a stale summary."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    Attributes:
        id: The input's id.
        result: Its summary, or why there is none.
        model, signature: What was asked to write it.
        timings: Seconds by phase; a summary from the cache has no `write`.
    """

    id: str
    result: Summary | BriefError
    model: str
    signature: str
    timings: Mapping[str, float]


def to_article(source: Source) -> Article:
    """One input, cleaned, with its language; its body may be empty (`require_body`).

    Raises:
        InputError: It could not be read, or holds no text.
    """
    if source.error is not None:
        raise source.error
    if source.is_html:
        article = extract(source.text, id=source.id, url=source.url)
    else:
        article = clean(source.text, id=source.id, headline=source.headline)
    # What a row says of its article goes before what the text or the page says.
    return replace(
        article,
        headline=source.headline or article.headline,
        published=source.published or article.published,
        byline=source.byline or article.byline,
        url=source.url or article.url,
        reference_bullets=source.bullets or article.reference_bullets,
        language=detect(" ".join(line.text for line in article.body)),
        warnings=(*source.warnings, *article.warnings),
    )


class Summarizer:
    """A model with its settings: articles in, summaries out. Thread-safe.

    Args:
        model: A loaded model.
        n_bullets: Bullets of a summary, at least 1.
        length: Wanted length of a bullet.
        weights: What selection weighs.
        cache: Asked before the model, told after it; None for none.
    """

    def __init__(
        self,
        model: Model,
        *,
        n_bullets: int = 2,
        length: Length = "medium",
        weights: Weights = DEFAULT_WEIGHTS,
        cache: Cache | None = None,
    ) -> None:
        self._model = model
        self._n_bullets = n_bullets
        self._generation = replace(model.card.generation, length=length)
        self._weights = weights
        self._cache = cache
        self.signature = _signature(model, n_bullets, self._generation, weights)

    def summarize(self, article: Article) -> Summary:
        """The summary of one cleaned article, from the cache when it is there.

        Raises:
            BriefError: The model's engine failed, or the cache did.
        """
        if self._cache is not None:
            stored = self._cache.get(article, self.signature)
            if stored is not None:
                return stored
        summary = self._written(article)
        if self._cache is not None:
            self._cache.put(summary)
        return summary

    def stream(self, sources: Iterable[Source]) -> Iterator[Outcome]:
        """Summaries of many inputs, in their order, `Model.n_parallel` at a time.

        One input's failure is its outcome, and the run goes on. Inputs are read as they are
        needed: a few more than are in work, whatever the number of all.
        """
        window: deque[Future[Outcome]] = deque()
        pool = ThreadPoolExecutor(self._model.n_parallel)
        try:
            for source in sources:
                window.append(pool.submit(self._outcome, source))
                if len(window) > WINDOW_PER_THREAD * self._model.n_parallel:
                    yield window.popleft().result()
            while window:
                yield window.popleft().result()
        finally:
            # After an interrupt nothing that has not begun is begun.
            pool.shutdown(cancel_futures=True)

    def _outcome(self, source: Source) -> Outcome:
        timings: dict[str, float] = {}
        began = time.perf_counter()
        result: Summary | BriefError
        try:
            article = require_body(to_article(source))
            timings["clean_s"] = time.perf_counter() - began
            result = self.summarize(article)
        except BriefError as error:
            result = error
        timings["total_s"] = time.perf_counter() - began
        return Outcome(source.id, result, self._model.card.name, self.signature, timings)

    def _written(self, article: Article) -> Summary:
        model, warnings = self._suited(article)
        card = model.card
        chunks = to_chunks(article, card.budget, model.tokenizer)
        sentences = [sentence for chunk in chunks for sentence in chunk.focus]
        relevances = selection.relevance(article, sentences, self._weights)
        if card.verbatim:
            scored = list(range(len(chunks)))
            bullets = _verbatim(model.propose(article, chunks, self._generation), self._n_bullets)
        else:
            scored = selection.shortlist(chunks, relevances, self._n_bullets)
            candidates = model.propose(
                article, [chunks[index] for index in scored], self._generation
            )
            bullets = self._picked(candidates, relevances, _spoken(article), uncased=card.uncased)
        if len(bullets) < self._n_bullets:
            warnings.append(
                f"fewer_bullets: {len(bullets)} of {self._n_bullets}; the {len(sentences)}"
                " sentences of the article hold no more that differ"
            )
        return Summary(
            article=article,
            model=self._model.card.name,
            bullets=tuple(bullets),
            chunks=chunks,
            scored=tuple(scored),
            warnings=(*article.warnings, *warnings),
            signature=self.signature,
        )

    def _suited(self, article: Article) -> tuple[Model, list[str]]:
        """The model, or lead sentences for a language that the model does not know."""
        known = self._model.card.languages
        if article.language is None or not known or article.language in known:
            return self._model, []
        warning = (
            f"language: the text is in {article.language}, {self._model.card.name} knows"
            f" {', '.join(known)}; the bullets are the article's own first sentences"
        )
        return load_model("lead"), [warning]

    def _picked(
        self,
        candidates: Sequence[Candidate],
        relevances: Mapping[Sentence, float],
        spoken: str,
        *,
        uncased: bool,
    ) -> list[Bullet]:
        """Guard every candidate, then pick."""
        casing = Casing.of(spoken) if uncased else None
        bullets: list[Bullet] = []
        scores: list[Scored] = []
        for candidate in candidates:
            bullet = guard.to_bullet(candidate, spoken, casing)
            if bullet is None:
                continue
            own = sum(relevances[source] for source in bullet.sources) / len(bullet.sources)
            relevance = own + self._weights.salience * (candidate.salience or 0.0)
            relevance -= self._weights.replaced * guard.is_replaced(bullet)
            relevance -= self._weights.dangling * guard.is_dangling(bullet)
            bullets.append(bullet)
            scores.append(Scored(relevance, selection.content(bullet.text)))
        return [bullets[index] for index in selection.pick(scores, self._n_bullets, self._weights)]


def _spoken(article: Article) -> str:
    """What the page's author wrote: headline and body."""
    return "\n".join([article.headline or "", *(line.text for line in article.body)])


def _verbatim(candidates: Sequence[Candidate], n_bullets: int) -> list[Bullet]:
    """The best sentences as they stand, in reading order: neither selection nor guard."""
    best = sorted(candidates, key=lambda candidate: -(candidate.salience or 0.0))[:n_bullets]
    return [guard.verbatim(candidate) for candidate in candidates if candidate in best]


def _signature(model: Model, n_bullets: int, generation: GenerationConfig, weights: Weights) -> str:
    """Digest of everything that decides a summary's bytes beside the article."""
    facts = {
        "brief": _package_digest(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "model": dict(model.signature),
        "n_bullets": n_bullets,
        "generation": asdict(generation),
        "weights": asdict(weights),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _package_digest() -> str:
    """Digest of the package's own code that decides a summary."""
    sha = hashlib.sha256()
    package = files("brief")
    for name in _DECIDING:
        part = package / name
        modules = part.iterdir() if part.is_dir() else [part]
        for module in sorted(modules, key=lambda module: module.name):
            if module.name.endswith((".py", ".toml")):
                sha.update(module.read_bytes())
    return sha.hexdigest()
