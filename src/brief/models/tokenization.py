"""Chunks -> token ids exactly as a model was trained, and its output ids -> text.

The one place where text becomes tokens, so that counting (`chunks.Tokenizer`), both engines
and training agree. Article text is untrusted: a control token spelled in it is plain text.
Nothing is ever cut here; a chunk that is too long is an error. Left out: cutting articles
into chunks (`chunking.py`) and templates themselves (`prompts.py`).
"""

import unicodedata
from collections.abc import Sequence

import tokenizers

from brief.datatypes import Chunk
from brief.errors import ModelError, PromptError
from brief.models.chunking import Budget
from brief.models.prompts import Prompt
from brief.settings import DEFAULTS, Length

_MAX_REMEMBERED = 1 << 15
"""Texts whose length is remembered: a long article's sentences, a few megabytes."""

Segments = Sequence[tuple[bool, str]]


class Encoding:
    """How one model reads and spells: its tokenizer, its template and its budget.

    Thread-safe. Implements `chunks.Tokenizer`.

    Args:
        tokenizer: The model's own; changed to read control tokens in text as text.
        prompt: The model's input template.
        budget: What fits one chunk.

    Raises:
        PromptError: The template uses a control token that the tokenizer does not have.
    """

    def __init__(self, tokenizer: tokenizers.Tokenizer, prompt: Prompt, budget: Budget) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        self.prompt = prompt
        self.budget = budget
        self._tokenizer = tokenizer
        self._special = {
            token.content: index
            for index, token in tokenizer.get_added_tokens_decoder().items()
            if token.special
        }
        self._special_ids = frozenset(self._special.values())
        self._controls = {token: self.token_id(token) for token in prompt.controls}
        self._silent_ids = self._special_ids.union(
            self._controls.values(), map(self.token_id, prompt.output)
        )
        self._start, self._end = ([], []) if prompt.controls else self._own_wrapping()
        self._lengths: dict[str, int] = {}

    def token_id(self, token: str) -> int:
        """Id of a token that must exist.

        Raises:
            PromptError: The tokenizer does not have it.
        """
        index = self._tokenizer.token_to_id(token)
        if index is None:
            problem = f"template {self.prompt.name}: the tokenizer has no token {token}"
            raise PromptError(problem, "choose the template that the model was trained with")
        return int(index)

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The tokens' spellings, as CTranslate2 and vmap.txt write them."""
        spelled = map(self._tokenizer.id_to_token, ids)
        return [piece for piece in spelled if piece is not None]

    def ids(self, pieces: Sequence[str]) -> list[int]:
        """Inverse of `pieces`; what the tokenizer does not have is left out.

        Checkpoints pad their vocabulary beyond the tokenizer's.
        """
        found = map(self._tokenizer.token_to_id, pieces)
        return [index for index in found if index is not None]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, without special tokens."""
        known: dict[str, int | None] = {text: self._lengths.get(text) for text in texts}
        missing = [text for text, length in known.items() if length is None]
        found = dict(zip(missing, map(len, self.text_ids(missing)), strict=True))
        if len(self._lengths) + len(found) > _MAX_REMEMBERED:
            self._lengths.clear()
        self._lengths.update(found)
        known.update(found)
        return [known[text] or 0 for text in texts]

    def cut(self, text: str, max_tokens: int) -> str:
        """The longest prefix of whole words that has at most `max_tokens` tokens.

        A word is what white space sets apart; the result has no white space at its end.
        """
        if self.count([text])[0] <= max_tokens:
            return text
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        end = offsets[max_tokens][0] if max_tokens < len(offsets) else len(text)
        while end and not (text[end - 1].isspace() or text[end : end + 1].isspace()):
            end -= 1
        prefix = text[:end].rstrip()
        while prefix and self.count([prefix])[0] > max_tokens:
            *words, _ = prefix.rsplit(maxsplit=1)
            prefix = words[0] if words else ""
        return prefix

    def measure(self, chunks: Sequence[Chunk]) -> list[int]:
        """Tokens of each chunk's final filled template, special tokens included."""
        filled = [self.segments(chunk) for chunk in chunks]
        texts = [text for segments in filled for is_control, text in segments if not is_control]
        lengths = iter(self.count(texts))
        wrapping = len(self._start) + len(self._end)
        return [
            wrapping + sum(1 if is_control else next(lengths) for is_control, _ in segments)
            for segments in filled
        ]

    def segments(
        self,
        chunk: Chunk,
        length: str = DEFAULTS.length,
        style: str = "highlight",
        position: str | None = None,
    ) -> list[tuple[bool, str]]:
        """The template filled from a chunk.

        Args:
            chunk: Its focus must not be empty.
            length: Wanted length of the bullet, for templates with a slot for it; a `Length`, or
                another one that the template names.
            style: Likewise for the style; `highlight` is what summaries use.
            position: Likewise; None for the focus' own.

        Returns:
            (whether it is a control token, text), see `Prompt.segments`.
        """
        values = {
            "position": str(chunk.focus[0].index) if position is None else position,
            "length": length,
            "style": style,
            "topic": chunk.topic,
            "previous": chunk.previous,
            "focus": chunk.text,
        }
        return self.prompt.segments(values)

    def encode(self, chunks: Sequence[Chunk], length: Length = DEFAULTS.length) -> list[list[int]]:
        """Token ids of each chunk's filled template.

        Args:
            chunks: What `to_chunks` made with this encoding and its budget.
            length: Wanted length of the bullets.

        Returns:
            One list of ids a chunk, at most `budget.max_source_tokens` of them.

        Raises:
            ModelError: A chunk is longer than that. An engine would cut it silently.
        """
        encoded = self.encode_segments([self.segments(chunk, length) for chunk in chunks])
        limit = self.budget.max_source_tokens
        for chunk, ids in zip(chunks, encoded, strict=True):
            if len(ids) > limit:
                problem = (
                    f"the chunk at character {chunk.focus[0].start} has {len(ids)} tokens, "
                    f"the model reads at most {limit}"
                )
                raise ModelError(problem, "cut the article with the model's own budget")
        return encoded

    def encode_segments(self, filled: Sequence[Segments]) -> list[list[int]]:
        """Token ids of filled templates, of any length; training's way in."""
        texts = [text for segments in filled for is_control, text in segments if not is_control]
        encoded = iter(self.text_ids(texts))
        return [
            [
                *self._start,
                *(
                    index
                    for is_control, text in segments
                    for index in ([self._controls[text]] if is_control else next(encoded))
                ),
                *self._end,
            ]
            for segments in filled
        ]

    def encode_plain(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of texts as a model writes them, in the tokenizer's own special tokens.

        A model whose template spells its control tokens writes none but those it is told to.
        """
        return [[*self._start, *ids, *self._end] for ids in self.text_ids(texts)]

    def decode(self, ids: Sequence[int], *, finished: bool = True) -> str:
        """Output ids -> text without control tokens.

        Args:
            ids: What an engine wrote, without forced prefix and end token.
            finished: Whether the model ended by itself; if not, the last word may be half a
                word and is left out, unless it is the only one (or the script has no spaces).

        Returns:
            One line of text, maybe empty.
        """
        kept = [index for index in ids if index not in self._silent_ids]
        text = self._tokenizer.decode(kept, skip_special_tokens=True)
        # PEGASUS was trained with <n> for a line break.
        text = " ".join(text.replace("<n>", " ").split())
        return text if finished else text.rpartition(" ")[0] or text

    def text_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text alone; control tokens spelled in it are plain text."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        for row, text in enumerate(texts):
            if not self._special_ids.isdisjoint(ids[row]):
                ids[row] = self._disarmed(text, ids[row])
        return ids

    def _disarmed(self, text: str, ids: list[int]) -> list[int]:
        """Ids of a text in which a control token is spelled that the tokenizer let through.

        A Unigram vocabulary holds `</s>` as a piece like any other; with a space inside it
        falls into ordinary pieces. A special token that stands for unknown characters stays.
        """
        broken = unicodedata.normalize("NFKC", text)
        spelled = {token: index for token, index in self._special.items() if token in broken}
        if not spelled:
            return ids
        for token in spelled:
            broken = broken.replace(token, f"{token[0]} {token[1:]}")
        encoded = self._tokenizer.encode(broken, add_special_tokens=False).ids
        return [index for index in encoded if index not in spelled.values()]

    def _own_wrapping(self) -> tuple[list[int], list[int]]:
        """Special tokens that the tokenizer puts before and after a single text."""
        wrapped = self._tokenizer.encode("a").ids
        bare = self._tokenizer.encode("a", add_special_tokens=False).ids
        start = next(i for i in range(len(wrapped)) if wrapped[i : i + len(bare)] == bare)
        return wrapped[:start], wrapped[start + len(bare) :]
