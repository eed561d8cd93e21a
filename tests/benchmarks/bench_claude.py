"""The facets of 100,000 conversations through the fake server's batches: time, memory, the ledger.

The server runs in a process of its own, and shares the machine's cores with the client.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.claude import Claude, connect
from taxonomy.conversations import read_conversations
from taxonomy.demo import write_corpus
from taxonomy.estimate import estimate_tokens_each
from taxonomy.facets import extract_facets_by_claude
from taxonomy.run import peak_memory_mib
from taxonomy.settings import Settings

N = int(os.environ.get("BENCH_CLAUDE_N", "100000"))
BASE = 10_000
BAR_SECONDS, BAR_MIB = 600, 1_536


class TimedConnection:
    """A connection to SQLite that adds up the seconds spent in it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.seconds = 0.0

    def execute(self, *given: Any) -> Any:
        started = time.perf_counter()
        cursor = self._connection.execute(*given)
        self.seconds += time.perf_counter() - started
        return TimedCursor(self, cursor)

    def executemany(self, statement: str, rows: Any) -> Any:
        rows = list(rows)  # what makes the rows is no time of the ledger
        started = time.perf_counter()
        cursor = self._connection.executemany(statement, rows)
        self.seconds += time.perf_counter() - started
        return cursor

    def close(self) -> None:
        self._connection.close()


class TimedCursor:
    """The rows of a query, the time to fetch them included."""

    def __init__(self, owner: TimedConnection, cursor: Any) -> None:
        self._owner, self._cursor = owner, cursor
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid

    def fetchall(self) -> list[Any]:
        started = time.perf_counter()
        rows = self._cursor.fetchall()
        self._owner.seconds += time.perf_counter() - started
        return rows


def conversations(folder: Path) -> Iterator[pl.DataFrame]:
    """N different conversations of the bundled corpus: its texts, numbered."""
    table = folder / "corpus.parquet"
    if not table.exists():
        write_corpus(folder / "corpus.jsonl", n_conversations=BASE)
        read_conversations(folder / "corpus.jsonl").write_parquet(table)
    base = pl.read_parquet(table).drop("request", "collaboration")
    for copy in range(-(-N // base.height)):
        part = base.head(min(base.height, N - copy * base.height))
        numbered = pl.concat_list(
            pl.col("messages"),
            pl.concat_list(
                pl.struct(role=pl.lit("user"), content=pl.format("Case {}.", pl.lit(copy)))
            ),
        )
        ids = pl.format("{}-{}", "conversation_id", pl.lit(copy))
        yield part.with_columns(conversation_id=ids, messages=numbered)


def server_peak_mib(process: int) -> int | None:
    """The most memory that another process has held; None where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return None
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def ask_all(url: str, folder: Path) -> dict[str, Any]:
    """Run the stage, and what it took."""
    settings = Settings.load(None, ["llm=claude", "claude.mode=batches", f"claude.base_url={url}"])
    connection = connect(settings.claude, {"ANTHROPIC_API_KEY": "bench"})
    file = folder / "answers.sqlite"
    with Claude(file, connection, settings.claude, budget=100.0, run="bench") as claude:
        timed = TimedConnection(claude.ledger._db)
        claude.ledger._db = timed  # type: ignore[assignment]
        started = time.perf_counter()
        table = extract_facets_by_claude(lambda: conversations(folder), claude, settings)
        seconds = time.perf_counter() - started
        spent = claude.ledger.spent("bench")
        started = time.perf_counter()
        again = extract_facets_by_claude(lambda: conversations(folder), claude, settings)
        replay = time.perf_counter() - started
    assert again.equals(table)
    return {
        "n": table.height,
        "ok": table.filter(pl.col("status") == "ok").height,
        "seconds": seconds,
        "ledger_seconds": timed.seconds,
        "replay_seconds": replay,
        "spent": spent,
        "ledger_mib": file.stat().st_size / 2**20,
    }


def main() -> None:
    command = [sys.executable, "-m", "taxonomy", "fake-claude", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            found = ask_all(url, Path(name))
            with urllib.request.urlopen(f"{url}/fake/ledger") as reply:
                bills = json.load(reply)["bills"]
            server_mib = server_peak_mib(server.pid)
        finally:
            server.terminate()
    print_table(found, bills, server_mib)


def print_table(found: dict[str, Any], bills: dict[str, int], server_mib: int | None) -> None:
    twice = sum(n - 1 for n in bills.values())
    print(f"## {found['n']:,} facet requests through the fake server's batches\n")
    print("| what | figure | bar |\n|---|---|---|")
    print(f"| seconds, the server's own work on the same cores included | {found['seconds']:.0f} | "
          f"{BAR_SECONDS} |")  # fmt: skip
    print(f"| peak memory of the client, MiB | {peak_memory_mib():,} | {BAR_MIB:,} |")
    print(f"| peak memory of the server, MiB | {server_mib} | |")
    share = found["ledger_seconds"] / (found["seconds"] + found["replay_seconds"])
    print(f"| seconds in the ledger (SQLite) | {found['ledger_seconds']:.1f}, {share:.0%} | |")
    print(f"| the same again from the ledger, seconds | {found['replay_seconds']:.0f} | |")
    print(f"| size of the ledger, MiB | {found['ledger_mib']:.0f} | |")
    print(f"| answers that are ok | {found['ok']:,} | |")
    print(f"| billed more than once, by the server's count | {twice} | 0 |")
    print(f"| spent by the ledger, USD at list price | {found['spent']:.2f} | |\n")
    print_estimate()


def print_estimate() -> None:
    settings = Settings()
    found = estimate_tokens_each(100_000, 1_000, settings, ledger=Path("no ledger"))
    total = found.total()
    assert total is not None
    print("## Estimated cost of 100,000 conversations of 1,000 tokens (Clio's assumption)\n")
    print("| | USD | of Clio's 48.81 | bar |\n|---|---|---|---|")
    print(f"| today's prices, Haiku 5.5 in batches | {total.expected:.2f} ({total.low:.2f} to "
          f"{total.high:.2f}) | {found.ratio_to_clio():.2f} | 0.50 |")  # fmt: skip
    theirs = found.ratio_to_clio(at_clio_prices=True)
    print(f"| the same tokens at the prices Clio paid | | {theirs:.2f} | |\n")


if __name__ == "__main__":
    main()
