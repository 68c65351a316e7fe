"""Read a request's body, with limits of size and time, and parse it as strict JSON.

Refused is what Python's parser accepts but parsers do not agree on: duplicate keys, NaN, lone
surrogates, bytes that are not UTF-8. See `api_requests.py` for what the JSON must contain.

Tested in `tests/service/test_bad_input.py`.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

from starlette.requests import Request

from brief.service.api_requests import RequestError

_SEND_AGAIN = 'send one JSON object, UTF-8, such as {"text": "…"}'


async def read_body(
    request: Request, *, media_types: Sequence[str], max_bytes: int, timeout_s: float
) -> bytes:
    """Read the whole body.

    A media type is required for security: browsers send only a few types to another site without
    a preflight request, and JSON is not among them.

    Args:
        request: The request, with its body unread.
        media_types: Media types that the route accepts.
        max_bytes: A larger body is refused; before it is read, if its length is announced.
        timeout_s: Time limit for the whole body.

    Raises:
        RequestError: 415 (media type), 413 (size) or 408 (time).
        ClientDisconnect: The client left.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in media_types:
        raise RequestError(
            415,
            f"content type {given[:80] or 'not given'}; this route takes {', '.join(media_types)}",
            f"send the header Content-Type: {media_types[0]}",
        )
    announced = request.headers.get("content-length", "0")
    too_large = RequestError(413, f"a body of more than {max_bytes:,} bytes", "send less at a time")
    # The server (uvicorn) has already refused a length that is not a number.
    if int(announced) > max_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for piece in request.stream():
                body += piece
                if len(body) > max_bytes:
                    raise too_large
    except TimeoutError:
        raise RequestError(
            408, f"the body did not arrive within {timeout_s:g} s", "send it faster"
        ) from None
    return bytes(body)


def to_json(body: bytes) -> object:
    """Parse a body as JSON.

    Raises:
        RequestError: 400; it says where the body is not JSON.
    """
    try:
        value: object = json.loads(
            body.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise RequestError(400, f"not UTF-8 (byte {error.start:,})", _SEND_AGAIN) from None
    except json.JSONDecodeError as error:
        raise RequestError(
            400, f"not JSON ({error.msg}, line {error.lineno}, column {error.colno})", _SEND_AGAIN
        ) from None
    except RecursionError:
        raise RequestError(400, "JSON nested too deeply", _SEND_AGAIN) from None
    except ValueError as error:
        raise RequestError(400, f"not JSON ({error})", _SEND_AGAIN) from None
    return value


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice[:40]} stands twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value; write null")
