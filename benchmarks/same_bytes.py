"""Whether two trees of brief give the same bytes: the proof that a refactoring changed nothing.

    python benchmarks/same_bytes.py record --src OLD/src --inputs FOLDER... -o old
    python benchmarks/same_bytes.py record --src NEW/src --inputs FOLDER... -o new
    python benchmarks/same_bytes.py compare old new
    python benchmarks/same_bytes.py compare old new --ignore warnings --ignore remarks --ignore schema

`record` runs `brief` of one tree, with this interpreter, over the folders named, the project's own
pages, and hostile inputs (`hostile_inputs.py`). Ids are paths and the briefing reads modification
times, so the corpus is copied to a scratch folder with the same names and times in every record,
`.html.gz` unpacked. Cache and ledger start empty; within a record, commands with equal settings
share the model's work. Kept are stdout, stderr and exit code of each of `COMMANDS`, the editions,
and the evaluation's files; they hold text of the corpus.

`compare` masks what is `VOLATILE`: signatures, which are digests of the code, versions of brief,
seconds. All other bytes must be equal. Where those of a JSON file are not, the differing values are
printed, row by row. With `--ignore`, JSON files are equal when their values are, without these keys
wherever they stand; files for people are still compared whole.
"""

import argparse
import difflib
import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from itertools import zip_longest
from pathlib import Path

from hostile_inputs import hostile

PROJECT = Path(__file__).parents[1]
MODIFIED = 1_795_327_200  # 22 November 2026, 06:00 UTC: the day before the first edition
NOT_IN_FOLDERS = (".csv", ".eml", ".mhtml", ".xml")  # what brief reads only where it is named

COMMANDS = {
    "summaries.jsonl": "summarize {all} -f jsonl",
    "summaries.json": "summarize {some} -f json",
    "summaries.txt": "summarize {some}",
    "summaries.md": "summarize inputs/pages -f markdown",
    "summaries.html": "summarize inputs/pages -f html",
    "explained.txt": "summarize {all} --explain",
    "explained.md": "summarize {some} -f markdown --explain",
    "explained.html": "summarize {some} -f html --explain",
    "three-short.json": "summarize inputs/hostile -n 3 --length short -f json --no-cache",
    "lead.jsonl": "summarize {all} --model lead -f jsonl",
    "lexrank.jsonl": "summarize {some} --model lexrank -n 3 -f jsonl",
    "lexrank.txt": "summarize inputs/hostile --model lexrank --explain",
    "clean.json": "clean {all} -f json",
    "clean.txt": "clean {some}",
    "one.json": "summarize inputs/hostile/page.txt -f json",
    "one-quiet.txt": "summarize inputs/hostile/german.txt --quiet",
    "one-empty.json": "summarize inputs/hostile/empty.txt -f json",
    "one-missing.txt": "summarize inputs/hostile/paga.txt",
    "one-clean.json": "clean inputs/hostile/scripts.html -f json",
    "stdin.jsonl": "summarize - -f jsonl",
    "usage.txt": "summarize",
    "morning-1.txt": "morning --output editions --date 2026-11-23 --tz UTC {sources} --print",
    "morning-2.txt": "morning --output editions --date 2026-11-24 --tz UTC --source inputs --print",
    "eval.txt": "eval run --data inputs/pages --systems lead-3,lexrank,news-small --limit 32 -o eval",
    "eval-report.txt": "eval report eval",
    "eval-report.md": "eval report eval -f markdown --no-page",
}
"""By file of its stdout: `{all}` is the whole corpus, `{some}` the project's pages and the hostile
inputs, `{sources}` the project's pages and the first folder."""

VOLATILE = (
    # In JSON and in JSON on a page; in a line for people, with 12 digits in eval's; on eval's page.
    r'(?P<keep>("|&#34;)(signature|corridor)("|&#34;): ("|&#34;))[0-9a-f]{16}\b',
    r"(?P<keep>\bsignature\s+)[0-9a-f]{12,16}\b",
    r"(?P<keep><dt>digest</dt><dd>)[0-9a-f]{64}\b",
    # Versions of brief, and what a phase of the briefing took.
    r'(?P<keep>"(version|brief)": "|\bbrief )\d+\.\d+\.\d+[.\w+-]*',
    r"(?P<keep>^brief: \w+: .* )\(\d+\.\d s\)$",
)
"""What is not compared, after `keep`."""

MAX_SHOWN = 10
"""Differences of one file that are printed."""

NONE = "(nothing)"
"""In place of a key or a row that one side lacks."""


def gather(folders: list[Path], target: Path) -> None:
    """Copy the corpus to a folder."""
    found = {f"hostile/{name}": data for name, data in hostile().items()}
    named = {"pages": PROJECT / "eval/data/pages"}
    named |= {f"{place}-{folder.name}": folder for place, folder in enumerate(folders, start=1)}
    for name, folder in named.items():
        for path in folder.rglob("*"):
            if path.name.endswith(".html.gz"):
                plain = path.relative_to(folder).with_suffix("")
                found[f"{name}/{plain}"] = gzip.decompress(path.read_bytes())
            elif path.is_file() and path.suffix != ".json":
                found[f"{name}/{path.relative_to(folder)}"] = path.read_bytes()
    for place, name in enumerate(sorted(found)):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(found[name])
        os.utime(target / name, (MODIFIED - 60 * place, MODIFIED - 60 * place))


def record(src: Path, folders: list[Path], output: Path) -> None:
    """Run every command, and keep what it wrote."""
    output.mkdir(parents=True)
    codes = {}
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        inputs = work / "inputs"
        gather(folders, inputs)
        places = {f"BRIEF_{name}_DIR": str(work / name.lower()) for name in ("CACHE", "DATA")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BRIEF_")}
        environment = {**kept, "PYTHONPATH": str(src.resolve()), "COLUMNS": "100", **places}
        environment["PYTHONFAULTHANDLER"] = "1"
        where = "import brief; print(brief.__file__)"
        ran = subprocess.check_output([sys.executable, "-c", where], env=environment, text=True)
        if not Path(ran.strip()).is_relative_to(src.resolve()):
            sys.exit(f"{ran.strip()} would run, which is not of {src}")
        tops = sorted(f"inputs/{path.name}" for path in inputs.iterdir())
        files = sorted(str(path.relative_to(work)) for path in inputs.rglob("*") if path.is_file())
        words = {
            "all": " ".join([*tops, *(name for name in files if name.endswith(NOT_IN_FOLDERS))]),
            "some": "inputs/pages inputs/hostile",
            "sources": f"--source inputs/pages --source {tops[0]}",
        }
        for name, line in COMMANDS.items():
            args = line.format(**words).split()
            codes[name] = run(args, work, environment, output / name)
            if codes[name] < 0:
                # Heap corruption while two threads parsed HTML was seen once. A crash is not to be
                # compared, but to be known; a briefing that goes on after it ends in the same bytes.
                said = (output / f"{name}.stderr").read_text("utf-8", "replace")
                print(f"{name}: ended by signal {-codes[name]}; run again\n{said}", flush=True)
                codes[name] = run(args, work, environment, output / name)
        (output / "exit_codes.json").write_text(json.dumps(codes, indent=1) + "\n")
        for folder in {"editions", "eval"} & {path.name for path in work.iterdir()}:
            shutil.copytree(work / folder, output / folder)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    n_rows = (output / "summaries.jsonl").read_bytes().count(b"\n")
    n_outputs = sum(path.is_file() for path in output.rglob("*"))
    print(
        f"{len(files)} files, {n_rows} inputs with their rows; {len(codes)} commands,"
        f" {n_outputs} outputs; {spent.ru_utime + spent.ru_stime:.0f} s of CPU"
    )


def run(args: list[str], work: Path, environment: dict[str, str], to: Path) -> int:
    """Run one command of brief in a folder; return its exit code."""
    page = (work / "inputs/hostile/page.txt").read_bytes()
    command = [sys.executable, "-m", "brief", *args]
    with to.open("wb") as out, to.with_name(f"{to.name}.stderr").open("wb") as err:
        return subprocess.run(
            command, cwd=work, env=environment, input=page, stdout=out, stderr=err, check=False
        ).returncode


def compare(old: Path, new: Path, ignored: Collection[str]) -> int:
    """Print what differs; return in how many files."""
    folders = [old, new]
    names = [{str(p.relative_to(top)) for p in top.rglob("*") if p.is_file()} for top in folders]
    if not names[0]:
        sys.exit(f"{old}: holds no record")
    n_differing = 0
    for name in sorted(names[0] | names[1]):
        if name not in names[0] & names[1]:
            found = [f"only in {old if name in names[0] else new}"]
        else:
            found = list(differences(name, steady(old / name), steady(new / name), ignored))
        n_differing += bool(found)
        for line in [f"{name}: {len(found)} differences"] * bool(found) + found[:MAX_SHOWN]:
            print(line)
    print(f"{len(names[0] | names[1])} files compared, {n_differing} differ")
    return n_differing


def steady(path: Path) -> str:
    """A file's text without what is volatile."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    for pattern in VOLATILE:
        text = re.sub(pattern, r"\g<keep>MASKED", text, flags=re.MULTILINE)
    return text


def differences(name: str, old: str, new: str, ignored: Collection[str]) -> Iterator[str]:
    """How two texts of one name differ, a line for each difference; nothing when they are equal."""
    if old == new:
        return
    if name.endswith((".json", ".jsonl")) and old and new:
        found = list(unequal("", parsed(name, old), parsed(name, new), ignored))
        yield from found
        if not found and not ignored:
            yield "  equal values in other bytes: order of keys, or spacing"
        return
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)
    yield from (f"  {line[:300]}" for line in lines if not line.startswith(("---", "+++", "@@")))


def parsed(name: str, text: str) -> object:
    """A file's JSON; that of JSON lines as one list."""
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.split("\n") if line]
    return json.loads(text)


def unequal(place: str, old: object, new: object, ignored: Collection[str]) -> Iterator[str]:
    """Where two JSON values differ, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            if key not in ignored:
                yield from unequal(
                    f"{place}.{key}", old.get(key, NONE), new.get(key, NONE), ignored
                )
    elif isinstance(old, list) and isinstance(new, list):
        for index, (one, other) in enumerate(zip_longest(old, new, fillvalue=NONE)):
            named = f" {one['id']}" if isinstance(one, dict) and "id" in one else ""
            yield from unequal(f"{place}[{index}{named}]", one, other, ignored)
    elif old != new or type(old) is not type(new):
        yield f"  {place}: {old!r:.150} -> {new!r:.150}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="run one tree's code over the corpus")
    recording.add_argument("--src", type=Path, required=True, help="folder that holds brief/")
    recording.add_argument("--inputs", type=Path, nargs="+", default=[], help="folders of pages")
    recording.add_argument("-o", "--output", type=Path, required=True, help="a new folder")
    comparing = commands.add_parser("compare", help="exit with 1 when two records differ")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--ignore", action="append", default=[], metavar="KEY", help="of JSON")
    args = parser.parse_args()
    if args.command == "record":
        record(args.src, args.inputs, args.output)
    elif compare(args.old, args.new, set(args.ignore)):
        sys.exit(1)


if __name__ == "__main__":
    main()
