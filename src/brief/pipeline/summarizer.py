"""Summarize a stream of inputs: clean, chunk, shortlist, write, check and pick, in parallel.

The steps are the same for the command line, the morning briefing, the evaluation harness and the
service. Which articles run together, and in what order, changes no output. See `ingest/inputs.py`
for reading inputs.
"""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from brief.datatypes import Article, Bullet, Candidate, Code, Remark, Sentence, Summary
from brief.errors import BriefError, EmptyInputError, StorageError
from brief.guard import check
from brief.ingest.article import to_article
from brief.ingest.cleaning.clean import require_body
from brief.ingest.inputs import Source
from brief.models import load_model
from brief.models.base import GenerationConfig, Model, ModelCard
from brief.models.chunking import to_chunks
from brief.pipeline import selection
from brief.pipeline.cache import Cache, sign
from brief.pipeline.parallel import in_order
from brief.pipeline.selection import DEFAULT_WEIGHTS, Scored, Weights
from brief.settings import DEFAULTS, Length
from brief.text.lexicon import lexicon_for
from brief.text.truecasing import Casing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one input.

    Attributes:
        id: The input's id.
        result: Its summary, or why there is none.
        model, signature: Name of the model, and signature of the `Summarizer`.
        timings: Seconds: `clean_s`, unless cleaning failed, and `total_s`.
    """

    id: str
    result: Summary | BriefError
    model: str
    signature: str
    timings: Mapping[str, float]


class Summarizer:
    """A model with its settings: articles in, summaries out. Thread-safe.

    Args:
        model: A loaded model.
        n_bullets: Bullets per summary, at least 1.
        length: Length of a bullet.
        generation: All other generation settings; None for those of the model card.
        weights: Weights of selection.
        cache: Read before the model runs, and written after it; None for no cache.
        notify: Called with a message when the cache fails; the run goes on without it.
    """

    def __init__(
        self,
        model: Model,
        *,
        n_bullets: int = DEFAULTS.bullets,
        length: Length = DEFAULTS.length,
        generation: GenerationConfig | None = None,
        weights: Weights = DEFAULT_WEIGHTS,
        cache: Cache | None = None,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._model = model
        self._n_bullets = n_bullets
        self._generation = replace(generation or model.card.generation, length=length)
        self._weights = weights
        self._cache = cache
        self._notify = notify
        self.signature = sign(model.signature, n_bullets, self._generation, weights)

    def summarize(self, article: Article) -> Summary:
        """Summarize one cleaned article, or take its summary from the cache.

        Raises:
            EmptyInputError: The article has no body, or no sentence that makes a bullet.
            BriefError: The model's engine failed.
        """
        require_body(article)
        stored = self.stored(article)
        if stored is not None:
            return stored
        summary = self._written(article)
        self._store(summary)
        return summary

    def stored(self, article: Article) -> Summary | None:
        """The cached summary of a cleaned article; None if there is none."""
        cache = self._cache
        try:
            return None if cache is None else cache.get(article, self.signature)
        except StorageError as error:
            self._go_on_without_cache(error)
            return None

    def _store(self, summary: Summary) -> None:
        cache = self._cache
        try:
            if cache is not None:
                cache.put(summary)
        except StorageError as error:
            self._go_on_without_cache(error)

    def _go_on_without_cache(self, error: StorageError) -> None:
        self._cache = None
        self._notify(f"going on without a cache: {error.problem}")

    def stream(self, sources: Iterable[Source]) -> Generator[Outcome]:
        """Summarize many inputs, `Model.n_parallel` at a time; yields outcomes in their order.

        If an input fails, its outcome has the error, and the run goes on. Inputs are read lazily:
        only a few more than are in progress, however many there are.
        """
        return in_order(self._outcome, sources, self._model.n_parallel)

    def _outcome(self, source: Source) -> Outcome:
        timings: dict[str, float] = {}
        began = time.perf_counter()
        result: Summary | BriefError
        try:
            article = to_article(source)
            timings["clean_s"] = time.perf_counter() - began
            result = self.summarize(article)
        except BriefError as error:
            result = error
        except Exception as error:
            error.add_note(f"while summarizing {source.id}")
            raise
        timings["total_s"] = time.perf_counter() - began
        return Outcome(source.id, result, self._model.card.name, self.signature, timings)

    def _written(self, article: Article) -> Summary:
        model, remarks = self._suited(article)
        card = model.card
        chunks = to_chunks(article, card.budget, model.tokenizer)
        sentences = [sentence for chunk in chunks for sentence in chunk.focus]
        log_odds = None if card.verbatim else model.rate(sentences)
        relevances = selection.relevance(article, sentences, self._weights, log_odds)
        if card.verbatim or not chunks:
            scored = list(range(len(chunks)))
        else:
            scored = selection.shortlist(chunks, relevances, self._n_bullets, self._weights)
        read = [chunks[index] for index in scored]
        candidates = model.propose(article, read, self._generation) if read else []
        if card.verbatim:
            bullets = _verbatim(candidates, self._n_bullets)
        else:
            bullets = self._picked(article, candidates, relevances, card)
        if not bullets:
            raise EmptyInputError(
                f"{article.id}: no sentence of it makes a bullet (sentences: {len(sentences)})",
                "see each line's label with `brief clean`, or pass the article's own text",
            )
        if len(bullets) < self._n_bullets:
            n_read = sum(len(chunk.focus) for chunk in read)
            said = (
                f"{len(bullets)} of {self._n_bullets}; no more that differ are in the sentences"
                f" that were read ({n_read:,} of {len(sentences):,})"
            )
            remarks.append(Remark(Code.FEWER_BULLETS, said))
        checks = _checks(article, card)
        language = _language(article, card)
        if checks and lexicon_for(language) is None:
            written_in = language or "a language that could not be told"
            said = (
                f"the text is in {written_in}, for which there is no lexicon; the model's words were"
                f" checked for {', '.join(checks)} alone"
            )
            remarks.append(Remark(Code.FEWER_CHECKS, said))
        return Summary(
            article=article,
            model=card.name,
            bullets=tuple(bullets),
            chunks=chunks,
            scored=tuple(scored),
            remarks=(*article.remarks, *remarks),
            signature=self.signature,
            checks=checks,
        )

    def _suited(self, article: Article) -> tuple[Model, list[Remark]]:
        """The model, or lead sentences for a language that the model does not know."""
        known = self._model.card.languages
        if article.language is None or not known or article.language in known:
            return self._model, []
        said = (
            f"the text is in {article.language}, {self._model.card.name} knows"
            f" {', '.join(known)}; the bullets are the article's own first sentences"
        )
        return load_model("lead"), [Remark(Code.LANGUAGE, said)]

    def _picked(
        self,
        article: Article,
        candidates: Sequence[Candidate],
        relevances: Mapping[Sentence, float],
        card: ModelCard,
    ) -> list[Bullet]:
        """Check every candidate, then pick."""
        spoken = "\n".join([article.headline or "", *(line.text for line in article.body)])
        casing = Casing.of(spoken) if card.uncased else None
        bullets: list[Bullet] = []
        scores: list[Scored] = []
        for candidate in candidates:
            bullet = check.to_bullet(
                candidate,
                spoken,
                casing,
                language=_language(article, card),
                compressing=card.copy_locked,
            )
            if bullet is None:
                continue
            relevance = sum(relevances[source] for source in bullet.sources) / len(bullet.sources)
            relevance += self._weights.salience * (candidate.salience or 0.0)
            own = self._weights.relevance * relevance
            own -= self._weights.replaced * check.is_replaced(bullet)
            own -= self._weights.dangling * check.is_dangling(bullet)
            own -= self._weights.poor * check.is_poor(bullet)
            bullets.append(bullet)
            scores.append(Scored.of(bullet.text, own))
        if not bullets:
            return []
        expected = selection.expect(relevances, self._n_bullets)
        picked = selection.pick(scores, expected, self._n_bullets)
        return [bullets[index] for index in picked]


def _checks(article: Article, card: ModelCard) -> tuple[str, ...]:
    """What a model's words are checked for; nothing if it only copies sentences."""
    if card.verbatim:
        return ()
    return check.checks(_language(article, card), compressing=card.copy_locked)


def _language(article: Article, card: ModelCard) -> str | None:
    """The article's language; if it was not detected, that of a model that writes only one."""
    only = card.languages[0] if len(card.languages) == 1 else None
    return article.language or only


def _verbatim(candidates: Sequence[Candidate], n_bullets: int) -> list[Bullet]:
    """The best sentences unchanged, in reading order, without selection or guard."""
    best = sorted(candidates, key=lambda candidate: -(candidate.salience or 0.0))[:n_bullets]
    return [check.verbatim(candidate) for candidate in candidates if candidate in best]
