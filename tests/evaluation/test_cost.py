import dataclasses

import pytest

from brief.errors import BriefError
from brief.evaluation import cost
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import UnicodeTokenizer
from brief.evaluation.system_specs import Setup, parse_systems
from brief.ingest.jsonl import Source

TEXT = "The bridge will close in May, the county said. Ferries will run until it opens again."
EXAMPLES = [
    Example(id_, Source(id=id_, text=text), ("Bridge closes.",), {})
    for id_, text in (("a", TEXT), ("b", TEXT.upper()), ("c", " "))
]
SETUP = Setup(n_bullets=1)


def system(name: str):
    return parse_systems(name, SETUP, tokenizer=UnicodeTokenizer())[0]


def test_a_system_is_measured_in_a_process_of_its_own():
    found = cost.measure(system("lead-1"), SETUP, EXAMPLES)
    assert found is not None
    assert found["n_articles"] == 3
    assert found["n_failures"] == 1
    assert 0 < found["seconds_p50"] <= found["seconds_p95"] < found["cold_start_s"]
    assert found["articles_per_second"] > 0
    assert found["size_mb"] == 0.0
    assert found["peak_memory_mb"] is None or found["peak_memory_mb"] > 10


def test_what_nobody_would_run_has_no_cost():
    assert cost.measure(system("oracle-1"), SETUP, EXAMPLES) is None
    assert cost.measure(system("reference"), SETUP, EXAMPLES) is None


def test_a_system_that_cannot_be_loaded_there_is_an_error():
    gone = dataclasses.replace(system("lead-1"), name="no-such-model")
    with pytest.raises(BriefError, match="no-such-model"):
        cost.measure(gone, SETUP, EXAMPLES)


def test_the_size_of_a_model_is_that_of_the_files_it_is_loaded_from():
    model = parse_systems(
        "news-small", Setup(n_bullets=3, threads=1), tokenizer=UnicodeTokenizer()
    )[0]
    assert cost._size_mb(model) == pytest.approx(45.0, abs=3)


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 10), (0.95, 19), (0.96, 20), (1.0, 20), (0.01, 1)]
)
def test_percentiles_are_values_that_were_seen(share, value):
    assert cost.percentile(list(range(20, 0, -1)), share) == value
