"""How long `taxonomy --help` takes, and what it imports."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

REPEATS = 7
COMMAND = [sys.executable, "-m", "taxonomy", "--help"]


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def slowest_imports(count: int) -> list[tuple[int, str]]:
    """The imports with the largest cumulative microseconds, by `python -X importtime`."""
    command = [sys.executable, "-X", "importtime", "-m", "taxonomy", "--help"]
    talk = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    rows = [line.split("|") for line in talk.splitlines() if line.count("|") == 2]
    times = [(int(row[1]), row[2].strip()) for row in rows if row[1].strip().isdigit()]
    return sorted(times, reverse=True)[:count]


def main() -> None:
    bare = statistics.median(seconds([sys.executable, "-c", "pass"]) for _ in range(REPEATS))
    ours = statistics.median(seconds(COMMAND) for _ in range(REPEATS))
    print("## Command line\n")
    print(f"`taxonomy --help`, median of {REPEATS}; bar: under 0.5 s\n")
    print("| command | seconds |\n|---|---|")
    print(f"| python -c pass | {bare:.3f} |\n| taxonomy --help | {ours:.3f} |\n")
    print("| slowest imports | milliseconds, cumulative |\n|---|---|")
    for microseconds, name in slowest_imports(5):
        print(f"| {name} | {microseconds / 1000:.1f} |")
    print()


if __name__ == "__main__":
    main()
