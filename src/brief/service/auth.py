"""API keys: who may ask, compared in constant time.

Left out: where keys come from (`service_config.py`), and which routes want one (`app.py`).
"""

import hashlib
import hmac
from collections.abc import Sequence

from brief.service.api_requests import RequestError


class Keys:
    """The keys of a service; none for an open one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [hashlib.sha256(key.encode()).digest() for key in keys]

    def client(self, authorization: str | None, address: str) -> str:
        """Who is asking: which key, or from which address.

        Args:
            authorization: The header, as it came.
            address: The network address.

        Raises:
            RequestError: 401.
        """
        if not self._digests:
            return address
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            digest = hashlib.sha256(key.strip().encode()).digest()
            # Every key is compared, so that time tells nothing of which came close.
            matches = [hmac.compare_digest(digest, known) for known in self._digests]
            if any(matches):
                return f"key {matches.index(True) + 1}"
        raise RequestError(401, "an API key is needed", "send the header Authorization: Bearer KEY")
