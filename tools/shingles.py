"""
Write the digests of all runs of seven words of a source text, so that copies can be found without the text.

Run it as ``python tools/shingles.py ARTICLE > tests/shingles/international-actors-part-2.txt``; ``kg.shingles`` says
what a digest is.
"""

import sys
from pathlib import Path

from kg.shingles import shingles

if __name__ == "__main__":
    article = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write("\n".join(sorted(shingles(article))) + "\n")
