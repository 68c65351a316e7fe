"""What Locust runs for `service.py`: articles to a server, each answer's status and time noted.

Told by the environment: LOAD_ROWS (JSON lines with `text`), LOAD_OUT (a file for JSON lines),
LOAD_RATE (requests a second of each user; as fast as they are answered when it is not set).
"""

import itertools
import json
import os
import time
from pathlib import Path

from locust import FastHttpUser, constant_throughput, task

ARTICLES = [json.loads(line)["text"] for line in Path(os.environ["LOAD_ROWS"]).open()]
RATE = os.environ.get("LOAD_RATE")
OUT = Path(os.environ["LOAD_OUT"]).open("w")
NEXT = itertools.count()
DONE = itertools.count(1)


class Client(FastHttpUser):
    """Sends one article after another."""

    wait_time = constant_throughput(float(RATE)) if RATE else lambda _: 0.0

    @task
    def summarize(self) -> None:
        place = next(NEXT)
        if place >= len(ARTICLES) and not RATE:
            self.stop()
            return
        began = time.time()
        with self.client.post(
            "/v1/summarize", json={"text": ARTICLES[place % len(ARTICLES)]}, catch_response=True
        ) as response:
            response.success()
        row = {
            "status": response.status_code,
            "began": began,
            "seconds": time.time() - began,
            "retry_after": (response.headers or {}).get("Retry-After"),
        }
        OUT.write(json.dumps(row) + "\n")
        OUT.flush()
        if next(DONE) == len(ARTICLES) and not RATE:
            # Locust goes on until its time is over, whatever its users do.
            os._exit(0)
