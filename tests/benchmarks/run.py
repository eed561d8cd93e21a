"""Run the benchmarks, print their tables, and write them to outputs/bench.md.

python tests/benchmarks/run.py            all but `scale`
python tests/benchmarks/run.py scale      a million conversations: 20 minutes, 10 GB of disk
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
OUTPUT = FOLDER.parents[1] / "outputs" / "bench.md"
DEFAULT = ("command", "demo", "facets", "clustering", "claude", "onet", "explorer")


def run(name: str) -> str:
    """What a benchmark printed; its talk goes to stderr as it comes."""
    command = [sys.executable, str(FOLDER / f"bench_{name}.py")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return f"## {name}\n\nFAILED with exit code {done.returncode}\n"
    return done.stdout


def main() -> None:
    names = sys.argv[1:] or DEFAULT
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}"
    parts = [f"# Benchmarks, {time.strftime('%Y-%m-%d')}: {where}\n"]
    print(parts[0])
    for name in names:
        parts.append(run(name))
        print(parts[-1], flush=True)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("\n".join(parts), encoding="utf-8")
    print(f"written to {OUTPUT}", file=sys.stderr)
    sys.exit(any("FAILED" in part for part in parts))


if __name__ == "__main__":
    main()
