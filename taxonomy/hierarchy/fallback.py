"""The texts of a parent's children in, a text for the parent out, where Claude gave none to use.

It says what the largest child says and that there is more: true whatever the children are, and no
word in it is new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from taxonomy.naming import content_words, name_faults
from taxonomy.naming.asking import NodeText

TAILS = ("and related work", "and other work", "and further work")
N_OTHERS = 2
"""Other children that the description names."""


def text_from_children(children: Sequence[NodeText], taken: Collection[frozenset[str]]) -> NodeText:
    """A name and a description made of the children's names.

    Parameters
    ----------
    children : the largest first, at least one
    taken : content words of names that are gone
    """
    names = list(_names(children))
    free = [name for name in names if content_words(name) not in taken]
    sound = [name for name in free if not name_faults(name)]
    name = next(iter([*sound, *free]), None) or _numbered(names[0], taken)
    return known_text(name, _description(children))


def known_text(name: str, description: str) -> NodeText:
    """A text that is not Claude's, so that the bounds of an answer do not concern it."""
    return NodeText.model_construct(name=name, description=description)


def _names(children: Sequence[NodeText]) -> Iterator[str]:
    for child in children:
        bare = _bare(child.name)
        comma = "," if " and " in bare else ""
        yield from (f"{bare}{comma} {tail}" for tail in TAILS)


def _numbered(name: str, taken: Collection[frozenset[str]]) -> str:
    number = 2
    while content_words(f"{name}, part {number}") in taken:
        number += 1
    return f"{name}, part {number}"


def _description(children: Sequence[NodeText]) -> str:
    first, *others = dict.fromkeys(_as_infinitive(child.name) for child in children)
    begun = f"Users most often asked the assistant to {first}."
    if not others:
        return f"{begun} Their requests varied in what they were about."
    rest = " or to ".join(others[:N_OTHERS])
    return f"{begun} Others asked it to {rest}."


def _as_infinitive(name: str) -> str:
    bare = _bare(name)
    is_word = bare[1:2].islower()  # and no abbreviation
    return bare[0].lower() + bare[1:] if is_word else bare


def _bare(name: str) -> str:
    """A name without the end that an earlier level got here."""
    for tail in TAILS:
        name = name.removesuffix(f" {tail}").removesuffix(",")
    return name
