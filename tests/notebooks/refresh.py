"""Run the notebooks top to bottom and keep what they show; `make notebooks` does this.

    python tests/notebooks/refresh.py [--work FOLDER] [--out FOLDER] [NAME ...]

Each gets a kernel of its own, of this very interpreter, in a shared working folder, so that the
first makes the run of the bundled corpus and the others find it there. What is written repeats:
no times, no paths of this machine, and no texts of published files, whose cells are tagged `texts`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from ipykernel.kernelspec import write_kernel_spec
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
KERNEL = "taxonomy-notebooks"
SHOWN_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_SECONDS = 1_800
TEXTS = "texts"
"""Tag of a cell whose output holds names or statements of published files."""
READ_PUBLISHED = ("06_prevalence_and_patterns", "07_onet", "08_economic_index")
"""Show less where `TAXONOMY_DATA` is not set, and are then left as they are."""
A_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|private|var|usr|Users|opt)/")


AN_ADDRESS = re.compile(r" at 0x[0-9a-f]+>")


def names() -> list[str]:
    """Every notebook, in the order in which they are read."""
    return [path.stem for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))]


def run(name: str, work: Path, private: Path) -> nbformat.NotebookNode:
    """The notebook, executed in the folder `work`, with what is kept of its outputs.

    Kernel and client talk through sockets in `private`, not through ports open to others.

    Raises
    ------
    CellExecutionError
        A cell failed.
    RuntimeError
        A cell warned, or shows a path or address of this machine.
    """
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    # The path of a socket may have about 100 letters.
    sockets = {"transport": "ipc", "ip": str(private / name[:2])}
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name=KERNEL,
        config=Config({"KernelManager": sockets}),
        resources={"metadata": {"path": str(work)}},
    )
    client.execute()
    return kept(notebook, name)


def kept(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The notebook as it is committed: without times, widgets and texts of others."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": SHOWN_KERNEL, "language_info": {"name": "python"}}
    )
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place:02d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            check_outputs(cell.outputs, f"{name}, cell {place}")
            shown = [] if TEXTS in tags else cell.outputs
            cell.outputs = [_plain(output) for output in shown if not is_progress(output)]
    return notebook


def check_outputs(outputs: list[nbformat.NotebookNode], where: str) -> None:
    """Nothing, if no output is a warning or differs from machine to machine."""
    for output in outputs:
        said = words_of(output)
        if output.output_type == "stream" and output.name == "stderr":
            raise RuntimeError(f"{where} warns: {said}")
        if found := A_PATH.search(said) or AN_ADDRESS.search(said):
            around = said[max(found.start() - 20, 0) : found.start() + 60]
            raise RuntimeError(f"{where} shows a path or address of this machine: {around}")


def words_of(output: nbformat.NotebookNode) -> str:
    """Everything that an output says in letters."""
    said = [output.get("text", ""), *output.get("traceback", [])]
    said += [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(said)


def is_progress(output: nbformat.NotebookNode) -> bool:
    """Whether an output is a progress bar, which says nothing once it has ended."""
    return "application/vnd.jupyter.widget-view+json" in output.get("data", {})


def _plain(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    return output


def prepare(folder: Path) -> None:
    """A kernel of this interpreter, found by name; nobody's own settings, nobody's key."""
    os.environ.update(
        JUPYTER_PATH=str(folder / "jupyter"),
        JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
        IPYTHONDIR=str(folder / "ipython"),
    )
    # O*NET takes two minutes to embed: once a checkout, not once a working folder.
    os.environ.setdefault("TAXONOMY_ONET_CACHE", str(ROOT / "outputs" / "onet"))
    for variable in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        del os.environ[variable]
    write_kernel_spec(str(folder / "jupyter" / "kernels" / KERNEL))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", help="without an ending; all where none is given")
    parser.add_argument("--work", type=Path, default=ROOT / "outputs" / "notebooks")
    parser.add_argument("--out", type=Path, default=NOTEBOOKS)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    given.out.mkdir(parents=True, exist_ok=True)
    has_data = bool(os.environ.get("TAXONOMY_DATA"))
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        for name in given.names or names():
            if given.out == NOTEBOOKS and name in READ_PUBLISHED and not has_data:
                print(f"{name}: left as it is, since TAXONOMY_DATA is not set", flush=True)
                continue
            started = time.perf_counter()
            done = run(name, given.work.resolve(), Path(folder))
            nbformat.write(done, given.out / f"{name}.ipynb")
            print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
