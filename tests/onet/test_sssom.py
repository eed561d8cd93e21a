from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.crosswalk import (
    CROSSWALK,
    NONE,
    STRONG,
    UNPLACED,
    best_tasks,
    make_crosswalk,
)
from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.sssom import COLUMNS, DECIMALS, SSSOM_FILE, read_sssom, sssom_text, to_sssom

from .asking import small_onet
from .test_crosswalk import HOTEL, PRISON, REFUSED, SOUP_DWA, Given, at, nodes, votes


@pytest.fixture(scope="module")
def onet():
    return small_onet()


def crosswalk(onet, told=None, none=0.2):
    index = Given(onet, (HOTEL, 0.979), (HOTEL.replace("soup", "fish"), 0.021), none=none)
    return make_crosswalk(nodes("Cook", "Bake"), index, told)


def names(cook="Cook soup", bake="Bake bread"):
    return pl.DataFrame({"node_id": ["Bake", "Cook"], "name": [bake, cook]})


@pytest.fixture
def written(tmp_path, onet):
    def write(change=lambda text: text, **given):
        path = tmp_path / SSSOM_FILE
        text = sssom_text(crosswalk(onet), names(**given), onet)
        path.write_text(change(text), encoding="utf-8")
        return path

    return write


def lines(path):
    return [line for line in path.read_text().split("\n") if line and not line.startswith("#")]


def test_a_mapping_has_the_ids_and_words_of_sssom(onet):
    found = to_sssom(crosswalk(onet, votes((HOTEL, 3, "exact", 0.9))), names(), onet)
    assert found.columns == COLUMNS
    assert found.row(0, named=True) == {
        "subject_id": "cluster:Cook",
        "subject_label": "Cook soup",
        "predicate_id": "skos:exactMatch",
        "object_id": "onet.task:1",
        "object_label": "Cook soup of the hotel for kitchen diners with cook tools.",
        "mapping_justification": "semapv:CompositeMatching",
        "confidence": 0.9,
        "object_level": "task",
        "weight": 1.0,
        "votes": 3,
    }
    cook = found.filter(pl.col("subject_id") == "cluster:Cook")
    ids = dict(cook.filter(pl.col("weight") > 0.5).select("object_level", "object_id").iter_rows())
    assert ids == {
        "task": "onet.task:1", "DWA": f"onet.element:{SOUP_DWA}",
        "IWA": "onet.element:4.A.1.a.1.I01", "GWA": "onet.element:4.A.1.a.1",
        "major": "soc:35-0000",
    }  # fmt: skip


@pytest.mark.parametrize(("none", "is_told"), [(0.2, False), (0.49, False), (0.5, True)])
def test_what_half_fits_nothing_is_no_term(onet, none, is_told):
    found = to_sssom(crosswalk(onet, none=none), names(), onet)
    told = found.filter(pl.col("object_id") == "sssom:NoTermFound")
    assert told.height == (2 * 5 if is_told else 0)
    assert set(told["weight"]) == ({none} if is_told else set())
    assert set(told["predicate_id"]) == ({"skos:relatedMatch"} if is_told else set())
    assert told["confidence"].null_count() == told["object_label"].null_count() == told.height


def test_what_is_unplaced_is_not_told(onet):
    made = crosswalk(onet)
    assert (made["object_id"] == UNPLACED).any()
    assert not to_sssom(made, names(), onet)["object_id"].str.contains(UNPLACED).any()


def test_the_header_gives_the_mappings_no_license(written):
    header = [line for line in written().read_text().split("\n") if line.startswith("#")]
    assert [line for line in header if line.startswith("#object_source_version")]
    assert not [line for line in header if "license" in line]


def comes_back(made):
    """What is to come back of a crosswalk: a `none` of less than half is unplaced, too."""
    is_light = (pl.col("object_id") == NONE) & (pl.col("weight") < STRONG)
    light = made.filter(is_light).select("node_id", "object_level", light="weight")
    kept = made.filter(~is_light).join(light, on=["node_id", "object_level"], how="left")
    more = pl.when(pl.col("object_id") == UNPLACED).then("light").otherwise(None).fill_null(0.0)
    return kept.with_columns(weight=pl.col("weight") + more).drop("light")


@pytest.mark.parametrize(
    ("told", "none"),
    [
        (None, 0.2),
        (None, 0.7),
        (votes((HOTEL, 3, "close", 0.9), (NONE, 1, None, None), asked=4), 0.2),
        (votes((HOTEL, 1, "close", 0.9), (NONE, 3, None, None), asked=4), 0.2),
        (votes((HOTEL, 3, "close", 0.0)), 0.2),
        (votes(REFUSED, asked=0), 0.2),
    ],
)
def test_a_file_comes_back_as_it_was_but_for_light_none(tmp_path, onet, told, none):
    made = crosswalk(onet, told, none)
    path = tmp_path / SSSOM_FILE
    path.write_text(sssom_text(made, names(), onet), encoding="utf-8")
    found, version = read_sssom(path)
    assert version == onet.version
    assert found.schema == CROSSWALK
    expected = comes_back(made).with_columns(pl.col("weight", "confidence").round(DECIMALS))
    order = ["node_id", "object_level", "object_id"]
    left, right = found.sort(order), expected.sort(order)
    assert left.drop("weight").equals(right.drop("weight"))
    assert left["weight"].to_list() == pytest.approx(right["weight"].to_list(), abs=3e-4)
    # All but the remainder, whose two rows go by what they are, comes in its order too.
    mapped = ~pl.col("object_id").is_in([NONE, UNPLACED])
    assert found.filter(mapped)["object_id"].equals(made.filter(mapped)["object_id"])
    assert best_tasks(found).equals(best_tasks(made))


def test_a_level_without_a_mapping_comes_back_unplaced(tmp_path, onet):
    made = make_crosswalk(nodes("Cook"), Given(onet, (PRISON, 1.0)))
    path = tmp_path / SSSOM_FILE
    path.write_text(sssom_text(made, names(), onet), encoding="utf-8")
    found, _ = read_sssom(path)
    assert found["object_level"].unique(maintain_order=True).to_list() == list(ONET_LEVELS)
    assert at(found, "task") == {PRISON: 0.8, UNPLACED: 0.2}
    for level in ("DWA", "IWA", "GWA"):
        assert at(found, level) == {UNPLACED: 1}
    assert at(found, "major") == {"35": 0.8, UNPLACED: 0.2}
    assert set(found["route"]) == {"offline"}


ODD = 'Say "hi",\tthen\nleave\r\nit\x0bto\u2028#them\x85 all'


def test_a_mapping_stays_one_line_whatever_its_name(written, onet):
    plain = lines(written())
    path = written(cook=ODD)
    told = lines(path)
    assert len(told) == len(plain) == 1 + to_sssom(crosswalk(onet), names(), onet).height
    assert told[1].split("\t")[1] == '"Say ""hi"", then leave it to #them  all"'
    assert {len(line.split("\t")) for line in told} == {len(COLUMNS)}
    assert len(path.read_text().splitlines()) == len(written().read_text().splitlines())


def test_an_odd_name_loses_no_mapping(written):
    plain, _ = read_sssom(written())
    odd, _ = read_sssom(written(cook=ODD, bake="# not a comment"))
    assert odd.equals(plain)


def test_line_ends_of_windows_are_read_alike(written, tmp_path):
    plain, _ = read_sssom(written())
    path = tmp_path / "windows.tsv"
    path.write_bytes(written().read_bytes().replace(b"\n", b"\r\n"))
    assert read_sssom(path)[0].equals(plain)


def test_no_mapping_at_all_is_read_as_none(tmp_path, onet):
    path = tmp_path / SSSOM_FILE
    path.write_text(sssom_text(crosswalk(onet).head(0), names(), onet))
    found, version = read_sssom(path)
    assert (found.height, found.schema, version) == (0, CROSSWALK, "0.1")


def test_the_version_of_another_release_is_told(written):
    path = written(lambda text: text.replace('source_version: "0.1"', 'source_version: "29.1"'))
    assert read_sssom(path)[1] == "29.1"


def cut(text):
    return text[: text.rindex("\t") - 3]


def short_row(text):
    """Without the last two cells of the last row."""
    return "\t".join(text.split("\t")[:-2]) + "\n"


def header_alone(text):
    return "".join(f"{line}\n" for line in text.split("\n") if line.startswith("#"))


def swapped(old, new, count=-1):
    def change(text):
        assert old in text
        return text.replace(old, new, count)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", r"is empty or its last line is cut short"),
        (cut, r"is empty or its last line is cut short"),
        (short_row, r"weight is blank in 1 of"),
        (header_alone, r"cannot read .* as a crosswalk"),
        (swapped("source_version", "source"), r"expected one header line .* found 0"),
        (swapped("\tweight\t", "\tmass\t"), r"unable to find column \"weight\""),
        (swapped("\t0.8\t", "\tmany\t", 1), r"'weight'"),
        (swapped("\t0.8\t", "\t1.2\t", 1), r"weight should lie between 0 and 1"),
        (swapped("\tGWA\t", "\tUWA\t", 1), r"object_level is none of .* e\.g\. 'UWA'"),
        (swapped("skos:broadM", "skos:wideM"), r"predicate_id is none of"),
        (swapped("semapv:Sem", "semapv:Rem"), r"mapping_justification is none of"),
        (swapped("cluster:Cook", ""), r"subject_id is blank"),
        (swapped("\tCook soup of the hotel for kitchen diners with cook tools.", "\t"),
         r"object_label is blank in 2 of"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_one_clear_error(written, change, message):
    with pytest.raises(OnetError, match=message) as caught:
        read_sssom(written(change))
    assert SSSOM_FILE in str(caught.value)


def test_a_missing_or_binary_file_is_one_clear_error(tmp_path):
    with pytest.raises(OnetError, match=r"cannot read .*expected the file"):
        read_sssom(tmp_path / "absent.tsv")
    binary = tmp_path / "binary.tsv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OnetError, match=r"cannot read .*expected the file"):
        read_sssom(binary)
