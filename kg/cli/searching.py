"""``kg search``: find entities of the current release by their words."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.text import Text

from kg.cli.session import Session
from kg.namespaces import compact_iri
from kg.release import require_release
from kg.search import MOST_HITS, Hit, SearchIndex, SearchRequest, Segment

__all__ = ["search"]


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, MOST_HITS), default=20, show_default=True, help="How many results are shown."
)
@click.pass_obj
def search(session: Session, words: Sequence[str], limit: int) -> None:
    """
    Find the entities that have all WORDS, or words that begin so, in names, glosses or quotations.

    The best come first, each with its classes, its IRI, and the other texts in which the words stand.
    """
    release = require_release(session.config)
    index = SearchIndex(release.search_index, session.config.limits.timeout_seconds)
    result = index.search(SearchRequest(" ".join(words), limit=limit))
    console = Console(highlight=False, soft_wrap=True)
    for hit in result.hits:
        console.print(_shown(hit), Text(compact_iri(hit.iri, release.prefixes), style="dim"))
        for snippet in hit.snippets:
            console.print("   ", _marked(snippet.segments))
    session.words.print(f"{len(result.hits)} of {result.total} results are shown")


def _shown(hit: Hit) -> Text:
    classes = f" ({', '.join(hit.classes)})" if hit.classes else ""
    return _marked(hit.label).append(classes)


def _marked(segments: Sequence[Segment]) -> Text:
    return Text.assemble(*((one.text, "bold" if one.is_hit else "") for one in segments))
