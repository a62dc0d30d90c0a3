"""Which groups are too small to keep when a campaign closes."""

from __future__ import annotations

from collections.abc import Mapping


def dissolved_groups(sizes: Mapping[str, int], threshold: int) -> frozenset[str]:
    """Groups whose members become "no group": `sizes` maps group code to answers, "" standing for no group.

    A group below the threshold goes; while what has no group is itself smaller than the threshold, the smallest
    group left goes too, because subtracting the others from the total would show it.
    """
    pool = sizes.get("", 0)
    dissolved: set[str] = set()
    for group, size in sorted(((g, n) for g, n in sizes.items() if g), key=lambda pair: (pair[1], pair[0])):
        if size < threshold or 0 < pool < threshold:
            dissolved.add(group)
            pool += size
    return frozenset(dissolved)
