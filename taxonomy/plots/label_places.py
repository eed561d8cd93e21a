"""Where labels want to be in, where they can be read out: apart from one another."""

from __future__ import annotations

import numpy as np


def spread_out(wanted: np.ndarray, heights: np.ndarray, *, gap: float) -> np.ndarray:
    """The middles of labels in one column: each as near as can be to where it wants to be.

    The order stays that of the wish; labels that would overlap form a stack around the mean of
    their wishes, which is the least sum of squared ways (pool adjacent violators).

    Parameters
    ----------
    wanted : shape (n,), in pixels
    heights : shape (n,)
    gap : pixels kept free between two labels

    Returns
    -------
    shape (n,), in the order given; the first may be below zero
    """
    order = np.argsort(wanted, kind="stable")
    sizes = heights[order] + gap
    # Stacked close, each label would lie so far below the first of all.
    offsets = np.cumsum(sizes) - sizes / 2
    stacks: list[list[float]] = []
    for wish in wanted[order] - offsets:
        stack = [float(wish)]
        while stacks and np.mean(stacks[-1]) > np.mean(stack):
            stack = stacks.pop() + stack
        stacks.append(stack)
    middles = np.empty(len(wanted))
    middles[order] = offsets + [float(np.mean(stack)) for stack in stacks for _ in stack]
    return middles
