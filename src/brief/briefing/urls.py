"""Check and escape an article's URL before it is printed as a link; nothing is fetched."""

from urllib.parse import quote, urlsplit, urlunsplit

MAX_CHARS = 2000
"""Browsers and mail programs break longer URLs."""

_SAFE = "%!$*+,-./:=?@_~&"
"""Not escaped; brackets, quotation marks, semicolons and spaces would end a link in Markdown."""


def safe_link(url: str | None) -> str | None:
    """The URL, escaped for every output format; None if it is unsafe as a link.

    Only http and https, with a host and without a user name ("https://bank@elsewhere").

    Example:
        >>> safe_link("https://example.org/a b?(c)")
        'https://example.org/a%20b?%28c%29'
        >>> safe_link("javascript:alert(1)")
    """
    if url is None or len(url) > MAX_CHARS:
        return None
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            return None
        host = parts.hostname.encode("idna").decode("ascii")
        if quote(host, safe="-.:") != host:
            return None
        host = f"[{host}]" if ":" in host else host
        port = "" if parts.port is None else f":{parts.port}"
        rest = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
        return urlunsplit((parts.scheme, host + port, *rest))
    except ValueError:
        return None
