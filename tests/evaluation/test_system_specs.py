import json

import pytest

from brief.errors import BriefError, UsageError
from brief.evaluation.data.dataset import Example
from brief.evaluation.metrics.rouge_tokenizer import UnicodeTokenizer
from brief.evaluation.system_specs import Setup, parse_systems
from brief.evaluation.systems import System, SystemTask
from brief.ingest.jsonl import Source
from tests.paths import PROJECT

EXAMPLE = PROJECT / "eval" / "systems.toml"
SENTENCES = [f"Sentence number {n} of the story tells the reader a thing or two." for n in range(9)]
TASK = SystemTask.of(
    Example("a", Source(id="a", text="\n".join(SENTENCES)), tuple(SENTENCES[5:7]), {})
)


def parse(names: str, **settings: object) -> tuple[System, ...]:
    return parse_systems(names, Setup(**{"n_bullets": 3, **settings}), tokenizer=UnicodeTokenizer())


def bullets(system: System) -> tuple[str, ...]:
    ((_, output),) = system.outputs([TASK])
    return output.bullets


def test_names_are_kept_as_typed_and_numbers_are_their_own():
    systems = parse("lead-2, lexrank,textrank-1 ,random,oracle-4,reference", n_bullets=3)
    assert [(system.name, system.n_bullets) for system in systems] == [
        ("lead-2", 2),
        ("lexrank", 3),
        ("textrank-1", 1),
        ("random", 3),
        ("oracle-4", 4),
        ("reference", None),
    ]
    assert bullets(systems[0]) == tuple(SENTENCES[:2])
    assert [len(bullets(system)) for system in systems] == [2, 3, 1, 3, 2, 2]


def test_a_lead_may_be_as_long_as_another_system():
    (cut,) = parse("lead-4w")
    assert " ".join(bullets(cut)) == " ".join(" ".join(SENTENCES).split()[:4])
    with pytest.raises(UsageError, match="lead-0w: a lead of no words"):
        parse("lead-0w")


def test_settings_of_models_leave_the_baselines_alone():
    (plain,) = parse("lead-2")
    (other,) = parse("lead-2", length="short", generation={"num_beams": 2})
    assert plain.signature == other.signature


def test_a_file_of_outputs_is_a_system(tmp_path):
    path = tmp_path / "theirs.jsonl"
    path.write_text(json.dumps({"id": "a", "bullets": ["Theirs."]}) + "\n")
    (system,) = parse(f"file:{path}")
    assert bullets(system) == ("Theirs.",)


def test_models_differ_by_their_settings():
    (plain,) = parse("news-small", threads=1)
    (other,) = parse("news-small", threads=1, generation={"num_beams": 1})
    assert plain.signature["corridor"] != other.signature["corridor"]
    assert other.signature["generation"]["num_beams"] == 1
    assert "cnn_dailymail" in plain.training_sets
    assert plain.model == ("news-small", "ctranslate")


TOML = """
[short-lead]
model = "lead"
bullets = 1

[greedy]
model = "news-small"
threads = 1
generation = { num_beams = 1 }
training_sets = ["our archive"]
training_files = ["train.jsonl"]

[theirs]
file = "theirs.jsonl"
training_sets = ["xsum"]
"""


def test_a_toml_file_names_systems(tmp_path):
    (tmp_path / "theirs.jsonl").write_text(json.dumps({"id": "a", "bullets": ["Theirs."]}))
    toml = tmp_path / "systems.toml"
    toml.write_text(TOML)
    short, greedy, theirs = parse("", toml=toml)
    assert (short.name, short.n_bullets, bullets(short)) == ("short-lead", 1, (SENTENCES[0],))
    assert greedy.signature["generation"]["num_beams"] == 1
    assert "our archive" in greedy.training_sets
    assert greedy.training_files == (tmp_path / "train.jsonl",)
    assert theirs.training_sets == ("xsum",)
    assert [system.name for system in parse("theirs,lead", toml=toml)] == ["theirs", "lead"]


@pytest.mark.skipif(not EXAMPLE.is_file(), reason="not in a source distribution")
def test_the_example_that_comes_with_the_project_loads():
    names = [system.name for system in parse("", toml=EXAMPLE, threads=1)]
    assert names == ["news-small", "news-small-greedy", "news-small-short"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("", "no system was named"),
        (" , ", "no system was named"),
        ("lead,lead", "names lead twice"),
        ("lead-0", "from 1 to 50"),
        ("leed", "did you mean lead?"),
        ("orakel", "did you mean oracle?"),
        ("file:none.jsonl", "cannot be read"),
        ("no/such/folder", "no such model folder"),
    ],
)
def test_unknown_systems_are_refused(names, message):
    with pytest.raises(BriefError) as caught:
        parse(names)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[a]\nmodle = 'lead'", "did you mean model?"),
        ("[a]\nbullets = 2", "either model or file"),
        ("[a]\nmodel = 'lead'\nfile = 'x'", "either model or file"),
        (
            "[a]\nmodel = 'lead'\nbullets = '2'",
            "bullets must be a whole number from 1 to 50, not '2'",
        ),
        (
            "[a]\nmodel = 'lead'\nbullets = true",
            "bullets must be a whole number from 1 to 50, not True",
        ),
        ("[a]\nmodel = 'lead'\nbullets = 0", "from 1 to 50"),
        ("[a]\nmodel = 'lead'\nthreads = 0", "from 1 to 1,024"),
        ("[a]\nmodel = 'lead'\ntraining_sets = [1]", "a list of texts"),
        (
            "[a]\nmodel = 'lead'\nlength = 'tall'",
            "length must be one of short, medium, long, not 'tall'",
        ),
        ("[a]\nmodel = 'lead'\ngeneration = {beams = 2}", "a generation: unknown setting beams"),
        ("[a]\nmodel = 'lead'\ngeneration = {num_beams = 'x'}", "must be a whole number"),
        ("[a]\nmodel = 'lead'\nweights = {salient = 2}", "a weights: unknown setting salient"),
        ("[a]\nmodel = 'lead'\nweights = {salience = 'x'}", "must be a number"),
        ("[a]\nmodel = 'lead'\nweights = {salience = nan}", "must be a number"),
        ("[a]\nmodel = 'lead'\ntuned_on = {seed = 0}", "a tuned_on: digest is missing"),
        ("a = 1", "must be a table"),
        ("[a", "not TOML"),
    ],
)
def test_a_toml_file_that_says_what_it_may_not_is_refused(tmp_path, toml, message):
    path = tmp_path / "systems.toml"
    path.write_text(toml)
    with pytest.raises(UsageError) as caught:
        parse("", toml=path)
    assert message in str(caught.value)


def test_a_missing_toml_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        parse("lead", toml=tmp_path / "none.toml")
