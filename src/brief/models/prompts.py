"""Prompt templates: parse template files and fill them with text and control tokens.

A template file is a header of `key: value` lines between two `---` lines, then the body.

    for, what    which models it is for, and what one filled template is; for people
    controls     control tokens that the body spells, such as [SEP]
    output       control tokens that the model writes, which are not words
    any other    a variable of the body whose values are control tokens: `length: short=[A] …`;
                 a key that ends in `+` means that number and above

A body without control tokens is ordinary text, which the tokenizer wraps in its own special
tokens; a body with control tokens spells all of them. Control tokens come only from the file,
never from a value, so no article can write one. See `models/tokenization.py` for the values of
the variables and for tokens.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from brief.errors import PromptError, nearest

_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "prompt_templates", _PACKAGE.parents[1] / "prompts")
"""Where the templates are in a wheel, and in a source checkout or an editable install."""

_HEADER = re.compile(r"---\n(?P<header>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_PEOPLE_ONLY = ("for", "what")
_KEYS = frozenset({*_PEOPLE_ONLY, "controls", "output"})


@dataclass(frozen=True)
class Prompt:
    """One input template.

    Attributes:
        name: The file's name without its suffix.
        body: The template, without white space at its ends.
        spelled: Control tokens that the body spells.
        output: Control tokens that the model writes.
        tables: For each variable whose values are control tokens: value -> token.
        digest: SHA-256 of header and body, in hexadecimal; part of a model's signature.
    """

    name: str
    body: str
    spelled: frozenset[str]
    output: frozenset[str]
    tables: Mapping[str, Mapping[str, str]]
    digest: str

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The body's variables, in its order."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.body)))

    @cached_property
    def controls(self) -> frozenset[str]:
        """Every control token that a filled template may contain."""
        return self.spelled.union(*(table.values() for table in self.tables.values()))

    def segments(self, values: Mapping[str, str]) -> list[tuple[bool, str]]:
        """Fill the template.

        Args:
            values: One for each of `variables`; others are ignored.

        Returns:
            (whether it is a control token, text) in order; no two ordinary texts are adjacent
            and none is empty.

        Raises:
            PromptError: A variable has no value, or a value that is not in its table.
        """
        segments: list[tuple[bool, str]] = []
        for kind, part in self._parts:
            if kind == "control":
                segments.append((True, part))
                continue
            text = part if kind == "text" else self._value(part, values)
            if kind == "variable" and part in self.tables:
                segments.append((True, self.control(part, text)))
            elif segments and not segments[-1][0]:
                segments[-1] = (False, segments[-1][1] + text)
            elif text:
                segments.append((False, text))
        return segments

    @cached_property
    def _parts(self) -> tuple[tuple[str, str], ...]:
        """The body as (text | control | variable, string)."""
        spelled = "|".join(re.escape(token) for token in sorted(self.spelled))
        splitter = re.compile(rf"\{{[^{{}}]*\}}|{spelled}" if spelled else r"\{[^{}]*\}")
        parts: list[tuple[str, str]] = []
        end = 0
        for match in splitter.finditer(self.body):
            parts.append(("text", self.body[end : match.start()]))
            variable = _VARIABLE.fullmatch(match[0])
            parts.append(("variable", variable[1]) if variable else ("control", match[0]))
            end = match.end()
        parts.append(("text", self.body[end:]))
        if self.controls:
            # White space next to a control token only keeps the file legible.
            parts = [(kind, part.strip() if kind == "text" else part) for kind, part in parts]
        return tuple((kind, part) for kind, part in parts if part)

    def _value(self, variable: str, values: Mapping[str, str]) -> str:
        if variable not in values:
            problem = f"template {self.name}: no value for {{{variable}}}"
            raise PromptError(problem, f"given: {', '.join(sorted(values)) or 'nothing'}")
        return values[variable]

    def control(self, variable: str, value: str) -> str:
        """The control token for a variable's value.

        Raises:
            PromptError: The value is not in the variable's table.
        """
        table = self.tables[variable]
        if value in table:
            return table[value]
        floors = [int(key[:-1]) for key in table if key.endswith("+")]
        reached = [floor for floor in floors if value.isdecimal() and floor <= int(value)]
        if reached:
            return table[f"{max(reached)}+"]
        problem = f"template {self.name}: {{{variable}}} cannot be {value!r}"
        raise PromptError(problem, nearest(value, table))


@cache
def load_prompt(name: str) -> Prompt:
    """Read an input template that ships with brief.

    Args:
        name: The file's name without its suffix.

    Returns:
        The template; read once per process.

    Raises:
        PromptError: There is no such template, or its file is malformed.
    """
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    if folder is None:
        problem = f"no input templates in {_FOLDERS[0]}"
        raise PromptError(problem, "the installation is incomplete: install brief again")
    files = {path.stem: path for path in folder.glob("*.txt")}
    if name not in files:
        raise PromptError(f"no input template is called {name!r}", nearest(name, files))
    return parse_prompt(name, files[name].read_text(encoding="utf-8"))


def parse_prompt(name: str, text: str) -> Prompt:
    r"""Parse a template file.

    Args:
        name: The template's name in messages.
        text: The file's text.

    Returns:
        The template.

    Raises:
        PromptError: The header is missing or malformed, or has a table for a variable that the
            body does not have.

    Example:
        >>> prompt = parse_prompt("demo", "---\nfor: x\nwhat: y\n---\nsummarize: {focus}\n")
        >>> prompt.segments({"focus": "It rained."})
        [(False, 'summarize: It rained.')]
    """
    match = _HEADER.fullmatch(text)
    if match is None:
        raise PromptError(f"template {name}: no header between two --- lines")
    header: dict[str, str] = {}
    for line in match["header"].splitlines():
        key, colon, value = line.partition(":")
        if not colon or not key.strip() or not value.strip():
            raise PromptError(f"template {name}: header line {line!r} is not `key: value`")
        header[key.strip()] = value.strip()
    missing = [key for key in _PEOPLE_ONLY if key not in header]
    if missing:
        raise PromptError(f"template {name}: the header has no {missing[0]!r}")
    prompt = Prompt(
        name=name,
        body=match["body"].strip(),
        spelled=frozenset(header.get("controls", "").split()),
        output=frozenset(header.get("output", "").split()),
        tables={
            key: _parse_table(name, key, value) for key, value in header.items() if key not in _KEYS
        },
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
    unused = sorted(prompt.tables.keys() - set(prompt.variables))
    if unused:
        problem = f"template {name}: the body has no {{{unused[0]}}}"
        raise PromptError(problem, nearest(unused[0], prompt.variables))
    return prompt


def _parse_table(name: str, variable: str, value: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for item in value.split():
        key, equals, token = item.partition("=")
        floor_is_number = not key.endswith("+") or key[:-1].isdecimal()
        if not (key and equals and token and floor_is_number):
            problem = f"template {name}: {variable}: {item!r} is not `value=token`"
            raise PromptError(problem, "a key that ends in + is a number: 16+=[unused19]")
        table[key] = token
    return table
