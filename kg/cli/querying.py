"""``kg query``, ``kg list`` and ``kg run``: ask the current release."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.cli.session import Session
from kg.errors import FormatError, InputError
from kg.evaluation import QueryClient, WorkerHost
from kg.formats import ResultKind, formats_for, named_format
from kg.query import QueryRequest, read_query
from kg.query_files import load_saved_queries
from kg.release import require_release
from kg.results import print_table
from kg.saved_queries import (
    Parameter,
    SavedQuery,
    bind_parameters,
    class_questions,
    find_query,
    search_queries,
    wrong_class,
)

__all__ = ["list_queries", "query", "run"]

_TABLE = "table"
_FORMAT_HELP = "How to write the answer: table, csv, tsv, json, xml; turtle, ntriples, jsonld, rdfxml, trig, nquads."
_format_option = click.option("--format", "format_name", help=_FORMAT_HELP + " [table; turtle for a graph]")


@click.command()
@click.argument("file", type=click.File("rb"))
@_format_option
@click.pass_obj
def query(session: Session, file: BinaryIO, format_name: str | None) -> None:
    """
    Answer the query in FILE, or on standard input if FILE is -.

    The default graph is the union of all named graphs.
    """
    try:
        text = file.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.name}: found bytes that are no UTF-8 at offset {error.start}, expected a query"
        ) from error
    _answer(session, read_query(text, max_bytes=session.config.limits.query_bytes), format_name)


@click.command(name="list")
@click.argument("words", nargs=-1)
@click.pass_obj
def list_queries(session: Session, words: Sequence[str]) -> None:
    """List the saved queries with their tags and parameters; with WORDS, those that speak of all of them."""
    table = Table("query", "tags", "summary", "parameters", show_edge=False, header_style="bold")
    queries = load_saved_queries(session.config.queries, session.config.limits)
    for saved in search_queries(queries, words):
        names = Text("\n").join(map(_spelt, saved.parameters))
        table.add_row(saved.name, ", ".join(saved.tags), saved.summary, names)
    Console(width=_width()).print(table)


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("name")
@click.argument("values", nargs=-1, type=click.UNPROCESSED)
@_format_option
@click.option("--param", "pairs", multiple=True, metavar="NAME=VALUE", help="A parameter, spelt in the long way.")
@click.pass_obj
def run(session: Session, name: str, values: Sequence[str], format_name: str | None, pairs: Sequence[str]) -> None:
    """
    Answer the saved query NAME; give each parameter as --parameter VALUE.

    A parameter that takes several values is given several times.
    """
    config = session.config
    saved = find_query(load_saved_queries(config.queries, config.limits), name)
    given: defaultdict[str, list[str]] = defaultdict(list)
    for parameter, value in (*_options(values), *map(_pair, pairs)):
        given[parameter].append(value)
    _answer(session, bind_parameters(saved, given, config.limits), format_name, partial(_require_classes, saved, given))


def _require_classes(saved: SavedQuery, given: Mapping[str, Sequence[str]], client: QueryClient) -> None:
    """Make sure that values are of the classes that the header names."""
    for parameter, text, question in class_questions(saved, given):
        if not json.loads(client.evaluate(question, named_format("json", question.kind)))["boolean"]:
            raise wrong_class(saved, parameter, text)


def _spelt(parameter: Parameter) -> Text:
    """Show how a parameter is given, an optional one in brackets."""
    option = f"--{parameter.name} {parameter.type_name}"
    return Text(option if parameter.is_required else f"[{option}]")


def _answer(
    session: Session,
    request: QueryRequest,
    format_name: str | None,
    ask_before: Callable[[QueryClient], None] = lambda _: None,
) -> None:
    """Evaluate in a worker, so that a query that runs too long or too deep ends with a sentence."""
    wants_table = format_name == _TABLE or (format_name is None and request.kind is not ResultKind.GRAPH)
    if format_name == _TABLE and request.kind is ResultKind.GRAPH:
        allowed = [row.name for row in formats_for(request.kind)]
        raise FormatError(f"a graph cannot be written as a table, only as {', '.join(allowed)}", allowed)
    row = named_format("json" if wants_table else format_name or "turtle", request.kind)
    config = session.config
    release = require_release(config)
    limits = config.limits
    with WorkerHost(
        release.store, base_iri=config.base_iri, prefixes=release.prefixes, limits=limits, workers=1
    ) as host:
        client = QueryClient(host.address, limits)
        ask_before(client)
        document = client.evaluate(request, row)
    if wants_table:
        print_table(document, release.prefixes, Console(width=_width()))
    else:
        sys.stdout.buffer.write(document)


def _options(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read ``--name value`` and ``--name=value``."""
    rest = iter(values)
    for option in rest:
        if not option.startswith("--"):
            raise click.UsageError(f'found "{option}", expected --PARAMETER VALUE')
        name, equals, value = option[2:].partition("=")
        if not equals:
            value = next(rest, "")
            if not value:
                raise click.UsageError(f"the parameter --{name} has no value")
        yield name, value


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f'--param is "{text}", expected NAME=VALUE')
    return name, value


def _width() -> int | None:
    """Keep the lines of a table whole where no terminal bounds them."""
    return None if sys.stdout.isatty() else 200
