"""How good the offline facets are: against 150 hand-labelled threads, and the bundled truth.

The labels are in tests/data, the texts in the public data, which TAXONOMY_DATA must name.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
from pathlib import Path

import polars as pl

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.demo import truth_file, write_corpus
from taxonomy.facets import extract_facets

LABELS = Path(__file__).parents[1] / "data" / "oasst_validation_labels.tsv"
FRESH_LABELS = LABELS.with_name("oasst_validation_labels_fresh.tsv")
THREADS = "conversations/oasst1_en_validation_threads.jsonl"
N_BUNDLED = 6_000
MESSAGES = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))


def wilson(n_right: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """The Wilson score interval of a share: 95% by default."""
    share, spread = n_right / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return middle - half, middle + half


def share_row(name: str, right: pl.Series) -> str:
    """One table row: the share, how many, and its interval."""
    n_right, n = int(right.sum()), len(right)
    low, high = wilson(n_right, n)
    return f"| {name} | {n_right / n:.3f} | {n_right}/{n} | {low:.3f} to {high:.3f} |"


def holds_words(joined: pl.DataFrame) -> pl.Series:
    """Whether each request contains all the words that its label asks for."""
    pairs = zip(joined["request"], joined["request_words"], strict=True)
    held = [all(word in (request or "").lower() for word in words.split("|"))
            for request, words in pairs]  # fmt: skip
    return pl.Series(held)


def confusion(joined: pl.DataFrame) -> str:
    """Counts of the six patterns, truth by row, in markdown."""
    counts = dict(joined.group_by("collaboration_true", "collaboration").len().rows_by_key(
        ["collaboration_true", "collaboration"], unique=True))  # fmt: skip
    head = ["truth \\ rules", *COLLABORATIONS]
    rows = [head, ["---"] + ["--:"] * len(COLLABORATIONS)]
    for truth in COLLABORATIONS:
        found = [counts.get((truth, label), (0,)) for label in COLLABORATIONS]
        rows.append([truth, *(str(cell if isinstance(cell, int) else cell[0]) for cell in found)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def collaboration_rows(joined: pl.DataFrame) -> list[str]:
    """The rules' collaboration labels beside the commonest label given to all."""
    most = joined["collaboration_true"].value_counts(sort=True)["collaboration_true"][0]
    return [
        share_row("collaboration", joined["collaboration"] == joined["collaboration_true"]),
        share_row(f"always {most} (baseline)", joined["collaboration_true"] == most),
    ]


def agreement(joined: pl.DataFrame) -> list[str]:
    """The table rows that both full truths share."""
    language = share_row("language", joined["language"] == joined["language_true"])
    return [*collaboration_rows(joined), language]


def print_table(title: str, rows: list[str], joined: pl.DataFrame) -> None:
    print(f"\n### {title}\n")
    print("| facet | share right | count | 95% interval |\n| --- | --: | --: | --- |")
    print("\n".join(rows))
    print(f"\n{confusion(joined)}")


def read_conversations(path: Path) -> pl.DataFrame:
    """The rows that hold messages as plain text; the corpus has bad rows on purpose."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
            messages = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
        except (ValueError, KeyError, TypeError):
            continue
        rows.append({"conversation_id": row["conversation_id"], "messages": messages})
    return pl.DataFrame(rows, schema={"conversation_id": pl.String, "messages": MESSAGES})


def bench_threads(folder: Path) -> None:
    labels = pl.read_csv(LABELS, separator="\t")
    facets = extract_facets(read_conversations(folder / THREADS))
    joined = facets.join(labels, on="conversation_id", suffix="_true", how="inner")
    for half in ("tune", "report"):
        part = joined.filter(pl.col("half") == half)
        rows = [
            *agreement(part),
            share_row("status", part["status"] == part["status_true"]),
            share_row("request holds the labelled words", holds_words(part)),
        ]
        print_table(f"Hand-labelled threads, {half} half", rows, part)


def bench_fresh_threads(folder: Path) -> None:
    """The threads that were labelled after the rules were frozen: collaboration only."""
    labels = pl.read_csv(FRESH_LABELS, separator="\t")
    facets = extract_facets(read_conversations(folder / THREADS))
    joined = facets.join(labels, on="conversation_id", suffix="_true", how="inner")
    title = "Hand-labelled threads, labelled after the rules were frozen"
    print_table(title, collaboration_rows(joined), joined)


def bench_bundled() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conversations.jsonl"
        write_corpus(path, n_conversations=N_BUNDLED, random_state=0)
        conversations = read_conversations(path)
        truth = pl.read_csv(truth_file(path), separator="\t")
    start = time.perf_counter()
    facets = extract_facets(conversations)
    micros = (time.perf_counter() - start) / conversations.height * 1e6
    joined = facets.join(truth, on="conversation_id", suffix="_true", how="inner")
    asked = joined.filter(~pl.col("kind").is_in(["empty", "hostile"]))
    # What the corpus calls empty may still hold a word or two; a hostile text may hold a request.
    found_empty = (joined["status"] == "empty") == (joined["kind"] == "empty")
    rows = [*agreement(asked), share_row("status", found_empty)]
    print_table("Bundled corpus (its truth is ours: it proves little)", rows, asked)
    print(f"\n{micros:.0f} microseconds a conversation, one process.")


def main() -> None:
    print("## Facets by the offline rules")
    folder = os.environ.get("TAXONOMY_DATA")
    if folder:
        bench_threads(Path(folder))
        bench_fresh_threads(Path(folder))
    else:
        print("\nHand-labelled threads skipped: TAXONOMY_DATA is not set.")
    bench_bundled()


if __name__ == "__main__":
    main()
