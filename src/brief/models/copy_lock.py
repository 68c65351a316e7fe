"""Copy lock: restrict a model's output to token pieces of its sources, plus a fixed few.

This is the rule of CTranslate2's vocabulary map, for engines that have none. See `hf.py` for the
masking; CTranslate2 reads vmap.txt by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brief.errors import ModelError


@dataclass(frozen=True)
class CopyLock:
    """A vocabulary map.

    Attributes:
        always: Pieces that may always be written.
        rules: Source pieces (an n-gram is joined by spaces) -> pieces that they allow.
        max_ngram: Pieces in the longest key.
    """

    always: frozenset[str]
    rules: dict[str, tuple[str, ...]]
    max_ngram: int

    @classmethod
    def read(cls, path: Path) -> "CopyLock":
        """Read vmap.txt: each line is `source pieces<TAB>pieces`; the empty key is `always`.

        Raises:
            ModelError: A line without a tab.
        """
        rules: dict[str, tuple[str, ...]] = {}
        # Not splitlines(), which also splits at characters that are pieces here.
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if not line:
                continue
            key, tab, pieces = line.partition("\t")
            if not tab:
                raise ModelError(f"{path}: line {number} has no tab")
            rules[key] = tuple(pieces.split(" "))
        always = frozenset(rules.pop("", ()))
        return cls(always, rules, max((key.count(" ") + 1 for key in rules), default=0))

    def allowed(self, sources: Sequence[Sequence[str]]) -> set[str]:
        """Pieces that may be written for a batch: the union over its sources."""
        allowed = set(self.always)
        for pieces in sources:
            for n in range(1, self.max_ngram + 1):
                for start in range(len(pieces) - n + 1):
                    allowed.update(self.rules.get(" ".join(pieces[start : start + n]), ()))
        return allowed
