"""What a service is sent by mistake or malice: a clear refusal, and it goes on."""

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from brief.service.service_config import ServiceConfig
from tests.fakes.service import TEXT, InlineWorker, served

CONFIG = ServiceConfig(
    models=("lead", "fake"), max_body_bytes=300_000, max_tokens=20_000, body_timeout_s=0.3
)
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service():
    with served(CONFIG, head_timeout_s=0.3) as running:
        yield running
        # Whatever was sent, it still answers.
        asked = running.client.post("/v1/summarize", json={"text": TEXT})
        assert asked.status_code == 200


def post(service, body: bytes | str, path="/v1/summarize", **headers) -> httpx.Response:
    return service.client.post(path, content=body, headers=JSON | headers)


def spoken(service, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """What comes back for raw bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause_s)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"text=abc", 400, "not JSON"),
        (b'{"text": "a"', 400, "line 1"),
        (b'{"text": "caf\xe9"}', 400, "not UTF-8 (byte 13)"),
        (b"[" * 100_000, 400, "nested too deeply"),
        (b'{"text": ' + b'{"a":' * 50_000, 400, "nested too deeply"),
        (b'{"text": "a", "text": "b"}', 400, "text stands twice"),
        (b'{"bullets": NaN}', 400, "NaN"),
        (b'{"bullets": ' + b"9" * 5000 + b"}", 400, "not JSON"),
        (b"[]", 422, "one JSON object is wanted"),
        (b'"text"', 422, "one JSON object is wanted"),
        (b"null", 422, "one JSON object is wanted"),
        (b"{}", 422, "exactly one of text, html and url"),
        (b'{"text": "a", "html": "b"}', 422, "found text and html"),
        (b'{"text": null}', 422, "exactly one"),
        (b'{"text": 7}', 422, "text: "),
        (b'{"text": ["a"]}', 422, "text: "),
        (b'{"text": ""}', 422, "text: empty ("),
        (b'{"text": " \\n "}', 422, "text: empty ("),
        (b'{"text": "\\ud800 half"}', 422, "text: "),
        (b'{"text": "a", "bullets": 0}', 422, "greater than or equal to 1"),
        (b'{"text": "a", "bullets": 1000}', 422, "less than or equal to 50"),
        (b'{"text": "a", "bullets": "2"}', 422, "bullets: "),
        (b'{"text": "a", "bullets": 2.0}', 422, "bullets: "),
        (b'{"text": "a", "bullets": true}', 422, "bullets: "),
        (b'{"text": "a", "length": "long-ish"}', 422, "'short', 'medium' or 'long'"),
        (b'{"text": "a", "model": "leed"}', 422, "no model is called 'leed'"),
        (b'{"text": "a", "model": "../../etc"}', 422, "no model is called"),
        (b'{"text": "a", "txet": "b"}', 422, "txet: "),
        (b'{"text": "a", "id": ""}', 422, "id: "),
        (b'{"text": "a", "id": "' + b"x" * 500 + b'"}', 422, "id: "),
        (b'{"text": "%PDF-1.7 \\u0000\\u0001"}', 200, ""),
    ],
)
def test_a_bad_body_is_refused_with_a_reason(service, body, status, said):
    answer = post(service, body)
    assert answer.status_code == status
    if status != 200:
        told = answer.json()
        assert said in told["error"]["problem"]
        assert told["request_id"] == answer.headers["x-request-id"]


def test_the_nearest_model_is_named(service):
    remedy = post(service, b'{"text": "a", "model": "leed"}').json()["error"]["remedy"]
    assert remedy == "did you mean lead? known: fake, lead"


def test_a_refusal_does_not_repeat_the_article(service):
    body = json.dumps({"text": ["a secret article"], "bullets": "many secrets"})
    assert "secret" not in post(service, body).text


def test_other_kinds_of_content_are_refused(service):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"):
        answer = post(service, b"{}", **{"Content-Type": kind})
        assert answer.status_code == 415, kind


def test_a_body_that_is_too_large_is_refused_before_it_is_read(service):
    head = b"POST /v1/summarize HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    answer = spoken(service, head + b"Content-Length: 20000000\r\nConnection: close\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_grows_too_large_is_refused(service):
    def endless():
        while True:
            yield b" " * 65_536

    try:
        answer = service.client.post("/v1/summarize", content=endless(), headers=JSON)
    except httpx.TransportError:
        return  # closed while we were still sending
    assert answer.status_code == 413


def test_an_article_of_too_many_tokens_is_refused_by_name(service):
    answer = post(service, json.dumps({"text": "a word " * 20_000, "id": "long-read"}))
    assert answer.status_code == 422
    assert "long-read: about 35,001 tokens; one article may have 20,000" in answer.text


def test_a_slow_upload_is_given_up(service):
    head = b"POST /v1/summarize HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    answer = spoken(service, head + b"Content-Length: 500\r\nConnection: close\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408")


def test_a_head_that_does_not_come_is_given_up(service):
    assert spoken(service) == b""
    assert spoken(service, b"GET /health HTTP/1.1\r\n") == b""


def test_a_flood_of_headers_is_refused(service):
    flood = b"".join(b"X-Header-%d: %s\r\n" % (n, b"x" * 1000) for n in range(100))
    answer = spoken(service, b"GET /health HTTP/1.1\r\nHost: a\r\n", flood)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"POST /v1/summarize HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/summarize HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(service, raw):
    answer = spoken(service, raw)
    assert b" 5" not in answer.split(b"\r\n")[0]


def test_http_1_0_is_answered(service):
    body = json.dumps({"text": TEXT}).encode()
    head = b"POST /v1/summarize HTTP/1.0\r\nContent-Type: application/json\r\n"
    answer = spoken(service, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 200 " in answer.split(b"\r\n")[0]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["bullets"]


def test_a_stream_over_http_1_0_ends_with_the_connection(service):
    body = json.dumps({"text": TEXT}).encode()
    head = b"POST /v1/summarize HTTP/1.0\r\nContent-Type: application/json\r\n"
    head += b"Accept: application/x-ndjson\r\n"
    answer = spoken(service, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert b'"phase": "done"' in answer


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/summarize", 405),
        ("DELETE", "/v1/models", 405),
        ("GET", "/page/../app.py", 404),
        ("GET", "/page/%2e%2e/app.py", 404),
        ("GET", "/page/nothing.js", 404),
        ("GET", "/v1/editions/%00", 422),
        ("GET", "/v1/editions/" + "9" * 5000, 422),
    ],
)
def test_a_wrong_address_is_told_like_any_failure(service, method, path, status):
    answer = service.client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["problem"]


@pytest.mark.parametrize("query", ["bullets=0", "bullets=x", "length=wide", "modle=a", "model=b"])
def test_a_batch_with_a_wrong_query_is_refused(service, query):
    answer = post(service, b"{}", f"/v1/batch?{query}", **{"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xff\xff", b"[]", b'{"text": "Comments"}'])
def test_a_batch_without_an_article_is_no_bug(service, body):
    answer = post(service, body, "/v1/batch", **{"Content-Type": "application/x-ndjson"})
    assert answer.status_code in {200, 422}
    for line in answer.text.splitlines():
        assert json.loads(line)["error"]


def test_a_client_that_leaves_is_left(service):
    gone = InlineWorker(asyncio.Event())
    with served(CONFIG, gone) as slow:
        body = json.dumps({"text": TEXT}).encode()
        head = b"POST /v1/summarize HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
        connection = socket.create_connection(("127.0.0.1", slow.port))
        connection.sendall(request)
        waiting = lambda: [job.n_waiting for job in slow.batcher._jobs.values()]  # noqa: E731
        while slow.on_loop(waiting) != [1]:
            pass
        connection.close()
        while slow.on_loop(waiting) != [0]:
            pass
        slow.on_loop(gone.gate.set)
        assert slow.client.get("/health").status_code == 200


def test_a_thousand_connections_at_once_are_all_answered():
    body = {"text": TEXT}
    barrier = threading.Barrier(20)

    def fifty(number: int) -> list[int]:
        barrier.wait(60)
        asked = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        connections = [
            socket.create_connection(("127.0.0.1", busy.port), timeout=60) for _ in range(50)
        ]
        for connection in connections:
            connection.sendall(asked)
        statuses = [int(connection.recv(65_536)[9:12]) for connection in connections]
        for connection in connections:
            connection.close()
        return statuses

    with served() as busy:
        with ThreadPoolExecutor(20) as pool:
            statuses = [status for some in pool.map(fifty, range(20)) for status in some]
        assert statuses == [200] * 1000
        assert busy.client.post("/v1/summarize", json=body).status_code == 200
