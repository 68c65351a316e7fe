"""The routes over real HTTP on loopback: what they answer, and to whom."""

import asyncio
import json
import threading

import httpx
import pytest

import brief
from brief.briefing.render.edition_json import to_json
from brief.service.service_config import ServiceConfig
from tests.fakes.editions import as_first_version, edition
from tests.fakes.service import TEXT, InlineWorker, served

CONFIG = {"models": ("lead", "fake")}


@pytest.fixture(scope="module")
def service():
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def client(service):
    return service.client


def lines_of(response: httpx.Response) -> list[dict]:
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_summary_is_what_the_library_says(client):
    response = client.post("/v1/summarize", json={"text": TEXT, "id": "7", "bullets": 1})
    assert response.status_code == 200
    said = brief.summarize(TEXT, 1, model="lead")
    assert response.json()["id"] == "7"
    assert [bullet["text"] for bullet in response.json()["bullets"]] == [
        bullet.text for bullet in said.bullets
    ]
    assert response.json()["signature"] == said.signature
    assert "text" not in response.json()


def test_a_bullet_is_checked_as_by_the_library(client):
    bullet = "The council will close 14 libraries in May."
    row = {"source": TEXT, "bullet": bullet, "id": "7", "headline": "Shut"}
    response = client.post("/v1/check", json=row)
    assert response.status_code == 200
    said = response.json()
    assert (said["schema"], said["id"], said["supported"]) == ("brief.check/1", "7", False)
    verdict = brief.check(TEXT, bullet, "Shut", model="lead")
    assert [one["text"] for one in said["reasons"]] == [one.text for one in verdict.reasons]
    assert said["sources"][0]["sentence"] == TEXT[: said["sources"][0]["end"]]
    for wrong, told in (
        ({"source": " ", "bullet": "A b."}, "the source is empty"),
        ({"source": TEXT}, "bullet: Field required"),
        ({**row, "model": "none"}, "no model is called"),
        ({**row, "bullet": "a" * 5_001}, "at most 5000 characters"),
    ):
        response = client.post("/v1/check", json=wrong)
        assert response.status_code == 422
        assert told in response.json()["error"]["problem"]


def test_html_is_read_as_html(client):
    page = f"<html><body><article><h1>Library</h1><p>{TEXT}</p></article></body></html>"
    response = client.post("/v1/summarize", json={"html": page})
    assert response.json()["bullets"][0]["text"].startswith("The council will close")


def test_a_headline_from_elsewhere_is_kept(client):
    response = client.post("/v1/summarize", json={"text": TEXT, "headline": "Shut"})
    assert response.json()["headline"] == "Shut"


def test_the_cleaned_article_comes_with_it_when_asked_for(client):
    text = f"{TEXT}\n\nRead also: Ten other things\n"
    said = client.post("/v1/summarize", json={"text": text, "include_text": True}).json()
    assert said["text"] == text
    assert "".join(line["text"] for line in said["lines"]) == text
    source = said["bullets"][0]["sources"][0]
    assert said["text"][source["start"] : source["end"]] == source["sentence"]
    assert said["blocks"].keys() == {"text", "markdown", "html"}
    assert said["blocks"]["html"].startswith("<aside")


def test_progress_comes_line_by_line(client):
    response = client.post(
        "/v1/summarize", json={"text": TEXT}, headers={"Accept": "application/x-ndjson"}
    )
    assert response.headers["content-type"] == "application/x-ndjson"
    events = lines_of(response)
    assert [event["phase"] for event in events] == ["waiting", "cleaning", "writing", "done"]
    assert events[-1]["summary"]["schema"] == "brief.summary/2"


def test_a_failure_after_the_first_phase_is_an_event(client):
    response = client.post(
        "/v1/summarize", json={"text": "Comments"}, headers={"Accept": "application/x-ndjson"}
    )
    last = lines_of(response)[-1]
    assert (last["phase"], last["status"]) == ("failed", 422)
    assert last["error"]["problem"]


def test_a_batch_answers_every_row_under_its_id(client):
    rows = [json.dumps({"id": number, "text": f"{TEXT} {number}"}) for number in range(9)]
    rows += ["", "not json", json.dumps({"id": 3, "text": TEXT}), json.dumps({"id": "x"})]
    response = client.post(
        "/v1/batch?bullets=1&length=short",
        content="\n".join(rows),
        headers={"Content-Type": "application/x-ndjson"},
    )
    answers = {row["id"]: row for row in lines_of(response)}
    assert answers.keys() == {*map(str, range(9)), "line:11", "3#2", "x"}
    assert {name for name, row in answers.items() if row["error"]} == {"line:11", "x"}
    assert all(len(row["bullets"]) == 1 for row in answers.values() if not row["error"])
    assert len({row["signature"] for row in answers.values()}) == 1


def test_models_name_what_may_be_asked_for(client):
    said = client.get("/v1/models").json()
    assert said["default"] == "lead"
    assert [model["name"] for model in said["models"]] == ["lead", "fake"]
    asked = client.post("/v1/summarize", json={"text": TEXT, "model": "fake"})
    assert asked.json()["model"] == "fake"


def test_an_edition_of_the_first_version_is_answered_as_the_second(tmp_path):
    made = to_json(edition())
    (tmp_path / "2026-11-23.json").write_text(as_first_version(made))
    (tmp_path / "2026-11-22.json").write_text('{"schema": "brief.edition/1"}')
    with served(ServiceConfig(**CONFIG, editions=tmp_path)) as service:
        assert service.client.get("/v1/editions/latest").json() == json.loads(made)
        assert service.client.get("/v1/editions/2026-11-22").status_code == 507


def test_editions_are_read_from_their_folder(tmp_path):
    edition = {"schema": "brief.edition/2", "date": "2026-11-24", "stories": []}
    (tmp_path / "2026-11-24.json").write_text(json.dumps(edition))
    (tmp_path / "2026-11-25.json").write_text("{")
    (tmp_path / "2026-11-26.json").write_text("[]")
    (tmp_path / "2026-13-01.json").write_text("{}")
    (tmp_path / "index.html").write_text("")
    with served(ServiceConfig(**CONFIG, editions=tmp_path)) as service:
        get = service.client.get
        days = [row["date"] for row in get("/v1/editions").json()["editions"]]
        assert days == ["2026-11-26", "2026-11-25", "2026-11-24"]
        assert get("/v1/editions/2026-11-24").json() == edition
        assert get("/v1/editions/2026-11-23").status_code == 404
        assert get("/v1/editions/2026-13-01").status_code == 422
        assert get("/v1/editions/..%2fsecret").status_code in {404, 422}
        assert get("/v1/editions/2026-11-25").status_code == 507
        assert get("/v1/editions/latest").status_code == 507
        (tmp_path / "2026-11-27.json").write_text(json.dumps(edition))
        assert get("/v1/editions/latest").json() == edition


def test_without_a_folder_there_are_no_editions(client):
    assert client.get("/v1/editions").json() == {"editions": []}
    assert client.get("/v1/editions/latest").status_code == 404


def test_health_readiness_and_metrics(client):
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    client.post("/v1/summarize", json={"text": TEXT})
    metrics = client.get("/metrics").text
    assert 'brief_requests_total{route="/v1/summarize",status="200"}' in metrics
    for name in ("brief_queue_tokens", "brief_batch_chunks", "brief_phase_seconds", "brief_rate"):
        assert name in metrics


def test_a_request_keeps_its_id(client):
    asked = client.get("/health", headers={"X-Request-ID": "cms-42"})
    assert asked.headers["x-request-id"] == "cms-42"
    other = client.get("/nowhere", headers={"X-Request-ID": "no\tid <b>"})
    assert other.json()["request_id"] == other.headers["x-request-id"] != "no\tid <b>"


def test_every_answer_carries_the_security_headers(client):
    for path in ("/", "/page/app.js", "/nowhere", "/v1/models"):
        headers = client.get(path).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_other_sites_are_answered_only_when_configured(client):
    asks = {"Origin": "https://cms.example", "Access-Control-Request-Method": "POST"}
    assert client.options("/v1/summarize", headers=asks).status_code == 405
    with served(ServiceConfig(**CONFIG, cors_origins=("https://cms.example",))) as service:
        allowed = service.client.options("/v1/summarize", headers=asks)
        assert allowed.headers["access-control-allow-origin"] == "https://cms.example"
        asks["Origin"] = "https://evil.example"
        refused = service.client.options("/v1/summarize", headers=asks)
        assert "access-control-allow-origin" not in refused.headers


def test_with_keys_only_health_ready_and_the_page_are_open():
    keys = ("first-key-of-the-newsroom", "second-key-of-the-newsroom")
    with served(ServiceConfig(**CONFIG, api_keys=keys)) as service:
        client = service.client
        for path in ("/health", "/ready", "/", "/page/app.js"):
            assert client.get(path).status_code == 200, path
        for path in ("/metrics", "/openapi.json", "/v1/models", "/v1/editions"):
            refused = client.get(path)
            assert refused.status_code == 401, path
            assert refused.headers["www-authenticate"] == "Bearer"
        # Refused before the body is looked at.
        assert client.post("/v1/summarize", content=b"{").status_code == 401
        for wrong in ("Bearer nonsense", f"Basic {keys[0]}", f"Bearer {keys[0][:-1]}", "Bearer"):
            asked = client.get("/v1/models", headers={"Authorization": wrong})
            assert asked.status_code == 401, wrong
        for key in keys:
            asked = client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})
            assert asked.status_code == 200


def test_behind_a_proxy_the_prefix_is_known():
    with served(ServiceConfig(**CONFIG, root_path="/brief")) as service:
        assert service.client.get("/openapi.json").json()["servers"] == [{"url": "/brief"}]


def test_a_full_queue_is_429_with_the_seconds_to_wait():
    gate = asyncio.Event()
    with served(None, InlineWorker(gate)) as service:
        # Without a rate there is room for what is in work, and no more.
        service.on_loop(service.batcher._rates.clear)
        first: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: first.append(service.client.post("/v1/summarize", json={"text": TEXT}))
        )
        asking.start()
        while not service.on_loop(lambda: service.batcher.n_tokens):
            pass
        refused = service.client.post("/v1/summarize", json={"text": f"{TEXT} More."})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        row = json.dumps({"text": f"{TEXT} Even more."})
        batch = service.client.post(
            "/v1/batch",
            content=row,
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert batch.status_code == 429
        assert service.client.get("/ready").status_code == 503
        service.on_loop(gate.set)
        asking.join(20)
        assert first[0].status_code == 200
        assert 'brief_rejections_total{status="429"} 2.0' in service.client.get("/metrics").text


def test_a_dead_worker_is_503_and_the_next_request_is_answered(client):
    asked = client.post("/v1/summarize", json={"text": "They die of it. It is a pity."})
    assert asked.status_code == 503
    assert asked.headers["retry-after"] == "1"
    assert client.post("/v1/summarize", json={"text": TEXT}).status_code == 200


def test_a_bug_is_500_without_its_details(client):
    asked = client.post("/v1/summarize", json={"text": "There is a bug in it. It is small."})
    assert asked.status_code == 500
    assert "ZeroDivision" not in asked.text


def test_a_batch_goes_on_after_a_dead_worker(client):
    texts = [TEXT, "They die of it. It is a pity.", f"{TEXT} More."]
    response = client.post(
        "/v1/batch",
        content="\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)),
        headers={"Content-Type": "application/x-ndjson"},
    )
    errors = {row["id"]: row["error"] for row in lines_of(response)}
    assert errors.keys() == {"0", "1", "2"}
    assert [name for name, error in errors.items() if error] == ["1"]


def test_urls_are_fetched_only_when_allowed(client):
    asked = client.post("/v1/summarize", json={"url": "https://example.org/a"})
    assert asked.status_code == 403
    with served(ServiceConfig(**CONFIG, allow_urls=True)) as service:
        for url, status in (
            (f"{service.url}/health", 502),  # loopback, like every private address
            ("http://user:pass@example.org/", 502),
            ("file:///etc/passwd", 422),
            ("/etc/passwd", 422),
        ):
            asked = service.client.post("/v1/summarize", json={"url": url})
            assert asked.status_code == status, url
        events = service.client.post(
            "/v1/summarize",
            json={"url": f"{service.url}/health"},
            headers={"Accept": "application/x-ndjson"},
        )
        assert [event["phase"] for event in lines_of(events)] == ["fetching", "failed"]


def test_the_log_has_ids_and_no_articles(caplog):
    caplog.set_level("INFO", "brief.service")
    with served() as service:
        service.client.post("/v1/summarize", json={"text": TEXT}, headers={"X-Request-ID": "r-1"})
        service.client.post("/v1/summarize", json={"text": "Comments", "id": "9"})
    (asked, *_) = [record for record in caplog.records if record.message == "request"]
    assert asked.facts["status"] == 200
    assert asked.facts["n_tokens"] > 30
    everything = " ".join(str(record.__dict__) for record in caplog.records)
    assert "Harbour Road" not in everything


def test_articles_are_logged_when_asked_for(caplog):
    caplog.set_level("INFO", "brief.service")
    with served(ServiceConfig(**CONFIG, log_text=True)) as service:
        service.client.post("/v1/summarize", json={"text": TEXT})
    assert any(record.facts.get("text") == TEXT for record in caplog.records if record.message)
