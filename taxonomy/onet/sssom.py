"""A crosswalk as `crosswalk.sssom.tsv`, a table of mappings in the manner of SSSOM, and back.

Columns as the Simple Standard for Sharing Ontological Mappings names them, and three of ours:
`object_level`, `weight` and `votes`. A cluster of which half or more fits nothing is mapped to
`sssom:NoTermFound`; what is unplaced is no mapping: it is what the weights lack to 1.
"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_filled, check_range
from taxonomy.onet.crosswalk import CROSSWALK, REMAINDER, STRONG, UNPLACED
from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.questions import NONE
from taxonomy.onet.tables import Onet, statement_key

SSSOM_FILE = "crosswalk.sssom.tsv"
NO_TERM = "sssom:NoTermFound"
PREDICATES = {
    "exact": "skos:exactMatch",
    "close": "skos:closeMatch",
    "broad": "skos:broadMatch",
    "narrow": "skos:narrowMatch",
    "related": "skos:relatedMatch",
}
JUSTIFICATIONS = {
    "offline": "semapv:SemanticSimilarityThresholdMatching",
    "claude": "semapv:CompositeMatching",
}
COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "object_level",
    "weight",
    "votes",
]
NUMBERS = {"confidence": pl.Float64, "weight": pl.Float64, "votes": pl.Int64}
FILLED = [name for name in COLUMNS if name not in ("object_label", "confidence", "votes")]
DECIMALS = 4
LINE_BREAKS = r"[\t\n\x0b\f\r\x1c-\x1f\x{85}\x{2028}\x{2029}]+"
VERSION = '#object_source_version: "'
HEADER = """\
#curie_map:
#  cluster: "urn:taxonomy:node_id:"
#  onet.task: "urn:onet:task_id:"
#  onet.element: "urn:onet:element_id:"
#  soc: "urn:soc:"
#  sssom: "https://w3id.org/sssom/"
#  skos: "http://www.w3.org/2004/02/skos/core#"
#  semapv: "https://w3id.org/semapv/vocab/"
#object_source: "O*NET"
#object_source_version: "{version}"
#mapping_tool: "bottom-up-taxonomy"
#comment: "O*NET by USDOL/ETA, CC BY 4.0. weight: share of the cluster; what a cluster's weights \
lack to 1 at a level is unplaced. confidence: probability that the Economic Index's own mapping \
agrees; of a CompositeMatching the share of the answers that named the task times the probability \
they gave it, above tasks that of its likeliest task."
"""


def to_sssom(crosswalk: pl.DataFrame, nodes: pl.DataFrame, onet: Onet) -> pl.DataFrame:
    """The mappings as `COLUMNS`, in the crosswalk's order; labels on one line, without tabs.

    Parameters
    ----------
    crosswalk : as `crosswalk.CROSSWALK`
    nodes : node_id, name
    onet : the release that the crosswalk is of, for the ids of its tasks
    """
    ids = onet.tasks.group_by(object_id=statement_key(pl.col("task"))).agg(
        task_id=pl.col("task_id").min()
    )
    told = (pl.col("object_id") != NONE) | (pl.col("weight") >= STRONG)
    rows = crosswalk.filter(pl.col("object_id") != UNPLACED, told).join(
        ids, on="object_id", how="left", maintain_order="left"
    )
    level = pl.col("object_level")
    object_id = (
        pl.when(pl.col("object_id") == NONE)
        .then(pl.lit(NO_TERM))
        .when(level == "task")
        .then(pl.format("onet.task:{}", "task_id"))
        .when(level == "major")
        .then(pl.format("soc:{}-0000", "object_id"))
        .otherwise(pl.format("onet.element:{}", "object_id"))
    )
    named = rows.join(
        nodes.select("node_id", "name"), on="node_id", how="left", maintain_order="left"
    )
    return named.select(
        pl.format("cluster:{}", "node_id").alias("subject_id"),
        pl.col("name").str.replace_all(LINE_BREAKS, " ").alias("subject_label"),
        pl.col("relation").fill_null("related").replace_strict(PREDICATES).alias("predicate_id"),
        object_id.alias("object_id"),
        pl.col("object").str.replace_all(LINE_BREAKS, " ").alias("object_label"),
        pl.col("route").replace_strict(JUSTIFICATIONS).alias("mapping_justification"),
        pl.col("confidence").round(DECIMALS),
        "object_level",
        pl.col("weight").round(DECIMALS),
        "votes",
    ).select(COLUMNS)


def sssom_text(crosswalk: pl.DataFrame, nodes: pl.DataFrame, onet: Onet) -> str:
    """The whole file: the header that says what the columns are, then the mappings."""
    table = to_sssom(crosswalk, nodes, onet).write_csv(separator="\t")
    return HEADER.format(version=onet.version) + table


def read_sssom(path: Path) -> tuple[pl.DataFrame, str]:
    """The crosswalk in a file that `sssom_text` made, and the version of O*NET that it is of.

    Raises
    ------
    OnetError
        The file is missing, truncated or damaged, or is not such a table.
    """
    text = _whole_text(path)
    # Not `splitlines`, for which a name could hold the end of a line.
    header = [line for line in text.split("\n") if line.startswith("#")]
    versions = [line.removeprefix(VERSION)[:-1] for line in header if line.startswith(VERSION)]
    if len(versions) != 1:
        raise OnetError(
            f'{path}: expected one header line {VERSION}...", which says what O*NET it is of, '
            f"found {len(versions)}; expected the file {SSSOM_FILE} of a release."
        )
    body = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    mapped = _mapped(_table(body, path), path.name)
    return _with_unplaced(mapped), versions[0]


def _whole_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise OnetError(
            f"cannot read {path}: {error}; expected the file {SSSOM_FILE} of a release."
        ) from error
    if not text.endswith("\n"):
        raise OnetError(f"{path} is empty or its last line is cut short; copy the release again.")
    return text


def _table(body: str, path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(io.StringIO(body), separator="\t", infer_schema=False)
        return table.select(COLUMNS).with_columns(
            pl.col(name).cast(kind) for name, kind in NUMBERS.items()
        )
    except pl.exceptions.PolarsError as error:
        raise OnetError(
            f"cannot read {path} as a crosswalk: {str(error).splitlines()[0]}; expected the file "
            f"{SSSOM_FILE} of a release, with the columns {', '.join(COLUMNS)}."
        ) from error


def _mapped(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """The rows as of `CROSSWALK`, without the unplaced, once they are seen to hold nothing else."""
    justified = {told: route for route, told in JUSTIFICATIONS.items()}
    relations = {told: relation for relation, told in PREDICATES.items()}
    check_filled(table, FILLED, file)
    is_task = (pl.col("object_level") == "task") & (pl.col("object_id") != NO_TERM)
    check_filled(table.filter(is_task), ["object_label"], file)
    for column, known in (
        ("predicate_id", list(relations)),
        ("mapping_justification", list(justified)),
        ("object_level", list(ONET_LEVELS)),
    ):
        unknown = table.filter(~pl.col(column).is_in(known))[column]
        if len(unknown):
            raise OnetError(
                f"{file}: in {len(unknown):,} rows {column} is none of {', '.join(known)}, e.g. "
                f"{unknown[0]!r}; copy the release again."
            )
    for column in ("weight", "confidence"):
        check_range(table, column, 0, 1, file)
    return table.select(
        pl.col("subject_id").str.strip_prefix("cluster:").alias("node_id"),
        "object_level",
        _object_id(),
        pl.col("object_label").alias("object"),
        "weight",
        pl.col("predicate_id").replace_strict(relations).alias("relation"),
        "confidence",
        "votes",
        pl.col("mapping_justification").replace_strict(justified).alias("route"),
    )


def _object_id() -> pl.Expr:
    bare = pl.col("object_id").str.replace(r"^[a-z.]+:", "")
    return (
        pl.when(pl.col("object_id") == NO_TERM)
        .then(pl.lit(NONE))
        .when(pl.col("object_level") == "task")
        .then(statement_key(pl.col("object_label")))
        .when(pl.col("object_level") == "major")
        .then(bare.str.slice(0, 2))
        .otherwise(bare)
        .alias("object_id")
    )


def _with_unplaced(mapped: pl.DataFrame) -> pl.DataFrame:
    """What the weights of a cluster and level lack to 1, as rows, and the rows in their order."""
    none = pl.col("object_id") == NONE
    mapped = mapped.with_columns(relation=pl.when(~none).then("relation"))
    placed = mapped.group_by("node_id", "object_level").agg(placed=pl.col("weight").sum())
    nodes = mapped.group_by("node_id", maintain_order=True).agg(pl.col("route").first())
    # A level at which nothing is mapped has no row in the file.
    cells = nodes.join(pl.DataFrame({"object_level": ONET_LEVELS}), how="cross")
    rest = cells.join(placed, on=["node_id", "object_level"], how="left").select(
        "node_id",
        "object_level",
        "route",
        weight=(1 - pl.col("placed").fill_null(0.0)).clip(lower_bound=0.0),
    )
    rows = pl.concat([mapped, rest.with_columns(object_id=pl.lit(UNPLACED))], how="diagonal")
    order = {node: place for place, node in enumerate(nodes["node_id"])}
    level = {name: place for place, name in enumerate(ONET_LEVELS)}
    return rows.sort(
        pl.col("node_id").replace_strict(order, return_dtype=pl.Int64),
        pl.col("object_level").replace_strict(level, return_dtype=pl.Int64),
        pl.col("object_id").is_in(REMAINDER),
        maintain_order=True,
    ).select(pl.col(name).cast(kind) for name, kind in CROSSWALK.items())
