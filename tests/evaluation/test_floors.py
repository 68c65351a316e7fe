import copy
import json

import pytest

from brief.errors import InputError, StorageError, UsageError
from brief.evaluation.floors import breaches, mismatch, pin, read_floors, write_floors


def report(**means: float) -> dict:
    values = {"rouge1": 0.4, "rouge2": 0.15, "rougeL": 0.25, "rougeLsum": 0.35}
    values |= {"bullet_coverage": 0.3, "support": 0.98, **means}
    return {
        "n": 64,
        "data": {"name": "pages", "digest": "d" * 64},
        "signature": {"rouge": "r", "tokenizer": "t", "match": "m", "numpy": "2.0"},
        "systems": {
            "ours": {
                **{
                    key: {"mean": value, "low": None, "high": None} for key, value in values.items()
                },
                "n_bullets": 3,
                "n_failures": 0,
                "signature": {"weights": "w"},
            }
        },
    }


def changed(**changes: object) -> dict:
    new = report()
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = new
        for parent in parents:
            target = target[parent]
        target[last] = value
    return new


FLOORS = pin(report(), None)


def test_floors_are_the_means_that_were_pinned():
    own = FLOORS["systems"]["ours"]
    assert own["floors"]["rougeLsum"] == 0.35
    assert FLOORS["data"] == {"name": "pages", "digest": "d" * 64, "n": 64}
    assert own["signature"] == {"weights": "w"}
    assert "not measured" in FLOORS["noise"]["how"]


def test_the_same_report_passes_whatever_rounding_does():
    exact = report(rouge1=0.38015449999, rouge2=2 / 15)
    floors = pin(exact, None)
    assert mismatch(exact, floors) is None
    assert breaches(exact, floors) == ()


def test_a_score_below_its_floor_is_a_breach():
    (breach,) = breaches(report(rougeLsum=0.349), FLOORS)
    assert (breach.system, breach.metric) == ("ours", "rougeLsum")
    assert "rougeLsum 0.3490, floor 0.3500" in str(breach)
    assert breaches(report(rougeLsum=0.36), FLOORS) == ()


def test_a_score_that_could_not_be_measured_is_a_breach():
    (breach,) = breaches(report(support=None), FLOORS)
    assert "not measured" in str(breach)


def test_a_failure_that_was_not_there_is_a_breach():
    (breach,) = breaches(changed(systems__ours__n_failures=1), FLOORS)
    assert "1 articles failed, 0 are allowed" in str(breach)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"n": 63}, "shrank from 64 to 63"),
        ({"data__digest": "e" * 64}, "data changed"),
        ({"signature__tokenizer": "u"}, "tokenizer is u, was t"),
        ({"systems": {}}, "ours did not run"),
        ({"systems__ours__n_bullets": 4}, "asked for 4 bullets, was 3"),
    ],
)
def test_other_runs_are_refused_and_not_pinned_either(changes, why):
    other = changed(**changes)
    assert why in str(mismatch(other, FLOORS))
    with pytest.raises(InputError, match="--allow-regression"):
        pin(other, FLOORS)
    assert pin(other, FLOORS, allow_regression=True)["data"]["n"] == other["n"]


def test_a_library_that_decides_no_score_may_change():
    assert mismatch(changed(signature__numpy="3.0"), FLOORS) is None


def test_floors_go_up_and_never_down():
    better = pin(report(rouge1=0.45), FLOORS)["systems"]["ours"]["floors"]
    assert better["rouge1"] == 0.45
    assert better["rouge2"] == 0.15
    with pytest.raises(InputError, match=r"would be lowered: ours: rouge1 0\.3900"):
        pin(report(rouge1=0.39), FLOORS)
    lowered = pin(report(rouge1=0.39), FLOORS, allow_regression=True)
    assert lowered["systems"]["ours"]["floors"]["rouge1"] == 0.39


def test_noise_is_measured_on_other_runs_and_lets_a_score_wander():
    floors = pin(report(), None, others=[report(rouge1=0.395), report(rouge1=0.402)])
    assert floors["noise"]["margin"]["rouge1"] == 0.005
    assert "2 of the same data" in floors["noise"]["how"]
    assert breaches(report(rouge1=0.3951), floors) == ()
    assert len(breaches(report(rouge1=0.3949), floors)) == 1
    # Within the noise the floor itself stays, so that it does not wander down step by step.
    again = pin(report(rouge1=0.3951), floors)
    assert again["systems"]["ours"]["floors"]["rouge1"] == 0.4
    assert again["noise"] == floors["noise"]


def test_noise_from_other_data_is_refused():
    with pytest.raises(InputError, match="other data"):
        pin(report(), None, others=[changed(data__digest="e")])


def test_floors_read_back(tmp_path):
    path = tmp_path / "floors.json"
    write_floors(path, FLOORS)
    assert read_floors(path) == FLOORS
    before = path.read_bytes()
    write_floors(path, copy.deepcopy(FLOORS))
    assert path.read_bytes() == before


def test_floors_that_cannot_be_read_or_written_are_refused(tmp_path):
    path = tmp_path / "floors.json"
    with pytest.raises(UsageError, match="--update"):
        read_floors(path)
    for content in ("{", "[]", json.dumps({"schema": "brief.floors/0"})):
        path.write_text(content)
        with pytest.raises(InputError):
            read_floors(path)
    with pytest.raises(StorageError):
        write_floors(tmp_path / "none" / "floors.json", FLOORS)
