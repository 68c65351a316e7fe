"""`brief train`, as the README says it, on a small set: is what comes out really better?"""

import json
import random

import pytest

from brief.cli.main import run
from brief.evaluation.metrics.rouge import ReferenceScorer
from brief.evaluation.metrics.significance import compare
from brief.ingest.article import to_article
from brief.ingest.inputs import to_source
from brief.models import load_model
from brief.pipeline.summarizer import Summarizer

pytestmark = [pytest.mark.slow, pytest.mark.torch]

PLACES = "Port Ellery|Osmund|Vellmar|Quill Creek|Osterby|Damsel|Ebbsham|Tolland|Marlow Bay".split(
    "|"
)
ASIDES = (
    "a town of 9,000 people|which was elected in May|the oldest in the county|led by Ana Dufour"
    "|a body of nine members|which meets twice a month|known for its short meetings"
).split("|")
BODIES = "council|school board|harbor office|court|library|hospital|bus company|museum".split("|")
DEEDS = "approved|opened|closed|sold|ordered|repaired|rented|lost".split("|")
THINGS = "ferries|houses|buses|gardens|boats|bridges|pianos|greenhouses".split("|")
TIMES = "on Monday|on Tuesday|on Friday|in March|in June|last week".split("|")
SEASONS = "spring|summer|autumn|winter|rainy season|dry season|early morning|late evening".split(
    "|"
)
CROWDS = "children|visitors|gulls|walkers|sailors|painters|gardeners|cyclists|singers".split("|")
SPOTS = "near the pier|by the old mill|under the trees|along the wall|behind the market".split("|")
WAYS = "wait for a while|talk about the weather|look for shade|rest on the benches".split("|")
MOODS = "nobody minds|few ask why|some laugh about it|most go home early".split("|")


def filler(draw):
    """A sentence that reports nothing, hardly ever the same twice."""
    return (
        f"In the {draw.choice(SEASONS)} {draw.choice(CROWDS)} and {draw.choice(CROWDS)}"
        f" {draw.choice(SPOTS)} {draw.choice(WAYS)}, and {draw.choice(MOODS)}."
    )


def invented(seed, *, n_fillers):
    """An article with three facts among fillers, and the facts without their asides."""
    draw = random.Random(seed)
    facts, bullets = [], []
    for body in draw.sample(BODIES, 3):
        who = f"The {body} of {draw.choice(PLACES)}"
        rest = f"{draw.choice(DEEDS)} {draw.randint(3, 90)} {draw.choice(THINGS)}"
        when = draw.choice(TIMES)
        facts.append(f"{who}, {draw.choice(ASIDES)}, {rest} {when}.")
        bullets.append(f"{who} {rest} {when}.")
    lines = [*facts, *(filler(draw) for _ in range(n_fillers))]
    draw.shuffle(lines)
    told = sorted(zip(facts, bullets, strict=True), key=lambda pair: lines.index(pair[0]))
    return {
        "id": f"a{seed}",
        "article": "\n".join(lines),
        "bullets": [bullet for _, bullet in told],
    }


def bullets_of(model, articles):
    summarizer = Summarizer(model, n_bullets=3)
    return [
        [
            bullet.text
            for bullet in summarizer.summarize(
                to_article(to_source(row["article"], id=row["id"]))
            ).bullets
        ]
        for row in articles
    ]


def test_a_small_set_makes_the_model_better_on_unseen_articles(tmp_path):
    data = tmp_path / "set.jsonl"
    data.write_text("".join(json.dumps(invented(seed, n_fillers=6)) + "\n" for seed in range(80)))
    out = tmp_path / "model"
    command = f"train --data {data} --base news-small -o {out} --steps 50 --validate-every 25 --batch-tokens 1200"
    assert run([*command.split(), "--threads", "1", "--quiet"]) == 0

    # The writer learns wording; what it writes of is chosen by salience, which stays as it was.
    unseen = [invented(seed, n_fillers=0) for seed in range(1000, 1040)]
    scorer = ReferenceScorer([row["bullets"] for row in unseen])
    before, after = (
        [scores.values["rougeLsum"] for scores in scorer.score(bullets_of(model, unseen))]
        for model in (load_model("news-small"), load_model(str(out)))
    )
    gain = compare(after, before, a="trained", b="news-small", metric="rougeLsum", seed=0)
    assert gain.low > 0, gain
