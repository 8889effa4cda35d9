"""
Write the digests of all runs of seven words of a source text, so that copies can be found without the text.

Run it as ``python tools/shingles.py ARTICLE > tests/shingles/international-actors-part-2.txt``. A digest is the first
twelve hexadecimal digits of the SHA-256 of seven words in lower case, joined by spaces.
"""

import hashlib
import re
import sys
from pathlib import Path

RUN_WORDS = 7


def shingles(text: str) -> set[str]:
    """Give the digest of each run of seven words in a text."""
    words = re.findall(r"\w+", text.lower())
    runs = (" ".join(words[start : start + RUN_WORDS]) for start in range(len(words) - RUN_WORDS + 1))
    return {hashlib.sha256(run.encode()).hexdigest()[:12] for run in runs}


if __name__ == "__main__":
    article = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write("\n".join(sorted(shingles(article))) + "\n")
