import pytest

from brief.evaluation.data.dataset import read_dataset
from brief.evaluation.data.harvest import harvest, to_row
from brief.evaluation.data.validation import Problem
from brief.ingest.article import to_article
from brief.ingest.jsonl import Source, from_row
from tests.paths import PROJECT

BULLETS = (
    "Osmund bridge will close on 3 May for six weeks.",
    "Inspectors found cracks in 14 of its beams.",
)
BODY = (
    "The Osmund bridge is to close at the start of May so that cracked beams can be replaced.",
    "Inspectors went over the bridge in March and counted fourteen cracks, the county said.",
    "Ferries are going to cross the river every twenty minutes until the work is done.",
)
PAGE = "\n\n".join(
    [
        "Home | News | Sport",
        "Old bridge to close for repairs",
        "By Ana Quill",
        BODY[0],
        "Quick summary",
        "\n".join(f"- {bullet}" for bullet in BULLETS),
        *BODY[1:],
        "Comments (12)",
    ]
)
OWN_PAGES = PROJECT / "eval" / "data" / "pages"


def test_a_page_becomes_an_article_with_references():
    (made,) = harvest([Source(id="p.txt", text=PAGE)])
    assert isinstance(made, Source)
    assert made.bullets == BULLETS
    assert made.headline == "Old bridge to close for repairs"
    assert made.byline == "Ana Quill"
    assert made.text.split("\n\n") == ["Old bridge to close for repairs", *BODY]


def test_the_article_is_the_same_when_it_is_cleaned_again():
    (made,) = harvest([Source(id="p.txt", text=PAGE)])
    assert [line.text.strip() for line in to_article(made).body] == list(BODY)


def test_a_row_reads_back():
    (made,) = harvest([Source(id="p.txt", text=PAGE)])
    assert from_row(to_row(made), "set.jsonl:1") == made


def test_pages_that_give_no_example_are_named():
    without = PAGE.replace("Quick summary", "").replace("- ", "")
    leaking = PAGE.replace(BODY[1], " ".join(BULLETS))
    pages = [
        Source(id="without", text=without),
        Source(id="leaking", text=leaking),
        Source(id="menu", text="Home\nNews\nSport\n"),
        Source(id="empty", text=" "),
    ]
    made = list(harvest(pages))
    assert all(isinstance(one, Problem) for one in made)
    assert [(one.id, one.kind) for one in made[:2]] == [
        ("without", "no_block"),
        ("leaking", "leak"),
    ]
    assert {one.kind for one in made[2:]} <= {"no_article", "no_block", "unreadable"}


def test_a_folder_of_pages_is_a_data_set(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.txt").write_text(PAGE)
    (tmp_path / "two.txt").write_text("Nothing to see here.\n")
    dataset = read_dataset(tmp_path)
    (example,) = dataset.examples
    assert example.id == "deep/one.txt"
    assert example.bullets == BULLETS
    assert [(problem.id, problem.kind) for problem in dataset.problems] == [("two.txt", "no_block")]
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert read_dataset(moved).digest == dataset.digest
    assert read_dataset(moved / "deep" / "one.txt").examples


@pytest.mark.skipif(not OWN_PAGES.is_dir(), reason="not in a source distribution")
def test_every_page_of_our_own_set_is_harvested():
    dataset = read_dataset(OWN_PAGES)
    assert dataset.problems == ()
    assert len(dataset.examples) == len(list(OWN_PAGES.iterdir())) >= 60
    for example in dataset.examples:
        assert 2 <= len(example.bullets) <= 4, example.id
        assert 180 <= len(example.source.text.split()) <= 950, example.id
