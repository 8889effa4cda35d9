"""Addresses that name a format by their suffix."""

from kg.formats import ResultKind, formats_for

__all__ = ["split_suffix"]


def split_suffix(path: str, *others: str, kind: ResultKind = ResultKind.GRAPH) -> tuple[str, str | None]:
    """
    Tell the suffix of a format from an address.

    Args:
        path: The end of an address.
        others: Suffixes beside those of the formats.
        kind: What is written in the format.

    Returns:
        The address without the suffix, and the suffix without its dot or the name of the format, if there is one.
    """
    for row in formats_for(kind):
        if path.endswith(row.suffix):
            return path.removesuffix(row.suffix), row.name
    for suffix in others:
        if path.endswith(suffix):
            return path.removesuffix(suffix), suffix[1:]
    return path, None
