import json
from pathlib import Path

import pytest

from brief.errors import InputError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import UnicodeTokenizer
from brief.evaluation.systems import (
    Output,
    System,
    SystemTask,
    corridor_system,
    file_system,
    lead_words_system,
    oracle_system,
    random_system,
    reference_system,
)
from brief.ingest.jsonl import Source
from brief.pipeline.summarizer import Summarizer
from tests.fakes.summaries import FakeModel

SENTENCES = (
    "The Osmund bridge will close on 3 May for six weeks, the county said.",
    "Inspectors found 14 cracked beams in March after a long and wet winter.",
    "Ferries will run every 20 minutes until the bridge opens to traffic again.",
    "The council voted for the repairs by nine to two on Monday evening.",
)
TEXT = "\n".join(SENTENCES)


def task(id_: str = "a", text: str = TEXT, bullets: tuple[str, ...] = ("One.",)) -> SystemTask:
    return SystemTask.of(Example(id_, Source(id=id_, text=text), bullets, {}))


def only(system: System, one: SystemTask) -> Output:
    ((same, output),) = system.outputs([one])
    assert same is one
    return output


def test_a_task_knows_its_sentences():
    assert task().sentences == SENTENCES


def test_a_task_without_an_article_fails_for_every_system():
    empty = task(text="  ")
    assert empty.article is None
    assert empty.sentences == ()
    for system in (reference_system("reference"), random_system("random", n_bullets=2, seed=0)):
        output = only(system, empty)
        assert output.bullets == ()
        assert output.error


def test_random_sentences_hang_on_seed_and_id_alone():
    def drawn(seed: int, id_: str) -> tuple[str, ...]:
        return only(random_system("random", n_bullets=2, seed=seed), task(id_)).bullets

    assert drawn(0, "a") == drawn(0, "a")
    assert len({drawn(seed, id_) for seed in range(4) for id_ in "abcd"}) > 3
    for bullets in (drawn(seed, "a") for seed in range(5)):
        assert sorted(bullets, key=SENTENCES.index) == list(bullets)
    everything = only(random_system("random", n_bullets=9, seed=0), task())
    assert everything.bullets == SENTENCES
    assert everything.sources == tuple((sentence,) for sentence in SENTENCES)


def test_the_oracle_reads_the_reference():
    system = oracle_system("oracle", n_bullets=2, tokenizer=UnicodeTokenizer())
    wanted = task(bullets=("The council voted for the repairs on Monday.", SENTENCES[2]))
    assert only(system, wanted).bullets == (SENTENCES[2], SENTENCES[3])
    assert system.needs_references
    assert only(system, task(bullets=("Zzz.",))).bullets == ()


def test_the_reference_is_a_system():
    output = only(reference_system("reference"), task(bullets=("One.", "Two.")))
    assert output == Output(bullets=("One.", "Two."))


def test_a_model_runs_through_the_corridor():
    summarizer = Summarizer(FakeModel(), n_bullets=4)
    system = corridor_system("fake", summarizer, n_bullets=4, training_sets=["mine"])
    output = only(system, task())
    assert output.bullets == SENTENCES
    assert output.sources == tuple((sentence,) for sentence in SENTENCES)
    assert output.remarks == ((),) * 4
    assert system.signature["corridor"] == summarizer.signature
    assert system.training_sets == ("mine",)


def test_a_crash_on_one_article_is_its_output():
    def write(one: SystemTask) -> Output:
        if one.example.id == "b":
            raise ZeroDivisionError("no such thing")
        return Output(bullets=("x",))

    system = System(name="s", write=write, signature={}, n_parallel=2)
    outputs = [output for _, output in system.outputs([task("a"), task("b"), task("c")])]
    assert [output.error for output in outputs] == [
        None,
        "crashed: ZeroDivisionError: no such thing",
        None,
    ]


def rows(path: Path, *values: object) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def test_outputs_of_another_program(tmp_path):
    path = rows(
        tmp_path / "theirs.jsonl",
        {"id": "a", "bullets": ["One.", " "]},
        {"id": 7, "bullets": [{"text": "Two.", "support": 1.0}], "model": "theirs"},
        {"id": "empty", "bullets": []},
    )
    system = file_system("file:theirs.jsonl", path)
    assert only(system, task("a")).bullets == ("One.",)
    assert only(system, task("7")).bullets == ("Two.",)
    assert "no row has the id x" in str(only(system, task("x")).error)
    assert "no bullets" in str(only(system, task("empty")).error)
    changed = rows(tmp_path / "theirs.jsonl", {"id": "a", "bullets": ["Else."]})
    assert file_system("file:theirs.jsonl", changed).signature != system.signature


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([{"id": "a", "summary": "x"}], "found: id, summary"),
        ([{"id": "a", "bullets": ["x"]}] * 2, "stands twice"),
        ([["x"]], "a list"),
        ([{"id": "a", "bullets": 3}], "bullets is a number"),
        ([{"id": "a", "bullets": [{"words": "x"}]}], "bullets is a list"),
    ],
)
def test_outputs_that_cannot_be_read_are_refused(tmp_path, values, message):
    with pytest.raises(InputError) as caught:
        file_system("file:x", rows(tmp_path / "theirs.jsonl", *values))
    assert message in str(caught.value)


def test_a_missing_file_of_outputs_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        file_system("file:x", tmp_path / "none.jsonl")


def test_the_lead_is_cut_after_so_many_words():
    whole = only(random_system("random", n_bullets=99, seed=0), task()).bullets
    n_first = len(whole[0].split())
    output = only(lead_words_system("lead-w", n_words=n_first + 2), task())
    assert output.bullets == (whole[0], " ".join(whole[1].split()[:2]))
    assert [sentence for (sentence,) in output.sources] == list(whole[:2])
    assert only(lead_words_system("lead-w", n_words=999), task()).bullets == whole
