"""The small graph with names in several scripts, odd names, and search queries of its own."""

import shutil
from pathlib import Path

from harness import TINY

__all__ = ["PERSON", "enlarge"]

PERSON = "https://tiny.example/id/person/"
STRAW = "straw " * 100
PEOPLE = f"""
@prefix person: <https://tiny.example/id/person/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix tiny: <https://tiny.example/ns#> .

person:erevan a tiny:Person ; tiny:name "E" ; rdfs:label "Yerevan"@en , "Երևան քաղաք"@hy ; tiny:says "a long way"@en .
person:baki a tiny:Person ; tiny:name "B" ; rdfs:label "Şəhər İçərişəhər"@az ; tiny:knows person:erevan .
person:qahira a tiny:Person ; tiny:name "Q" ; rdfs:label "مدينة القاهرة"@ar ; tiny:knows person:erevan , person:baki .
person:beijing a tiny:Person ; tiny:name "P" ; rdfs:label "中华人民共和国北京市"@zh .
person:krung a tiny:Person ; tiny:name "K" ; rdfs:label "กรุงเทพมหานคร"@th ; tiny:says "Yerevan is far"@en .
person:markup a tiny:Person ; tiny:name "M" ; rdfs:label "<script>alert(1)</script> \\"quoted\\" \\u202E turned"@en .
person:long a tiny:Person ; tiny:name "L" ; tiny:says "{STRAW} needle {STRAW}"@en ; rdfs:label "haystack"@en .
person:blank a tiny:Person ; tiny:name "Z" ; rdfs:label " "@en .
"""
TERMS = """
tiny:says a owl:DatatypeProperty ; rdfs:label "says"@en .
tiny:Person rdfs:label "personne"@fr .
"""
SEARCHES = {
    "says": "#+ search: quotation\nPREFIX tiny: <https://tiny.example/ns#>\n"
    "SELECT ?item ?text WHERE { ?item tiny:says ?text }\n",
    "friend": "#+ search: facet\n#+ label: {en: Knows, fr: Connaît}\nPREFIX tiny: <https://tiny.example/ns#>\n"
    "SELECT ?item ?value WHERE { ?item tiny:knows ?value }\n",
    "initial": "#+ search: facet\n#+ label: Initial\n#+ order: value\nPREFIX tiny: <https://tiny.example/ns#>\n"
    "SELECT ?item ?value WHERE { ?item tiny:name ?name . BIND (SUBSTR(?name, 1, 1) AS ?value) }\n",
}


def enlarge(root: Path) -> Path:
    """Add names in several scripts, and search queries, to a copy of the small graph."""
    shutil.copytree(TINY, root)
    (root / "graph_data/cities.ttl").write_text(PEOPLE)
    with (root / "ontology/tiny.ttl").open("a") as file:
        file.write(TERMS)
    (root / "ontology/search").mkdir()
    for name, text in SEARCHES.items():
        (root / f"ontology/search/{name}.rq").write_text(text)
    return root
