"""The script as a user's machine runs it: by path, offline, from any folder."""

import json
import os
import subprocess
import sys

import pytest
from rouge_score.rouge_scorer import RougeScorer

PROGRAM = """
import json, socket, sys

def refuse(*args, **kwargs):
    raise SystemExit(f"asked for the network: {args}")

socket.socket.connect = socket.getaddrinfo = refuse

from brief.evaluation.metrics import rouge
loaded_early = "evaluate" in sys.modules
scores = rouge.ReferenceScorer([["the market closed", "a hall opens"]]).score(
    [["a hall is opening", "markets close"]]
)[0]
print(json.dumps({"early": loaded_early, "values": scores.values, "modules": sorted(sys.modules)}))
"""


@pytest.mark.torch
def test_it_loads_by_path_without_network_or_settings(tmp_path):
    # What a relative name would find first.
    for decoy in ("rouge_metric.py", "rouge/rouge.py", "evaluation/metrics/rouge_metric.py"):
        path = tmp_path / "work" / decoy
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('the decoy was run')")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "XDG_"))
    }
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path / "work",
        env={**environment, "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert not found["early"]
    theirs = RougeScorer(["rouge1", "rougeLsum"], use_stemmer=True).score(
        "the market closed\na hall opens", "a hall is opening\nmarkets close"
    )
    assert found["values"]["rouge1"] == theirs["rouge1"].fmeasure
    assert found["values"]["rougeLsum"] == theirs["rougeLsum"].fmeasure
    # The script ran as evaluate's copy and never as a module of brief.
    assert any(
        name.startswith("evaluate_modules.metrics.rouge_metric.") for name in found["modules"]
    )
    assert "brief.evaluation.metrics.rouge_metric" not in found["modules"]
