"""A tiny O*NET release, made by hand, that the tests write, spoil and read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

TASKS = [
    ("11-1011.00", "1", "Direct budget activities.", "Core"),
    ("11-1011.00", "2", 'Conduct "head counts".', "Supplemental"),
    ("15-1252.00", "3", "Write code.", "n/a"),
    ("15-1252.00", "4", "direct budget activities. ", "Core"),
    ("15-1252.01", "5", "Test code.", "Core"),
]
OCCUPATIONS = [
    ("11-1011.00", "Chief Executives", "Plan."),
    ("15-1252.00", "Software Developers", "Develop."),
    ("15-1252.01", "Software Testers", "Test."),
    ("55-1011.00", "Air Crew Officers", "Fly."),
]
ELEMENTS = [
    ("4.A", "Work Activities", "All."),
    ("4.A.1.a.1", "Getting Information", "Observe."),
    ("4.A.2.b.2", "Thinking Creatively", "Invent."),
    ("4.A.3.a.1", "Performing Physical Activities", "Lift."),
]
IWAS = [
    ("4.A.1.a.1", "4.A.1.a.1.I01", "Study finances."),
    ("4.A.2.b.2", "4.A.2.b.2.I14", "Design software."),
]
DWAS = [
    ("4.A.1.a.1", "4.A.1.a.1.I01", "4.A.1.a.1.I01.D01", "Direct budgets."),
    ("4.A.2.b.2", "4.A.2.b.2.I14", "4.A.2.b.2.I14.D01", "Write programs."),
    ("4.A.2.b.2", "4.A.2.b.2.I14", "4.A.2.b.2.I14.D02", "Test programs."),
]
LINKS = [
    ("11-1011.00", "1", "4.A.1.a.1.I01.D01"),
    ("15-1252.00", "3", "4.A.2.b.2.I14.D01"),
    ("15-1252.00", "3", "4.A.2.b.2.I14.D02"),
    ("15-1252.00", "4", "4.A.2.b.2.I14.D01"),
]
RATINGS = [
    ("11-1011.00", "1", "IM", "4.50"),
    ("11-1011.00", "1", "RT", "80.00"),
    ("11-1011.00", "1", "FT", "12.00"),
    ("15-1252.00", "3", "IM", "3.00"),
]
NEW_IDS = {
    "4.A.1.a.1.I01": "4.A.1.a.1.a",
    "4.A.2.b.2.I14": "4.A.2.b.2.n",
    "4.A.1.a.1.I01.D01": "4.A.1.a.1.a.1",
    "4.A.2.b.2.I14.D01": "4.A.2.b.2.n.1",
    "4.A.2.b.2.I14.D02": "4.A.2.b.2.n.2",
}
SOC = "O*NET-SOC Code"

# As O*NET 28.2 publishes them, in what the loader reads of them.
FILES = {
    "Task Statements.txt": ((SOC, "Task ID", "Task", "Task Type"), TASKS),
    "Occupation Data.txt": ((SOC, "Title", "Description"), OCCUPATIONS),
    "Tasks to DWAs.txt": ((SOC, "Task ID", "DWA ID"), LINKS),
    "DWA Reference.txt": (("Element ID", "IWA ID", "DWA ID", "DWA Title"), DWAS),
    "IWA Reference.txt": (("Element ID", "IWA ID", "IWA Title"), IWAS),
    "Content Model Reference.txt": (("Element ID", "Element Name", "Description"), ELEMENTS),
    "Task Ratings.txt": ((SOC, "Task ID", "Scale ID", "Data Value"), RATINGS),
}


def renumbered(rows):
    return [tuple(NEW_IDS.get(cell, cell) for cell in row) for row in rows]


# The same release as O*NET 30.3 would publish it.
FILES_30_3 = {
    **{name: table for name, table in FILES.items() if "Reference" not in name},
    "Tasks to DWAs.txt": ((SOC, "Task ID", "DWA Element ID"), renumbered(LINKS)),
    "GWAs to IWAs to DWAs.txt": (
        ("GWA Element ID", "IWA Element ID", "DWA Element ID", "DWA Element Name"),
        renumbered(DWAS),
    ),
    "GWAs to IWAs.txt": (
        ("GWA Element ID", "IWA Element ID", "IWA Element Name"),
        renumbered(IWAS),
    ),
    "Content Model Reference.txt": FILES["Content Model Reference.txt"],
}


def text(header, rows, separator="\t"):
    return "".join(separator.join(row) + "\r\n" for row in (header, *rows))


def write_release(folder: Path, files=FILES, version="28.2") -> Path:
    folder.mkdir(parents=True)
    for name, table in files.items():
        (folder / name).write_bytes(text(*table).encode())
    read_me = f"O*NET {version} Database\nFebruary 2024 Release\n"
    (folder / "Read Me.txt").write_text(read_me, encoding="utf-8")
    return folder


def write_archive(path: Path, files=FILES, version="28.2", top="db_28_2_text/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in files.items():
            archive.writestr(f"{top}{name}", text(*table))
        archive.writestr(f"{top}Read Me.txt", f"O*NET {version} Database\n")
    return path


@pytest.fixture
def release(tmp_path) -> Path:
    return write_release(tmp_path / "release")
