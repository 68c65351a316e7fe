"""Layout of a page during labelling: units, body indentation and the article's stretch.

The article is the stretch with the most prose and the least furniture. Copied pages keep the
page's nesting as indentation, so body paragraphs share one and teasers, captions and widgets
have others. See `labels.py` and `block_rules.py` for the labels themselves.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

from collections import defaultdict
from collections.abc import Sequence

from brief.datatypes import Label
from brief.ingest.cleaning.bylines import MIN_SENTENCE_WORDS
from brief.ingest.cleaning.line_rules import Cue, cue
from brief.ingest.cleaning.lines import UNPUNCTUATED_PROSE_WORDS, Unit

Verdict = tuple[Label, str]

_SIGNED = (Label.BYLINE, Label.TIMESTAMP)
"""Labels that an article without any furniture has too."""

MIN_INDENTS = 4
"""A page copied with its nesting has many indentations; fewer say nothing about structure."""

MIN_INDENT_SHARE = 0.4
"""An indentation with at least this share of the main one's prose is body as well."""

MIN_PARAGRAPHS_IN_A_ROW = 3
"""This many paragraphs in a row are body at any indentation (an introduction above a list of
updates); teasers alternate with titles."""

MAX_WEIGHT = 60
"""Most words that one paragraph adds to the stretch, so that one legal notice decides nothing."""

LONE_SHARE = 5
"""A sentence that looks like a teaser counts for a fifth of its words."""

MAX_TEASER_WORDS = 45
"""Teasers are a sentence or two; a longer line is a paragraph even when it is alone."""

SHORT_COST, AWAY_COST, CUE_COST, CLOSING_COST = 1, 3, 3, 40
"""Cost of other lines to the stretch, in words of prose: a subhead is cheap, a line at another
indentation or a widget costs more, a closing heading as much as a paragraph adds."""

MAX_CHEAP_WORDS = 8
"""Subheads are mostly shorter, titles of other stories mostly longer."""

MIN_PUNCTUATED_SHARE = 0.7
"""When this share of the long lines ends like a sentence, one that does not is a teaser."""

MAX_SUBHEAD_WORDS = 16

MAX_LIST_ITEMS = 12
"""Number of items examined to decide what kind of list it is."""

MAX_LINKS = 30
"""A longer list of links is no block in the middle of an article."""

ALTERNATION = 4
"""Lines from one teaser to the next: a title, and a section or an age at most."""

LOOKAHEAD = 8
"""How many furniture lines are skipped to find a neighbour; no widget seen in the middle of an
article has more lines of its own phrases."""


class Page:
    """The units of one page, each with its verdict once it has one."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.cues: list[Cue | None] = [cue(unit) for unit in units]
        self.verdicts: list[Verdict | None] = [None] * len(units)
        self.punctuated = self._measure_punctuation()
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
        """A unit's label: the one it was given, else the one its own words suggest."""
        verdict, found = self.verdicts[index], self.cues[index]
        return verdict[0] if verdict else found.label if found else None

    def free(self, index: int) -> bool:
        """Whether a unit has no label yet, neither given nor from its own words."""
        return self.verdicts[index] is None and self.cues[index] is None

    def at_home(self, index: int) -> bool:
        """Whether a unit is at the body's indentation; always true on a page without nesting."""
        return not self.nested or self.units[index].indent in self.body_indents

    def is_paragraph(self, index: int) -> bool:
        """Whether a unit is plain prose at the body's indentation."""
        unit = self.units[index]
        plain = not self.cues[index] and not unit.glyph and self.at_home(index)
        return plain and self._is_prose(index)

    def stretch(self) -> tuple[int, int]:
        """The article's first unit and one past its last: the maximum-sum stretch of weights.

        In a text without any sign of furniture, the article runs from its first paragraph or
        sentence to its end.

        Source:
            Kadane's algorithm (Bentley 1984, Programming Pearls, column 8).
        """
        if not self.furnished:
            first = (index for index in range(len(self.units)) if self._opens(index))
            start = next(first, None)
            return (0, 0) if start is None else (start, len(self.units))
        best = total = start = end = begin = 0
        for index in range(len(self.units)):
            if total <= 0:
                total, begin = 0, index
            total += self._weight(index)
            if total > best:
                best, start, end = total, begin, index + 1
        # A lead without a full stop looks like a teaser, but the very first line is not one.
        return (0 if start == 1 and self._opens(0) else start), end

    def heads_paragraph(self, index: int, end: int) -> bool:
        """Whether a paragraph or a quotation comes next, ignoring furniture."""
        for after in range(index + 1, min(index + LOOKAHEAD, end)):
            found = self.cues[after]
            if found and not found.opens and not found.closes:
                continue
            quoted = self.units[after].quoted and self.at_home(after)
            return self.is_paragraph(after) or quoted
        return False

    def heads_after_links(self, heading: int, index: int, end: int) -> bool:
        """Whether a line after links is a subhead.

        It must be right above a paragraph and differ from the links: by having no glyph, by a
        wider gap, or by being far shorter than each of them.
        """
        unit, below = self.units[index], index + 1
        if unit.glyph or below >= end or not self.is_paragraph(below):
            return False
        links = self.units[heading + 1 : index] if index - heading <= MAX_LINKS else []
        if not links:
            return False
        if unit.n_words > MAX_SUBHEAD_WORDS or (
            unit.ends_like_sentence and not unit.text.endswith("?")
        ):
            return False
        return (
            all(link.glyph for link in links)
            or unit.gap > max(link.gap for link in links)
            or 2 * unit.n_words <= min(link.n_words for link in links)
        )

    def heads_list(self, index: int, end: int) -> bool:
        """Whether a short line is above a list whose items mostly end like sentences."""
        unit, below = self.units[index], index + 1
        items: list[Unit] = []
        while below < end and self.units[below].glyph and len(items) < MAX_LIST_ITEMS:
            items.append(self.units[below])
            below += 1
        ends = sum(item.ends_like_sentence for item in items)
        return unit.n_words <= MAX_SUBHEAD_WORDS and len(items) > 1 and 2 * ends > len(items)

    def _measure_punctuation(self) -> bool:
        """Whether the page's paragraphs end like sentences, as on nearly all pages."""
        long = [unit for unit in self.units if unit.n_words >= UNPUNCTUATED_PROSE_WORDS]
        return sum(unit.ends_like_sentence for unit in long) >= MIN_PUNCTUATED_SHARE * len(long)

    def _is_prose(self, index: int) -> bool:
        unit = self.units[index]
        ends = unit.ends_like_sentence or unit.announces or not self.punctuated
        return unit.prose and (ends or unit.n_words > MAX_WEIGHT)

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

    def _opens(self, index: int) -> bool:
        """Whether an article without furniture may open with this unit: any sentence."""
        unit = self.units[index]
        sentence = unit.n_words >= MIN_SENTENCE_WORDS and unit.text.rstrip().endswith(".")
        plain = not self.cues[index] and not unit.glyph and self.at_home(index)
        return plain and (unit.prose or sentence)

    def _weight(self, index: int) -> int:
        unit, found = self.units[index], self.cues[index]
        if found and not found.weak:
            return -CLOSING_COST if found.closes else -CUE_COST
        if not self.at_home(index):
            return -SHORT_COST if unit.prose else -AWAY_COST
        if not self._is_sentence(index):
            return -SHORT_COST if unit.n_words <= MAX_CHEAP_WORDS else -AWAY_COST
        weight = min(unit.n_words, MAX_WEIGHT)
        if self._asks_among_titles(index):
            return 0
        if not self._teaser_like(index):
            return weight
        return 0 if self._titled(index) else weight // LONE_SHARE

    def _is_sentence(self, index: int) -> bool:
        unit = self.units[index]
        if self._is_prose(index):
            return True
        ends = unit.ends_like_sentence or unit.announces
        return unit.n_words >= MIN_SENTENCE_WORDS and ends and not unit.glyph

    def _teaser_like(self, index: int) -> bool:
        """Whether a sentence is alone among titles, with others like it nearby.

        Titles and teasers alternate, while paragraphs come in groups.
        """
        if self.units[index].n_words > MAX_TEASER_WORDS or not self._alone(index):
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

    def _asks_among_titles(self, index: int) -> bool:
        """Whether a lone question is next to a long title: then it is a title itself."""
        text = self.units[index].text
        if not text.endswith(("?", "!")) or "." in text:
            return False
        beside = [i for i in (index - 1, index + 1) if 0 <= i < len(self.units)]
        return any(self._title(near) for near in beside)

    def _title(self, index: int) -> bool:
        unit = self.units[index]
        return unit.n_words > MAX_CHEAP_WORDS and not unit.ends_like_sentence and not unit.announces

    def _titled(self, index: int) -> bool:
        """Whether a title too long for a subhead is above, with at most a section in between."""
        return any(self._title(above) for above in range(max(index - 2, 0), index))

    def _alone(self, index: int) -> bool:
        """Whether neither neighbour, above or below and ignoring furniture, is a sentence."""
        for steps in (range(index - 1, index - LOOKAHEAD, -1), range(index + 1, index + LOOKAHEAD)):
            for near in steps:
                if not 0 <= near < len(self.units):
                    break
                if not self.cues[near]:
                    if self._is_sentence(near) and self.at_home(near):
                        return False
                    break
        return True
