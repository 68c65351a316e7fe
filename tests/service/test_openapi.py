"""/openapi.json: a golden file, and true of what the routes answer."""

import json
import os

import jsonschema_rs
import pytest

from brief import __version__
from brief.briefing.render.edition_json import to_json
from brief.service.app import create_app
from brief.service.service_config import ServiceConfig
from tests.fakes.editions import edition, empty_edition
from tests.fakes.service import TEXT, served
from tests.paths import DATA

FAILURE = {"$ref": "#/components/schemas/Failure"}
GOLDEN = DATA / "openapi.json"


def spec() -> dict:
    return create_app(ServiceConfig(), []).openapi()


def test_the_documentation_is_the_golden_file():
    """Look at the difference; then write it anew with UPDATE_GOLDEN=1, which CI refuses."""
    document = spec()
    assert document["info"].pop("version") == __version__
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        assert not os.environ.get("CI")
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_every_route_has_examples_that_fit_its_schema():
    made = spec()
    n_checked = 0
    for path, methods in made["paths"].items():
        for operation in methods.values():
            contents = [operation.get("requestBody", {}), *operation["responses"].values()]
            for kind, content in (
                pair for one in contents for pair in one.get("content", {}).items()
            ):
                examples = [one["value"] for one in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                assert examples or content["schema"] == FAILURE, (path, kind)
                if kind == "application/json":
                    schema = {**content["schema"], "components": made["components"]}
                    for example in examples:
                        jsonschema_rs.validate(schema, example)
                        n_checked += 1
    assert n_checked > 30


def test_an_edition_is_as_described():
    schema = {"$ref": "#/components/schemas/Edition", "components": spec()["components"]}
    for made in (edition(), empty_edition()):
        jsonschema_rs.validate(schema, json.loads(to_json(made)))
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, {"schema": "brief.edition/2", "date": "2026-11-23"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/summarize", {"text": TEXT}, 200),
        ("POST", "/v1/summarize", {"text": TEXT, "include_text": True}, 200),
        ("POST", "/v1/summarize", {"text": 1}, 422),
        ("GET", "/v1/models", None, 200),
        ("GET", "/v1/editions", None, 200),
        ("GET", "/v1/editions/{date}", None, 404),
        ("GET", "/health", None, 200),
        ("GET", "/ready", None, 200),
    ],
)
def test_answers_are_as_described(method, path, body, status):
    made = spec()
    described = made["paths"][path][method.lower()]["responses"][str(status)]
    with served() as service:
        answer = service.client.request(method, path.format(date="latest"), json=body)
    assert answer.status_code == status
    schema = {
        **described["content"]["application/json"]["schema"],
        "components": made["components"],
    }
    jsonschema_rs.validate(schema, answer.json())
