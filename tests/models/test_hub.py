import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from brief.errors import HubError, ModelError
from brief.models import load_model
from brief.models.hub import local_snapshot

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Denying(BaseHTTPRequestHandler):
    """A hub that has no model at all."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def denying_hub(monkeypatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Denying) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield
        server.shutdown()


@pytest.fixture
def no_hub(monkeypatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Denying) as server:
        closed = server.server_port
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{closed}")


@pytest.fixture
def hub_cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def cached_model(cache: Path, *names: str) -> Path:
    """What the hub library leaves after a download."""
    repository = cache / "models--someone--something"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    for name in names:
        (snapshot / name).write_text(json.dumps({"model_type": "gpt2"}))
    return snapshot


@pytest.mark.parametrize("name", ["someone/something", "t5-small"])
@pytest.mark.usefixtures("no_hub", "hub_cache")
def test_an_unreachable_hub_names_the_embedded_model(name):
    with pytest.raises(HubError) as caught:
        load_model(name)
    assert caught.value.exit_code == 69
    assert "is not on this machine and the hub cannot be reached" in caught.value.problem
    assert "--model news-small" in caught.value.remedy


@pytest.mark.usefixtures("denying_hub", "hub_cache")
def test_a_hub_without_the_model_is_no_unreachable_hub():
    with pytest.raises(ModelError, match="the hub has no model someone/something") as caught:
        local_snapshot("someone/something", None)
    assert not isinstance(caught.value, HubError)


@pytest.mark.usefixtures("no_hub")
def test_a_model_on_this_machine_needs_no_hub(hub_cache):
    snapshot = cached_model(hub_cache, "config.json", "model.safetensors")
    assert local_snapshot("someone/something", None) == snapshot
    assert local_snapshot("someone/something", COMMIT) == snapshot


@pytest.mark.usefixtures("no_hub")
def test_a_half_cached_model_is_asked_for(hub_cache):
    cached_model(hub_cache, "config.json")
    with pytest.raises((HubError, ModelError)):
        load_model("someone/something")


@pytest.mark.usefixtures("no_hub")
def test_a_cached_model_of_another_kind_is_refused(hub_cache):
    cached_model(hub_cache, "config.json", "model.safetensors")
    with pytest.raises(ModelError, match="gpt2 is not a sequence-to-sequence model"):
        load_model("someone/something")
