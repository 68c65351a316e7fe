"""Check API keys, in constant time, and identify the client.

See `service_config.py` for where keys come from, `app.py` for the routes that need one.

Tested in `tests/service/test_app.py`.
"""

import hashlib
import hmac
from collections.abc import Sequence

from brief.service.api_requests import RequestError


class Keys:
    """The API keys of a service; without keys it is open to everyone."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [hashlib.sha256(key.encode()).digest() for key in keys]

    def client(self, authorization: str | None, address: str) -> str:
        """Identify the client by its key or, in an open service, by its address.

        Args:
            authorization: The Authorization header, as received.
            address: The client's network address.

        Raises:
            RequestError: 401, if the key is missing or wrong.
        """
        if not self._digests:
            return address
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            digest = hashlib.sha256(key.strip().encode()).digest()
            # Compare every key, so that the time taken reveals nothing about them.
            matches = [hmac.compare_digest(digest, known) for known in self._digests]
            if any(matches):
                return f"key {matches.index(True) + 1}"
        raise RequestError(401, "an API key is needed", "send the header Authorization: Bearer KEY")
