"""A page while it is being labelled: its units, where its body stands, and which stretch it is.

The article is the stretch that holds the most prose for the least furniture, and copied pages
keep the page's nesting as indentation, so that body paragraphs share one and teasers, captions
and widgets do not. Left out: the labels themselves (`labels.py`, `blocks.py`).
"""

from collections import defaultdict
from collections.abc import Sequence

from brief.ingest.bylines import MIN_SENTENCE_WORDS
from brief.ingest.cues import Cue, cue
from brief.ingest.lines import Unit
from brief.news import Label

Verdict = tuple[Label, str]

_SIGNED = (Label.BYLINE, Label.TIMESTAMP)
"""Labels that an article without any furniture has too."""

MIN_INDENTS = 4
"""A page copied with its nesting shows many indentations; fewer say nothing about structure."""

MIN_INDENT_SHARE = 0.4
"""An indentation with that share of the strongest one's prose is body as well."""

MIN_PARAGRAPHS_IN_A_ROW = 3
"""So many paragraphs in a row are body wherever they stand (an introduction above a list of
updates); teasers alternate with titles."""

MAX_WEIGHT = 60
"""Words that one paragraph may bring to the stretch, so that one legal notice decides nothing."""

LONE_SHARE = 5
"""A sentence that looks like a teaser brings a fifth of its words."""

SHORT_COST, AWAY_COST, CUE_COST, CLOSING_COST = 1, 3, 3, 40
"""What other lines cost the stretch, in words of prose: a subhead is cheap, a line at another
indentation or a widget dearer, a closing heading as much as a paragraph brings."""

MAX_CHEAP_WORDS = 8
"""Subheads are mostly shorter, titles of other stories mostly longer."""

ALTERNATION = 4
"""Lines from one teaser to the next: a title, and a section or an age at most."""

LOOKAHEAD = 8
"""How far a neighbor is sought over furniture; no widget in the middle of an article seen so
far has more lines of its own phrases."""


class Page:
    """The units of one page, with a verdict for each as soon as there is one."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.cues: list[Cue | None] = [cue(unit) for unit in units]
        self.verdicts: list[Verdict | None] = [None] * len(units)
        self.body_indents = self._measure_indents()
        self.furnished = any(
            found and not found.weak and found.label not in _SIGNED for found in self.cues
        )
        n_indents = len({unit.indent for unit in units})
        self.nested = n_indents >= MIN_INDENTS and bool(self.body_indents)

    def settle(self, index: int, label: Label, reason: str) -> None:
        """Give a unit its label."""
        self.verdicts[index] = (label, reason)

    def label_of(self, index: int) -> Label | None:
        """A unit's label: as given, else as its own words say."""
        verdict, found = self.verdicts[index], self.cues[index]
        return verdict[0] if verdict else found.label if found else None

    def free(self, index: int) -> bool:
        """Whether neither a verdict nor its own words say what the unit is."""
        return self.verdicts[index] is None and self.cues[index] is None

    def at_home(self, index: int) -> bool:
        """Whether the unit stands where the body stands; always, where nothing is nested."""
        return not self.nested or self.units[index].indent in self.body_indents

    def is_paragraph(self, index: int) -> bool:
        """Whether a unit is plain prose where the body stands."""
        unit = self.units[index]
        return unit.prose and not self.cues[index] and not unit.glyph and self.at_home(index)

    def stretch(self) -> tuple[int, int]:
        """First and one past the last unit of the article: the maximum-sum stretch of weights.

        A text without any sign of furniture has no stretch to look for: it goes from its first
        paragraph to its end.

        Source:
            Kadane's algorithm (Bentley 1984, Programming Pearls, column 8).
        """
        if not self.furnished:
            first = (index for index in range(len(self.units)) if self.is_paragraph(index))
            start = next(first, None)
            return (0, 0) if start is None else (start, len(self.units))
        best = total = start = end = begin = 0
        for index in range(len(self.units)):
            if total <= 0:
                total, begin = 0, index
            total += self._weight(index)
            if total > best:
                best, start, end = total, begin, index + 1
        return start, end

    def heads_paragraph(self, index: int, end: int) -> bool:
        """Whether a paragraph or a quotation comes next, furniture aside."""
        for after in range(index + 1, min(index + LOOKAHEAD, end)):
            found = self.cues[after]
            if found and not found.opens and not found.closes:
                continue
            quoted = self.units[after].quoted and self.at_home(after)
            return self.is_paragraph(after) or quoted
        return False

    def _measure_indents(self) -> set[int]:
        weights: defaultdict[int, int] = defaultdict(int)
        indents: set[int] = set()
        row: list[int] = []
        for unit, found in zip(self.units, self.cues, strict=True):
            if found:
                continue
            if unit.glyph or not unit.prose:
                row = []
                continue
            weights[unit.indent] += min(unit.n_words, MAX_WEIGHT)
            row = [*row, unit.indent] if row[-1:] == [unit.indent] else [unit.indent]
            if len(row) == MIN_PARAGRAPHS_IN_A_ROW:
                indents.add(unit.indent)
        floor = MIN_INDENT_SHARE * max(weights.values(), default=0)
        return indents | {indent for indent, weight in weights.items() if weight >= floor}

    def _weight(self, index: int) -> int:
        unit, found = self.units[index], self.cues[index]
        if found and not found.weak:
            return -CLOSING_COST if found.closes else -CUE_COST
        if not self.at_home(index):
            return -SHORT_COST if unit.prose else -AWAY_COST
        if not self._is_sentence(index):
            return -SHORT_COST if unit.n_words <= MAX_CHEAP_WORDS else -AWAY_COST
        weight = min(unit.n_words, MAX_WEIGHT)
        return weight // LONE_SHARE if self._teaser_like(index) else weight

    def _is_sentence(self, index: int) -> bool:
        unit = self.units[index]
        if unit.prose:
            return True
        ends = unit.ends_like_sentence or unit.announces
        return unit.n_words >= MIN_SENTENCE_WORDS and ends and not unit.glyph

    def _teaser_like(self, index: int) -> bool:
        """Whether a sentence stands alone among titles, with others like it near by: titles and
        teasers alternate, paragraphs stand in company.
        """
        if not self._alone(index):
            return False
        near = (
            *range(index - 1, index - ALTERNATION - 1, -1),
            *range(index + 1, index + ALTERNATION + 1),
        )
        return any(
            0 <= other < len(self.units)
            and not self.cues[other]
            and self._is_sentence(other)
            and self._alone(other)
            for other in near
        )

    def _alone(self, index: int) -> bool:
        """Whether neither the next unit above nor the next below, furniture aside, is a sentence."""
        for steps in (range(index - 1, index - LOOKAHEAD, -1), range(index + 1, index + LOOKAHEAD)):
            for near in steps:
                if not 0 <= near < len(self.units):
                    break
                if not self.cues[near]:
                    if self._is_sentence(near) and self.at_home(near):
                        return False
                    break
        return True
