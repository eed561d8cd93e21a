"""The bundled corpus: an authored tree of what people ask assistants for, and a generator.

`areas/*.toml` were written by hand; `write_corpus` makes any number of conversations from them,
with the truth beside. The corpus proves that the job runs and recovers a known tree; it proves
nothing about real conversations.
"""

from taxonomy.demo.areas import Area, Task, Topic, load_areas
from taxonomy.demo.corpus import TRUTH, truth_file, write_corpus

__all__ = ["TRUTH", "Area", "Task", "Topic", "load_areas", "truth_file", "write_corpus"]
