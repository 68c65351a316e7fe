"""Locust file for `service.py`: send articles to a server, record each answer's status and time.

Settings come from the environment: LOAD_ROWS (JSON lines with `text`), LOAD_OUT (a file for JSON
lines) and LOAD_RATE (requests per second of each of LOAD_USERS, answered or not). Without a rate
every article is sent once, as soon as its user is free, and sent again while the answer is 429.
"""

import itertools
import json
import os
import time
from pathlib import Path

import gevent
from locust import FastHttpUser, constant_throughput, task

ARTICLES = [
    json.loads(line)["text"] for line in Path(os.environ["LOAD_ROWS"]).read_text().splitlines()
]
RATE = os.environ.get("LOAD_RATE")
OUT = Path(os.environ["LOAD_OUT"]).open("w")  # noqa: SIM115  (as long as Locust runs)
NEXT = itertools.count()
DONE = itertools.count(1)
STARTED = itertools.count()
RETRY_S = 0.05
BUSY = 429


class Client(FastHttpUser):
    """Sends one article after another."""

    wait_time = constant_throughput(float(RATE)) if RATE else lambda _: 0.0

    def on_start(self) -> None:
        """Spread the users over their period: else all of them would send at once."""
        if RATE:
            gevent.sleep(next(STARTED) / int(os.environ["LOAD_USERS"]) / float(RATE))

    @task
    def summarize(self) -> None:
        """Send the next article."""
        place = next(NEXT)
        if RATE:
            self.send(ARTICLES[place % len(ARTICLES)])
            return
        if place >= len(ARTICLES):
            gevent.sleep(3600)
        while self.send(ARTICLES[place]) == BUSY:
            gevent.sleep(RETRY_S)
        if next(DONE) == len(ARTICLES):
            # Locust would run until its time is over, whatever its users do.
            os._exit(0)

    def send(self, text: str) -> int:
        """Send one article and record the answer; returns its status."""
        began = time.time()
        request = self.client.post("/v1/summarize", json={"text": text}, catch_response=True)
        with request as response:
            response.success()
        row = {"status": response.status_code, "began": began, "seconds": time.time() - began}
        OUT.write(json.dumps(row) + "\n")
        OUT.flush()
        return int(response.status_code)
