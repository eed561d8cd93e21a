from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter

import pytest

from taxonomy.claude.fake import FAULTS, Rule, request_digest
from taxonomy.claude.ledger import Ledger
from taxonomy.claude.money import load_tariff
from taxonomy.claude.upkeep import failures
from taxonomy.claude.wire import message_params

BUDGET = 1.0
# Ends a request for good, so it is not part of what must come out like a run without faults.
FINAL = {"errored_invalid"}
LASTING = [
    Rule(fault=fault, share=0.02, always=True) for fault in ("refusal_empty", "refusal_text")
]
# A batch is struck as a whole, so more often than one of the many requests is.
SHARES = {"before": 0.02, "after": 0.01, "answer": 0.02, "item": 0.02, "batch": 0.1, "results": 0.2}
PASSING = [
    Rule(fault=fault, share=SHARES[kind])
    for fault, kind in FAULTS.items()
    if fault not in FINAL | {rule.fault for rule in LASTING} | {"obeyed"}
]


# A process that has imported everything, of which each asking is a fork: so a start costs little.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", "anthropic", "taxonomy.claude", "taxonomy.claude.upkeep"])
FORKED = """
import os, runpy, sys
sys.stdout = os.fdopen(os.dup(ready.fileno()), "w")
runpy.run_path(program)["main"](*arguments)
"""


def start(asking, server, folder, mode, n):
    """A process that asks, once it has begun."""
    arguments = [server.url, str(folder / "answers.sqlite"), mode, str(n), str(BUDGET)]
    ours, ready = FORKS.Pipe(duplex=False)
    told = {
        "program": asking.__file__,
        "arguments": [*arguments, str(folder / "out.json")],
        "ready": ready,
    }
    process = FORKS.Process(target=exec, args=(FORKED, told), daemon=True)
    process.start()
    ready.close()
    with ours:
        assert os.read(ours.fileno(), 6) == b"ready\n"
    return process


def finish(*asked):
    process = start(*asked)
    process.join(timeout=300)
    assert process.exitcode == 0
    return json.loads((asked[2] / "out.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "n", "n_kills"), [("auto", 2_000, 20), ("direct", 500, 8)])
def test_every_fault_and_many_kills_lose_nothing_and_pay_for_nothing_twice(
    serve, asking, tmp_path, mode, n, n_kills
):
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    calm.mkdir()
    wild.mkdir()
    expected = finish(asking, serve(*LASTING), calm, mode, n)
    assert Counter(status for status, _ in expected).keys() == {"ok", "refused"}

    server = serve(*LASTING, *PASSING, batch_seconds=0.2)
    chance = random.Random(5)
    n_killed = n_in_the_middle = 0
    # A busy machine may not have sent anything when it is killed: some more kills are then made.
    while n_killed < n_kills or n_in_the_middle < n_kills / 2:
        assert n_killed < 4 * n_kills
        process = start(asking, server, wild, mode, n)
        time.sleep(chance.uniform(0.0, 0.3))
        process.kill()
        process.join()
        n_killed += process.exitcode == -signal.SIGKILL
        with Ledger(wild / "answers.sqlite") as ledger:
            n_in_the_middle += bool(ledger.under_way())
    found = finish(asking, server, wild, mode, n)

    # Nothing is lost, and the result is that of the run without faults.
    assert found == expected
    with Ledger(wild / "answers.sqlite") as ledger:
        check_books(asking, server, ledger, n)


def check_books(asking, server, ledger, n):
    # No request has two answers that were paid for.
    answered = Counter(sendings(ledger, "answered"))
    assert max(answered.values()) == 1
    # What the server billed beyond that, the ledger names as lost.
    lost = Counter(sendings(ledger, "lost"))
    for number in range(n):
        request = asking.facet_request(number)
        for step in ("first", "longer"):
            digest = request_digest(message_params(request, step=step))
            billed = server.bills.get(digest, 0)
            assert billed <= answered[request.key, step] + lost[request.key, step]
    assert sum(server.bills.values()) <= answered.total() + lost.total()
    assert {state for state, *_ in failures(ledger)} == {"lost", "refused"}
    assert ledger.under_way() == set()
    # The budget counts at least what the server does, and was not passed.
    price = load_tariff().price(asking.HAIKU)
    billed = (server.input_tokens * price.input + server.output_tokens * price.output) / 1e6
    assert billed / 2 <= ledger.spent("run") <= BUDGET


def sendings(ledger, state):
    rows = ledger.rows(
        "SELECT key, step, COUNT(*) FROM attempts WHERE state=? GROUP BY 1, 2", state
    )
    return {(key, step): n for key, step, n in rows}
