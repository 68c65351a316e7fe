"""What stands before the root element of XML, dropped: declaration, comments, document type.

Without a document type no entity can be defined, so none can expand to a gigabyte or name a
file. Left out: everything from the root element on.
"""

import re

_PROLOGUE = re.compile(
    r"""(?: \s++ | <\?.*?\?> | <!--.*?--> | <!DOCTYPE (?: [^\[\]"'>] | "[^"]*" | '[^']*' )*+
    (?: \[ (?: <!--.*?--> | [^\]"'] | "[^"]*" | '[^']*' )*+ \] \s* )? > )++""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def without_prologue(text: str) -> str:
    """A document from its root element on.

    Returns:
        It still opens with `<!` when its document type is malformed.

    Example:
        >>> without_prologue('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "<c>">]> <a>&b;</a>')
        '<a>&b;</a>'
    """
    found = _PROLOGUE.match(text)
    return text[found.end() :] if found else text
