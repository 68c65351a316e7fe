"""Detect the character encoding of bytes and decode them, or refuse with a clear error.

No character is replaced, and no guess contradicts the evidence. The evidence, strongest first: a
byte order mark; well-formed UTF-8 (beyond ASCII this hardly ever happens by chance); the zero
bytes of UTF-16; the charset that the server or the page declares; and Windows-1252, for bytes
that read like Western prose and like nothing else.
"""

import codecs
import re

from brief.errors import InputError

MAX_BYTES = 20_000_000
"""One article, compressed or not: several times the largest news page seen."""

_MARKS = (
    # The UTF-32 mark begins with the UTF-16 one, so it is tried first.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_OFFICE = "save it as plain text first"
_UNPACK = "unpack it first"
_BINARY = (
    (b"%PDF-", "convert it to text first, for example with pdftotext"),
    (b"PK\x03\x04", f"if it is a .docx or .odt, {_OFFICE}; if it is a .zip, {_UNPACK}"),
    (b"\xd0\xcf\x11\xe0", _OFFICE),
    (b"{\\rtf", _OFFICE),
    (b"\x1f\x8b", "unpack it with gunzip, or give its file a name that ends in .gz"),
    (b"BZh", _UNPACK),
    (b"\xfd7zXZ", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
    (b"7z\xbc\xaf", _UNPACK),
    (b"\x89PNG", "brief reads no images"),
    (b"\xff\xd8\xff", "brief reads no images"),
    (b"GIF8", "brief reads no images"),
    (b"%!PS", "convert it to text first, for example with ps2ascii"),
)

_MEANT = {
    "utf-16": "utf-16-le",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""What a declared charset means on the web (WHATWG Encoding Standard, section 4.2)."""

_CHARSETS = frozenset(
    f"utf-8 gb18030 big5 big5hkscs euc_jp iso2022_jp cp932 cp949 koi8-r koi8-u cp866 cp874"
    f" mac-roman mac-cyrillic utf-16-le utf-16-be"
    f" {' '.join(f'cp125{n}' for n in range(9))}"
    f" {' '.join(f'iso8859-{n}' for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16))}".split()
)
"""Codecs that a page may declare, by Python's names; Python's other codecs (unicode_escape, idna,
utf-7) are not charsets of web pages."""

_DECLARED = re.compile(
    rb"""<meta[^>]{1,400}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{1,100}?encoding=["']([\w.-]+)""",
    re.IGNORECASE,
)
_AMBIGUOUS = re.compile("[\x00\x1b]")
"""Well-formed UTF-8 that contains these may really be UTF-16 or ISO-2022-JP."""

_HEAD_BYTES = 8192
"""Bytes searched for a page's own charset: the standard says 1024, but some pages put it later."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.01
"""A terminal log or a stray Ctrl-Z stays below this share; a binary file is far above."""

_MAX_WESTERN_SHARE = 0.10
"""Share of letters beyond ASCII: French has 6 %, while Czech, Cyrillic or Greek bytes read as
Windows-1252 have 12 to 100 %."""
_NOT_WESTERN = re.compile(
    # A capital or a non-letter sign inside a word points to another code page.
    "[a-zß-öø-ÿ][À-ÖØ-ÞŠŽŸŒ]|[A-Za-zÀ-ÖØ-öø-ÿ][¡-¬®-¶¸-¿×÷ƒ„†‡ˆ‰‹›˜‚¨][A-Za-zÀ-ÖØ-öø-ÿ]"
)


def decode(data: bytes, *, name: str, charset: str | None = None) -> str:
    r"""Decode the bytes of a file or a server response, without the byte order mark.

    Args:
        data: All of its bytes.
        name: The input's name in messages.
        charset: The charset that the server declared; unknown names are ignored.

    Returns:
        Exactly the characters that the bytes stand for.

    Raises:
        InputError: The bytes are not text, or their encoding cannot be determined.

    Example:
        >>> decode(b"A caf\xe9 in Paris", name="a.txt")
        'A café in Paris'
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec, name)
    _refuse_binary(data, name)
    wrong: list[str] = []
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = None
        wrong.append(f"utf-8 (byte {error.start:,})")
    if text is not None and not _AMBIGUOUS.search(text):
        return _checked(text, data, name)
    if b"\x00" in data and (wide := _utf16(data)) is not None:
        return _checked(wide, data, name)
    for codec in _declared(data, charset):
        try:
            return _checked(data.decode(codec), data, name)
        except UnicodeDecodeError as error:
            wrong.append(f"{codec} (byte {error.start:,})")
    if text is None:
        text = _western(data)
    if text is None:
        # Report a binary file as binary rather than as an unknown encoding.
        _checked(data.decode("latin-1"), data, name)
        raise InputError(
            f"{name}: its encoding cannot be told; it is not {' or '.join(wrong)}",
            "convert it first, for example with: iconv -f windows-1252 -t utf-8",
        )
    return _checked(text, data, name)


def _marked(data: bytes, codec: str, name: str) -> str:
    try:
        return _checked(data.decode(codec), data, name)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: marked as {codec.upper()}, but byte {error.start:,} after the mark is wrong",
            "the file is damaged or cut short: save it again",
        ) from None


def _refuse_binary(data: bytes, name: str) -> None:
    for magic, remedy in _BINARY:
        if data.startswith(magic):
            raise InputError(f"{name}: not text or HTML (starts with {_shown(data)})", remedy)


def _checked(text: str, data: bytes, name: str) -> str:
    """Return the text unless its control characters show that it is a binary file."""
    n_controls = len(text) - len(_CONTROLS.sub("", text))
    if "\x00" in text or n_controls > _MAX_CONTROL_SHARE * len(text):
        raise InputError(
            f"{name}: not text or HTML (starts with {_shown(data)};"
            f" {n_controls:,} of {len(text):,} characters are control codes)",
            "pass a text or HTML file",
        )
    return text


def _shown(data: bytes) -> str:
    """The first few bytes, in a form that a person can recognize."""
    return repr(data[:8])[2:-1]


def _declared(data: bytes, charset: str | None) -> list[str]:
    """Codecs of the declared charsets: the server's first, then the page's own."""
    labels = [charset] if charset else []
    if found := _DECLARED.search(data[:_HEAD_BYTES]):
        label = (found[1] or found[2]).decode("ascii", "replace").lower()
        # A declaration that is readable as ASCII cannot be part of a UTF-16 page.
        labels.append("utf-8" if label.startswith("utf-16") else label)
    codecs_ = []
    for label in labels:
        try:
            codec = codecs.lookup(label.strip("\"' ")).name
        except (LookupError, ValueError):
            continue
        codec = _MEANT.get(codec, codec)
        if codec in _CHARSETS:
            codecs_.append(codec)
    return codecs_


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes on one side of each pair, none on the other."""
    head = data[:_HEAD_BYTES]
    n_first, n_second = head[::2].count(0), head[1::2].count(0)
    if bool(n_first) == bool(n_second):
        return None
    try:
        text = data.decode("utf-16-be" if n_first else "utf-16-le")
    except UnicodeDecodeError:
        return None
    # Spaces, digits and Latin letters have a zero byte: at least one in ten in any script's prose.
    enough = max(n_first, n_second) * 20 >= len(head)
    return text if enough and "\x00" not in text else None


def _western(data: bytes) -> str | None:
    """Windows-1252, when the result reads like prose of a language written in it."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    n_letters = sum(map(str.isalpha, text))
    n_ascii = sum(map(str.isalpha, text.encode("ascii", "ignore").decode()))
    if n_letters - n_ascii > _MAX_WESTERN_SHARE * n_letters or _NOT_WESTERN.search(text):
        return None
    return text
