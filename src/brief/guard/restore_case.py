"""Restore the casing, spacing and exact forms of a lower-case bullet from its source.

A bullet from a lower-case WordPiece model is aligned, atom by atom, with its source sentences. A
contiguous run takes the source's own characters (`Ksh.77 billion`, `mid-2024`, `Café`); the rest
follows the article's casing and simple rules of spacing. No letter or digit is added, dropped or
moved.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from brief.text.strings import fold
from brief.text.token_alignment import Atom, align, atoms
from brief.text.truecasing import Casing, clean

_TIGHT_AFTER = frozenset("([{$€£¥₦₹#@¿¡")
_TIGHT_BEFORE = frozenset(",.;:!?)]}%°…")
_LEADING = re.compile(r"\A(?:[^\w\"“‘'(\[$€£¥₦₹#@¿¡.]|\.(?!\d))+")
_FREE = frozenset({"", *" ([{-–—'‘"})
"""Characters that may precede an opening quotation mark."""
_HYPHENS = frozenset("-‐‑")
_CLOSING = "\"”’'»)]"
_DASHES = _HYPHENS | frozenset("‒–—")
_CONTRACTED = frozenset({"s", "t", "re", "ve", "ll", "d", "m"})
_ELIDED = frozenset({"o", "d", "l"})
_DIGITS_OF_GROUP = 3
_DIGITS_OF_DECADE = 2
_SINGLE = frozenset("'‘’")
_DOUBLE = frozenset('"“”„')


def restore(bullet: str, sources: Sequence[str], casing: Casing) -> str:
    """Give a lower-case bullet the casing and spacing of its sources, and the form of a sentence.

    Args:
        bullet: Detokenized output of an uncased model.
        sources: Original sentences that it may come from: the focus first, then its context.
        casing: How the article writes its words.

    Returns:
        The bullet; its folded letters and digits are those of `bullet`, in order.

    Example:
        >>> sources = ["Aid of Ksh.77 billion came by mid-2024, the U.S. said."]
        >>> restore("the u. s. gave ksh. 77 billion by mid - 2024", sources, Casing())
        'The U.S. gave Ksh.77 billion by mid-2024.'
    """
    written = atoms(bullet)
    read = [atom for n, source in enumerate(sources) for atom in atoms(source, n)]
    if not casing.cased:
        read = [replace(atom, guess=None) for atom in read]
    path = align(written, read)
    return finish(_Writer(written, read, path, casing).text())


def finish(bullet: str) -> str:
    """Give a bullet the form of a sentence; words, their casing and their order stay.

    It starts with a capital, a digit or a quotation mark before one (a name such as `iPhone`
    keeps its form), ends with `.`, `!` or `?`, or one of them inside a closing mark, and has
    neither white space before punctuation nor doubled punctuation. Without words it is empty.
    """
    line = _LEADING.sub("", clean(bullet))
    if '"' in line and line.count("“") != line.count("”"):  # a pair of two kinds
        line = line.replace("“", '"').replace("”", '"')
    line = _LEADING.sub("", _paired(_paired(line, '""'), "“”"))
    line = re.sub(r" +(?=[,;:!?]|\.(?!\d))", "", line)
    line = re.sub(r"[,;:.!?…]{2,}", _one_mark, line)
    line = line.rstrip(" ,;:-–—|•")
    if not any(c.isalnum() for c in line):
        return ""
    body = line.rstrip(_CLOSING + " ")
    marks = "".join(mark for mark, _ in groupby(line[len(body) :].replace(" ", "")))
    body = body.rstrip(" ,;:-–—|•")
    if body.endswith((".", "!", "?", "…")):
        line = body + marks
    else:
        line = f"{body}{marks}." if marks[:1] in {")", "]"} else f"{body}.{marks}"
    return _capitalized(line)


def _one_mark(run: re.Match[str]) -> str:
    """Reduce a run of punctuation marks to one; a comma after an abbreviation stays."""
    marks = run[0]
    if "!" in marks or "?" in marks:
        return "".join(dict.fromkeys(mark for mark in marks if mark in "!?"))
    if "..." in marks or "…" in marks:
        return "..." if "..." in marks else "…"
    if marks[0] == "." and marks[1] in ",;:":
        return marks[:2]
    return "." if "." in marks else marks[0]


def _paired(line: str, marks: str) -> str:
    """Make every quotation mark of one kind part of a pair around words.

    A quotation that begins before the line, or goes on after it, gets a mark at that end; any
    other mark without a partner is removed.
    """
    kept: list[str] = []
    opened: int | None = None
    for at, char in enumerate(line):
        if char not in marks:
            kept.append(char)
            continue
        opens = char == marks[0] and (
            char != marks[1] or (opened is None and line[at - 1 : at] in _FREE)
        )
        if opens and opened is None:
            opened = len(kept)
            kept.append(char)
        elif not opens and opened is not None:
            if any(map(str.isalnum, kept[opened:])):
                kept.append(char)
            else:
                del kept[opened]
            opened = None
        elif not opens and not set(kept) & _DOUBLE and any(map(str.isalnum, kept)):
            kept = [marks[0], *kept, char]
    if opened is not None and any(map(str.isalnum, kept[opened:])):
        kept.append(marks[1])
    elif opened is not None:
        del kept[opened]
    return " ".join("".join(kept).split())


def _capitalized(line: str) -> str:
    first = re.match(r"[\"“‘'(\[¿¡]*([^\W\d_]++)(?![\w.]*[@/])(?!\.\w{2})", line)
    if first is None or first[1] != first[1].lower():
        return line
    at = first.start(1)
    capital = line[at].upper()
    return line[:at] + capital + line[at + 1 :] if fold(capital) == fold(line[at]) else line


class _Writer:
    """Writes one bullet: the form of each atom, and the spaces between them."""

    def __init__(
        self,
        written: Sequence[Atom],
        read: Sequence[Atom],
        path: Sequence[int | None],
        casing: Casing,
    ) -> None:
        self._written = written
        self._origins = [None if place is None else read[place] for place in path]
        self._runs_on = [False] + [
            place is not None and before == place - 1 and read[before].source == read[place].source
            for before, place in pairwise(path)
        ]
        self._casing = casing
        self._curly = casing.curly or any(c in atom.form for atom in read for c in "’“")

    def text(self) -> str:
        """The bullet with the casing and spacing of its sources."""
        parts: list[str] = []
        double = single = ""  # the mark that is open
        opened = glued = False  # whether the last part was an opening mark; binds the next part
        dash_spaced = parted = False
        for n, atom in enumerate(self._written):
            form, spaced = self._form(n), self._is_spaced(n, dash_spaced=dash_spaced)
            binds = form in _TIGHT_AFTER
            if form in _DOUBLE:
                opens = self._opens(n, is_open=bool(double))
                if not opens and not double and n and all(self._runs_on[1 : n + 1]):
                    # The bullet begins inside a quotation that only its source opens.
                    double = self._mark(n, "", '"“”', opens=True)
                    parts.insert(0, double)
                if opens == bool(double) or (opened and not opens):
                    parted = not opened
                    continue  # a mark without a partner, or around nothing
                form = self._mark(n, double, '"“”', opens=opens)
                double, spaced, binds = form if opens else "", opens, opens
            elif form in _SINGLE:
                role = self._apostrophe(n, is_open=bool(single))
                form = self._mark(n, single, "'‘’", opens=role == "opens")
                if role in {"opens", "closes"}:
                    single = form if role == "opens" else ""
                spaced, binds = role in {"opens", "elides"}, role not in {"closes", "ends"}
            elif atom.form in _DASHES:
                dash_spaced = spaced
            opened = form in _DOUBLE and binds
            if parts and (spaced or (parted and atom.form[0] not in _TIGHT_BEFORE)) and not glued:
                parts.append(" ")
            parts.append(form)
            glued, parted = binds, False
        return "".join(parts)

    def _form(self, n: int) -> str:
        atom, origin = self._written[n], self._origins[n]
        if not atom.key.isalpha():
            return atom.form if origin is None else origin.form
        if origin is None:
            known = self._casing.forms.get(atom.key)
            if atom.form != atom.form.lower():
                return atom.form
            return known or ("I" if atom.form == "i" and self._casing.cased else atom.form)
        # The reason for the capital is in the bullet too: a quotation mark, a sentence's end.
        copied = (
            self._runs_on[n] and not self._at(n - 1).isalnum() and not origin.form[1:].isupper()
        )
        if origin.guess is None or copied:
            return origin.form
        return self._casing.forms.get(atom.key, origin.guess)

    def _is_spaced(self, n: int, *, dash_spaced: bool) -> bool:
        """Whether white space precedes atom `n`; not for quotation marks."""
        atom, origin, before, after = (
            self._written[n],
            self._origins[n],
            self._at(n - 1) if n else "",
            self._at(n + 1),
        )
        tokenized = atom.key == "n" and after in _SINGLE and self._at(n + 2) == "t"
        if not n or (tokenized and before.isalpha()):  # "do n't", as some corpora have it
            return False
        copied = origin is not None and self._runs_on[n] and origin.spaced
        if atom.form[0] in _TIGHT_BEFORE:
            # An ellipsis, or the point of ".5", may have a space before it in the source.
            return copied and (len(atom.form) > 1 or (atom.form == "." and after.isdigit()))
        if self._runs_on[n]:
            return copied
        if atom.form in _DASHES:
            form = atom.form if origin is None else origin.form
            return form not in _HYPHENS and (atom if origin is None else origin).spaced
        if before in _DASHES:
            return dash_spaced
        return atom.spaced and not self._belongs(n)

    def _belongs(self, n: int) -> bool:
        """Whether WordPiece split atom `n` off a number, an acronym or words with a slash."""
        first, before, form = self._at(n - 2) if n > 1 else "", self._at(n - 1), self._at(n)
        if first.isdigit() and form.isdigit():
            return before in {".", ":"} or (before == "," and len(form) == _DIGITS_OF_GROUP)
        if first.isalpha() and form.isalpha() and before == ".":
            return len(first) == len(form) == 1
        return "/" in (before, form)

    def _opens(self, n: int, *, is_open: bool) -> bool:
        """Whether the double mark at `n` opens a quotation: as in its source, else alternating."""
        origin = self._origins[n]
        copied = self._runs_on[n] or (n + 1 < len(self._runs_on) and self._runs_on[n + 1])
        if origin is None or not copied:
            return not is_open
        if origin.form != '"':
            return origin.form in "“„"
        return not is_open if origin.opens is None else origin.opens

    def _apostrophe(self, n: int, *, is_open: bool) -> str:
        """What the single mark at `n` does: `joins`, `ends` a possessive, `elides` a century,
        or `opens` or `closes` a quotation.
        """
        origin = self._origins[n]
        before, after = self._at(n - 1) if n else "", self._at(n + 1)
        if before.isalpha() and (after in _CONTRACTED or before in _ELIDED):
            return "joins"
        if not is_open and after.isdigit() and len(after) == _DIGITS_OF_DECADE:
            return "elides"
        if self._runs_on[n] and origin is not None and not origin.spaced:
            follows = self._origins[n + 1] if n + 1 < len(self._origins) else None
            if (
                follows is not None
                and self._runs_on[n + 1]
                and not follows.spaced
                and after.isalnum()
            ):
                return "joins"
            return "closes" if is_open else "ends"
        if is_open:
            return "closes"
        return "ends" if before.endswith("s") and not (origin and origin.opens) else "opens"

    def _mark(self, n: int, opened_by: str, marks: str, *, opens: bool) -> str:
        """The straight, opening or closing one of `marks`, as in its partner, source or article."""
        origin = self._origins[n]
        known = (opened_by if not opens else "") or (origin.form if origin else "")
        curly = known[0] != marks[0] if known else self._curly
        return marks[1 if opens else 2] if curly else marks[0]

    def _at(self, n: int) -> str:
        return self._written[n].key if n < len(self._written) else ""
