import csv
import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from brief.errors import InputError, UsageError
from brief.evaluation.data.dataset import read_dataset, split_dataset
from brief.evaluation.data.validation import leak

TEXT = "The bridge at {} will close in May, the council said on Monday. Ferries will run daily."
FRENCH = "Le pont sera fermé en mai, a dit le conseil lundi, et les bacs iront chaque jour ici."


def row(number: int, **more: object) -> dict[str, object]:
    bullets = [f"Bridge {number} closes in May.", "Boats replace it."]
    return {"id": f"a{number}", "text": TEXT.format(number), "bullets": bullets, **more}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


def ids(dataset) -> list[str]:
    return [example.id for example in dataset.examples]


def test_rows_become_examples(tmp_path):
    path = write(tmp_path / "set.jsonl", row(1, title="Bridge", topic="local"), row(2))
    dataset = read_dataset(path)
    first, second = dataset.examples
    assert first.id == "a1"
    assert first.bullets == ("Bridge 1 closes in May.", "Boats replace it.")
    assert first.source.headline == "Bridge"
    assert first.slices == {"topic": "local"}
    assert second.slices == {}
    assert dataset.name == "set.jsonl"
    assert dataset.problems == ()
    assert dataset.columns == ("id", "text", "bullets", "title", "topic")


def test_examples_can_be_read_again(tmp_path):
    dataset = read_dataset(write(tmp_path / "set.jsonl", row(1), row(2), row(3)))
    assert len(dataset.examples) == 3
    assert list(dataset.examples) == list(dataset.examples)


@pytest.mark.parametrize(
    "columns",
    [
        {"article": TEXT, "highlights": "One thing.\nAnother thing."},
        {"document": TEXT, "summary": ["One thing.", "Another thing."]},
        {"text": TEXT, "bullets": '["One thing.", "Another thing."]'},
    ],
)
def test_published_column_names_are_read(tmp_path, columns):
    (example,) = read_dataset(write(tmp_path / "set.jsonl", columns)).examples
    assert example.bullets == ("One thing.", "Another thing.")
    assert example.source.text == TEXT


def test_bullets_go_before_a_summary_column(tmp_path):
    path = write(tmp_path / "set.jsonl", row(1, summary="A standfirst."))
    (example,) = read_dataset(path).examples
    assert example.bullets[0] == "Bridge 1 closes in May."


def write_csv(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(
            {key: json.dumps(v) if isinstance(v, list) else v for key, v in one.items()}
            for one in rows
        )
    return path


def test_every_format_gives_the_same_examples(tmp_path):
    import datasets
    import pyarrow as pa
    from pyarrow import parquet

    rows = [row(1), row(2)]
    plain = write(tmp_path / "set.jsonl", *rows)
    packed = tmp_path / "set.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    columns = tmp_path / "set.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), columns)
    hub = tmp_path / "hub"
    datasets.DatasetDict({"test": datasets.Dataset.from_list(rows)}).save_to_disk(str(hub))
    paths = [plain, packed, columns, hub, write_csv(tmp_path / "set.csv", rows)]
    assert len({read_dataset(path).digest for path in paths}) == 1


def test_a_folder_with_several_splits_needs_one_named(tmp_path):
    import datasets

    hub = tmp_path / "hub"
    parts = {name: datasets.Dataset.from_list([row(n)]) for n, name in enumerate(("dev", "test"))}
    datasets.DatasetDict(parts).save_to_disk(str(hub))
    assert ids(read_dataset(hub, split="test")) == ["a1"]
    with pytest.raises(UsageError, match="has the splits dev, test"):
        read_dataset(hub)
    with pytest.raises(UsageError, match="no split train"):
        read_dataset(hub, split="train")


def test_a_split_column_selects_rows(tmp_path):
    path = write(tmp_path / "set.jsonl", row(1, split="dev"), row(2, split="test"))
    assert ids(read_dataset(path, split="test")) == ["a2"]


def test_the_digest_tells_contents_and_not_places(tmp_path):
    (tmp_path / "other").mkdir()
    no_id = {key: value for key, value in row(1).items() if key != "id"}
    one = read_dataset(write(tmp_path / "set.jsonl", no_id, row(2)))
    moved = read_dataset(write(tmp_path / "other" / "set.jsonl", no_id, row(2)))
    changed = read_dataset(write(tmp_path / "new.jsonl", no_id, row(2, title="New")))
    assert one.digest == moved.digest != changed.digest


BAD = [
    ("no_article", {**row(9), "text": " "}),
    ("no_references", {**row(9), "bullets": []}),
    ("duplicate_id", {**row(9), "id": "a1"}),
    ("duplicate_text", {**row(1), "id": "a9"}),
    ("leak", {**row(9), "text": "Key points\n" + TEXT}),
    ("leak", {**row(9), "text": TEXT + " 1. Bridge 9 closes in May. 2. Boats replace it."}),
    ("other_language", {**row(9), "text": FRENCH}),
]


@pytest.mark.parametrize(("kind", "bad"), BAD)
def test_problems_are_named_and_dropped_only_when_strict(tmp_path, kind, bad):
    path = write(tmp_path / "set.jsonl", row(1), row(2), bad)
    dataset = read_dataset(path)
    assert dataset.counted_problems == {kind: 1}
    assert len(dataset.examples) == 3
    strict = read_dataset(path, strict=True)
    assert ids(strict) == ["a1", "a2"]
    assert strict.counted_problems == {kind: 1}
    assert strict.digest == read_dataset(write(tmp_path / "b.jsonl", row(1), row(2))).digest


def test_rows_of_one_id_are_told_apart(tmp_path):
    twice = {**row(2), "id": "a1"}
    dataset = read_dataset(write(tmp_path / "set.jsonl", row(1), twice))
    assert ids(dataset) == ["a1", "a1#2"]
    assert [example.source.id for example in dataset.examples] == ["a1", "a1#2"]


def test_rows_that_cannot_be_read_are_named_and_never_examples(tmp_path):
    path = write(tmp_path / "set.jsonl", row(1), ["no object"])
    dataset = read_dataset(path)
    assert ids(dataset) == ["a1"]
    assert dataset.counted_problems == {"unreadable": 1}
    assert dataset.problems[0].id == "set.jsonl:2"


def test_an_extra_cell_in_csv_is_a_problem_of_its_row(tmp_path):
    path = tmp_path / "set.csv"
    path.write_text("id,text,bullets\na,Some text here.,One.\nb,Too, many, cells\n")
    dataset = read_dataset(path)
    assert ids(dataset) == ["a"]
    assert "more cells" in dataset.problems[0].what


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "a", "body": "x", "bullets": ["y"]}\n', "found: id, body, bullets"),
        ('{"id": "a", "text": "x", "abstract": "y"}\n', "columns found: id, text, abstract"),
        ("", "holds no row"),
        ("\n\n", "holds no row"),
    ],
)
def test_a_set_without_examples_or_references_is_refused(tmp_path, content, message):
    path = tmp_path / "set.jsonl"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    assert message in str(caught.value)


def test_a_missing_file_and_a_damaged_one_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_dataset(tmp_path / "none.jsonl")
    for name in ("set.jsonl.gz", "set.parquet", "set.csv"):
        (tmp_path / name).write_bytes(b"\xff\xfenothing\x00")
        with pytest.raises(InputError, match="cannot be read"):
            read_dataset(tmp_path / name)


def test_a_sample_is_seeded_and_independent_of_order(tmp_path):
    rows = [row(number) for number in range(40)]
    forward = write(tmp_path / "set.jsonl", *rows)
    backward = write(tmp_path / "back.jsonl", *rows[::-1])
    five = ids(read_dataset(forward, limit=5))
    assert five == sorted(five, key=lambda id_: int(id_[1:]))
    assert set(five) == set(ids(read_dataset(backward, limit=5)))
    assert set(five) < set(ids(read_dataset(forward, limit=9)))
    assert set(five) != set(ids(read_dataset(forward, limit=5, seed=1)))
    assert len(ids(read_dataset(forward, limit=99))) == 40
    with pytest.raises(UsageError, match="--limit 0"):
        read_dataset(forward, limit=0)


def test_parts_are_disjoint_and_stay_when_rows_are_added(tmp_path):
    rows = [row(number) for number in range(60)]
    whole = read_dataset(write(tmp_path / "set.jsonl", *rows))
    first, second = split_dataset(whole)
    assert sorted(ids(first) + ids(second)) == sorted(ids(whole))
    assert 15 < len(first.examples) < 45
    assert first.digest != second.digest
    more, _ = split_dataset(read_dataset(write(tmp_path / "more.jsonl", *rows, row(99))))
    assert set(ids(first)) <= set(ids(more)) <= {*ids(first), "a99"}
    sample, rest = split_dataset(read_dataset(tmp_path / "set.jsonl", limit=30))
    assert len(sample.examples) > 5 < len(rest.examples)


def test_a_large_file_is_not_held_in_memory(tmp_path):
    path = tmp_path / "set.jsonl"
    with path.open("w") as file:
        for number in range(400):
            text = f"The council of place {number} met on Monday. " + "Z" * 20_000
            file.write(json.dumps({**row(number), "text": text}) + "\n")
    size = path.stat().st_size
    tracemalloc.start()
    try:
        dataset = read_dataset(path)
        assert sum(1 for _ in dataset.examples) == 400
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < size / 4


@pytest.mark.parametrize(
    ("article", "leaked"),
    [
        ("One bridge shut. Two boats sail.", True),
        ("• One bridge shut\n• Two boats sail", True),
        ("ONE BRIDGE SHUT! 2) Two boats sail", True),
        ("Two boats sail. One bridge shut.", False),
        ("One bridge shut. It rained. The mayor came and spoke. Two boats sail.", False),
        ("One bridge shut. Two boats sailed.", False),
        ("Quick summary:\nIt rained.", True),
        ("It was, in summary, a wet day, and the highlights were few.", False),
        ("", False),
    ],
)
def test_a_leak_is_a_heading_or_two_bullets_together(article, leaked):
    assert bool(leak(article, ["One bridge shut.", "Two boats sail."])) == leaked


def test_one_copied_sentence_is_no_leak():
    assert leak("One bridge shut. More.", ["One bridge shut."]) is None
    assert leak("Any text.", ["", "—"]) is None
