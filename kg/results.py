"""A query result as a table for the terminal."""

import json
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from kg.namespaces import compact_iri

__all__ = ["print_table"]


def print_table(document: bytes, prefixes: Mapping[str, str], console: Console) -> None:
    """
    Print solutions, or a truth value, for people to read.

    Args:
        document: The result in SPARQL JSON.
        prefixes: Names of namespaces, by which IRIs are shortened.
        console: Where the table goes.
    """
    result = json.loads(document)
    if "boolean" in result:
        console.print("true" if result["boolean"] else "false")
        return
    variables = result["head"]["vars"]
    table = Table(*variables, show_edge=False, header_style="bold")
    for solution in result["results"]["bindings"]:
        table.add_row(*(_shown(solution.get(name), prefixes) for name in variables))
    console.print(table, markup=False)


def _shown(term: Mapping[str, str] | None, prefixes: Mapping[str, str]) -> str:
    if term is None:
        return ""
    return compact_iri(term["value"], prefixes) if term["type"] == "uri" else term["value"]
