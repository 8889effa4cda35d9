"""Make a knowledge graph directory of any size: our ontology, with its rules and searches, and generated claims."""

import shutil
from itertools import islice
from pathlib import Path

from claims_graph import quads

__all__ = ["write_root"]

_HERE = Path(__file__).resolve().parent
_LINES_PER_FILE = 500_000
_SETTINGS = """\
title = "Claims"
base_iri = "https://bench.example/"
label_properties = ["http://www.w3.org/2000/01/rdf-schema#label", "https://w3id.org/agon/ns#gloss"]
check.severity.dangling-reference = "off"
"""


def write_root(root: Path, triples: int, *, settings: str = "") -> Path:
    """
    Write the directory, if it is not there.

    Args:
        root: The directory.
        triples: About how many triples the claims have.
        settings: What ``agon.toml`` says besides.
    """
    if not root.exists():
        shutil.copytree(_HERE.parent / "ontology", root / "ontology", ignore=shutil.ignore_patterns("shapes"))
        (root / "ontology/shapes").mkdir()
        shutil.copy(_HERE / "claims-shapes.ttl", root / "ontology/shapes/claims.ttl")
        (root / "graph_data").mkdir()
        lines, number = quads(triples), 0
        while part := list(islice(lines, _LINES_PER_FILE)):
            (root / f"graph_data/claims-{number:03}.nq").write_text("".join(part), encoding="utf-8")
            number += 1
    (root / "agon.toml").write_text(_SETTINGS + settings, encoding="utf-8")
    return root
