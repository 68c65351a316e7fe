import json
from collections import Counter
from pathlib import Path

import pytest

from brief.errors import ModelError, StorageError
from brief.evaluation import harness
from brief.evaluation.data.dataset import DataSet, read_dataset
from brief.evaluation.harness import run
from brief.evaluation.metrics.rouge_tokenizer import AsciiTokenizer
from brief.evaluation.system_specs import Setup, parse_systems
from brief.evaluation.systems import Output, System, corridor_system
from brief.pipeline.cache import Cache
from brief.pipeline.summarizer import Summarizer
from tests.fakes.summaries import FakeModel

PLACES = ["Osmund", "Tarrow", "Velny", "Korrin", "Ashgate", "Brannik", "Sollem", "Dray"]


def article(number: int) -> str:
    place = PLACES[number % len(PLACES)]
    return "\n".join(
        [
            f"The bridge in {place} will close on {1 + number} May for repairs, the county said.",
            f"Inspectors found {10 + number} cracked beams in March after a long and wet winter.",
            f"Ferries at {place} will run every {15 + number} minutes until the bridge opens again.",
            f"The council of {place} voted for the repairs by nine to two on Monday evening.",
        ]
    )


def rows(n: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"a{number}",
            "text": article(number),
            "bullets": [
                f"{PLACES[number % len(PLACES)]} bridge shuts for repairs on {1 + number} May.",
                "The council voted for it by nine to two.",
            ],
            "topic": ("roads", "rivers")[number % 2],
        }
        for number in range(n)
    ]


@pytest.fixture
def dataset(tmp_path: Path) -> DataSet:
    return make(tmp_path, rows(12))


def make(folder: Path, values: list[dict[str, object]]) -> DataSet:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return read_dataset(path)


def lineup(names: str = "lead-2,random-2,oracle-2,reference") -> tuple[System, ...]:
    return parse_systems(names, Setup(n_bullets=2), tokenizer=AsciiTokenizer())


def read_rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_folder_holds_data_examples_and_report(dataset, tmp_path):
    out = tmp_path / "out"
    report = run(dataset, lineup(), out, n_bullets=2)
    assert sorted(path.name for path in out.iterdir()) == [
        "data.jsonl",
        "examples.jsonl",
        "report.json",
    ]
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == report
    data = read_rows(out / "data.jsonl")
    assert data[0]["id"] == "a0"
    assert data[0]["body"] == article(0).splitlines()
    assert data[0]["slices"] == {"length": "short", "topic": "roads"}
    examples = read_rows(out / "examples.jsonl")
    assert [(row["system"], row["id"]) for row in examples] == [
        (system.name, f"a{number}") for system in lineup() for number in range(12)
    ]
    lead = examples[0]
    assert lead["bullets"] == article(0).splitlines()[:2]
    assert lead["sources"] == [[bullet] for bullet in lead["bullets"]]
    assert lead["error"] is None
    assert lead["scores"]["support"] == 1.0
    assert lead["matches"] == [0, None]


def test_the_report_has_means_intervals_pairs_and_slices(dataset, tmp_path):
    report = run(dataset, lineup(), tmp_path / "out", n_bullets=2)
    assert report["n"] == report["n_scored"] == 12
    assert report["data"]["digest"] == report["signature"]["data"] == dataset.digest
    systems = report["systems"]
    for key in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
        assert systems["reference"][key]["mean"] == 1.0
        lead = systems["lead-2"][key]
        assert 0 < lead["low"] <= lead["mean"] <= lead["high"] < 1
    assert systems["oracle-2"]["rouge1"]["mean"] >= systems["lead-2"]["rouge1"]["mean"]
    assert systems["lead-2"]["gap_closed"]["rouge1"] == 0.0
    assert systems["oracle-2"]["gap_closed"]["rouge1"] == 1.0
    assert systems["lead-2"]["n_bullets"] == 2
    assert systems["lead-2"]["unsupported_numbers_per_100_bullets"]["mean"] == 0.0
    pairs = {(p["a"], p["b"], p["metric"]): p for p in report["pairs"]}
    assert len(pairs) == len(report["pairs"]) == 6 * 4
    pair = pairs["lead-2", "random-2", "rouge1"]
    assert pair["difference"] == pytest.approx(
        systems["lead-2"]["rouge1"]["mean"] - systems["random-2"]["rouge1"]["mean"]
    )
    # Nobody can run the oracle or the reference: one pair is left, and nothing to correct.
    assert pair["p_holm"] == pair["p"]
    assert pairs["lead-2", "oracle-2", "rouge1"]["p_holm"] >= 0
    assert list(report["slices"]) == ["topic"]
    assert report["slices"]["topic"]["roads"]["n"] == 6
    assert report["slices"]["topic"]["roads"]["systems"]["reference"]["rougeLsum"]["mean"] == 1.0


def test_a_second_run_gives_the_same_bytes(dataset, tmp_path):
    for name in ("one", "two"):
        run(dataset, lineup(), tmp_path / name, n_bullets=2)
    for name in ("data.jsonl", "examples.jsonl", "report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_sets_that_are_not_held_give_the_same_bytes(dataset, tmp_path, monkeypatch):
    run(dataset, lineup(), tmp_path / "held", n_bullets=2)
    monkeypatch.setattr(harness, "MAX_HELD", 3)
    run(dataset, lineup(), tmp_path / "streamed", n_bullets=2)
    for name in ("data.jsonl", "examples.jsonl", "report.json"):
        held, streamed = (tmp_path / folder / name for folder in ("held", "streamed"))
        assert held.read_bytes() == streamed.read_bytes()


def modeled(model: FakeModel, cache: Cache | None) -> System:
    summarizer = Summarizer(model, n_bullets=2, cache=cache)
    return corridor_system("fake", summarizer, n_bullets=2, n_parallel=model.n_parallel)


def test_a_second_run_makes_no_model_call(dataset, tmp_path):
    cache = Cache(tmp_path / "cache.sqlite3")
    first, second = FakeModel(), FakeModel()
    one = run(dataset, [modeled(first, cache)], tmp_path / "out", n_bullets=2)
    two = run(dataset, [modeled(second, cache)], tmp_path / "out", n_bullets=2)
    cache.close()
    assert len(first.asked) == 12
    assert second.asked == []
    assert one == two


class Interrupted(FakeModel):
    """A model whose process is stopped at its fifth article."""

    def propose(self, article, chunks, config):
        if len(self.asked) == 4:
            raise KeyboardInterrupt
        return super().propose(article, chunks, config)


def test_a_run_that_was_stopped_goes_on_where_it_stood(dataset, tmp_path):
    out = tmp_path / "out"
    cache = Cache(tmp_path / "cache.sqlite3")
    with pytest.raises(KeyboardInterrupt):
        run(dataset, [modeled(Interrupted(n_parallel=1), cache)], out, n_bullets=2)
    assert list(out.iterdir()) == []
    again = FakeModel(n_parallel=1)
    resumed = run(dataset, [modeled(again, cache)], out, n_bullets=2)
    cache.close()
    assert len(again.asked) == 12 - 4
    assert resumed == run(dataset, [modeled(FakeModel(), None)], tmp_path / "new", n_bullets=2)


def test_a_report_from_before_goes_only_when_the_new_one_is_there(dataset, tmp_path):
    out = tmp_path / "out"
    old = run(dataset, lineup("lead-2"), out, n_bullets=2)
    with pytest.raises(KeyboardInterrupt):
        run(dataset, [modeled(Interrupted(n_parallel=1), None)], out, n_bullets=2)
    assert json.loads((out / "report.json").read_text()) == old
    assert {row["system"] for row in read_rows(out / "examples.jsonl")} == {"lead-2"}


class Crashing(FakeModel):
    def propose(self, article, chunks, config):
        if article.id == "a3":
            raise ModelError("the engine is out of memory")
        if article.id == "a5":
            raise ZeroDivisionError("division by zero")
        return super().propose(article, chunks, config)


def test_a_crash_scores_zero_and_is_named(dataset, tmp_path):
    report = run(dataset, [modeled(Crashing(), None)], tmp_path / "out", n_bullets=2)
    whole = run(dataset, [modeled(FakeModel(), None)], tmp_path / "whole", n_bullets=2)
    by_id = {row["id"]: row for row in read_rows(tmp_path / "out" / "examples.jsonl")}
    assert by_id["a3"]["error"] == "the engine is out of memory"
    assert by_id["a5"]["error"] == "crashed: ZeroDivisionError: division by zero"
    assert by_id["a3"]["bullets"] == []
    assert by_id["a3"]["scores"]["rouge1"] == 0.0
    assert by_id["a3"]["scores"]["support"] is None
    own = report["systems"]["fake"]
    assert own["n_failures"] == 2
    others = [row["scores"]["rouge1"] for row in by_id.values() if row["error"] is None]
    assert own["rouge1"]["mean"] == pytest.approx(sum(others) / 12)
    assert own["rouge1"]["mean"] < whole["systems"]["fake"]["rouge1"]["mean"]
    assert own["support"]["mean"] == pytest.approx(
        sum(row["scores"]["support"] for row in by_id.values() if row["error"] is None) / 10
    )


def test_examples_without_a_reference_or_an_article(tmp_path):
    values = rows(4)
    values[1]["bullets"] = []
    values[2]["text"] = " "
    report = run(make(tmp_path, values), lineup("lead-2"), tmp_path / "out", n_bullets=2)
    assert (report["n"], report["n_scored"]) == (4, 3)
    assert report["data"]["problems"] == {"no_article": 1, "no_references": 1}
    by_id = {row["id"]: row for row in read_rows(tmp_path / "out" / "examples.jsonl")}
    assert by_id["a1"]["scores"]["rouge1"] is None
    assert by_id["a1"]["unscored"] == "no reference bullets"
    assert by_id["a2"]["scores"]["rouge1"] == 0.0
    assert report["systems"]["lead-2"]["n_failures"] == 1


def test_one_example_has_means_and_no_intervals(tmp_path):
    report = run(make(tmp_path, rows(1)), lineup("lead-2,random-2"), tmp_path / "out", n_bullets=2)
    lead = report["systems"]["lead-2"]["rouge1"]
    assert lead["mean"] > 0
    assert lead["low"] is lead["high"] is None
    assert report["pairs"][0]["p"] is report["pairs"][0]["p_holm"] is None
    assert report["systems"]["lead-2"]["gap_closed"] is None
    assert report["slices"] == {}


def test_systems_trained_on_the_data_are_marked(tmp_path):
    values = [{**value, "dataset": "CNN/DailyMail"} for value in rows(3)]
    training = tmp_path / "train.jsonl"
    training.write_text(json.dumps({"text": article(1) + "\n" + article(2)}) + "\n")
    dataset = make(tmp_path, values)

    def system(name: str, **more: object) -> System:
        return System(name=name, write=lambda _: Output(bullets=("x",)), signature={}, **more)

    systems = [
        system("clean", training_sets=("xsum",)),
        system("named", training_sets=("cnn_dailymail",)),
        system("copied", training_files=(training,)),
    ]
    report = run(dataset, systems, tmp_path / "out", n_bullets=2)["systems"]
    marks = {name: (own["trained_on_this"], own["n_near_copies"]) for name, own in report.items()}
    assert marks["clean"] == (False, None)
    assert marks["named"] == (True, None)
    assert marks["copied"][0]
    assert marks["copied"][1] >= 2


def test_every_article_of_every_system_is_a_step(dataset, tmp_path):
    steps = Counter()
    run(
        dataset,
        lineup("lead-2,reference"),
        tmp_path / "out",
        n_bullets=2,
        step=lambda: steps.update(n=1),
    )
    assert steps["n"] == 24


def test_a_folder_that_cannot_be_written_is_refused(dataset, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        run(dataset, lineup("lead-2"), tmp_path / "file" / "out", n_bullets=2)
