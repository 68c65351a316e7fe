"""The envelope around every answer: a refused request's small body is read before the answer."""

import asyncio

import pytest

from brief.service.middleware import Envelope
from brief.service.prometheus import Metrics


async def refuse(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 415, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def asked(headers: dict[str, str], pieces: list[dict]) -> list[str]:
    """What happens, in order, when a request is refused before its body is read."""
    happened: list[str] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/summarize",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict:
        if not pieces:
            await asyncio.sleep(60)
        happened.append("body")
        return pieces.pop(0)

    async def send(message: dict) -> None:
        happened.append(message["type"])

    asyncio.run(Envelope(refuse, Metrics())(scope, receive, send))
    return happened


ANSWER = ["http.response.start", "http.response.body"]


def piece(*, more: bool) -> dict:
    return {"type": "http.request", "body": b"a", "more_body": more}


def test_a_small_body_is_read_first():
    pieces = [piece(more=True), piece(more=False)]
    assert asked({"content-length": "2"}, pieces) == ["body", "body", *ANSWER]


def test_a_client_that_left_is_not_waited_for():
    assert asked({"content-length": "2"}, [{"type": "http.disconnect"}]) == ["body", *ANSWER]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-length": "0"},
        {"content-length": "9000000"},
        {"transfer-encoding": "chunked"},
        {"content-length": "2", "expect": "100-continue"},
    ],
)
def test_no_other_body_is_read(headers):
    assert asked(headers, [piece(more=False)]) == ANSWER


def test_a_body_that_does_not_come_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr("brief.service.middleware._DRAIN_S", 0.01)
    assert asked({"content-length": "2"}, []) == ANSWER
