"""Bring a release to an engine: send what differs, compare what arrived, and let readers see it all at once."""

from kg.publishing.comparison import Watcher
from kg.publishing.publishing import Outcome, publish_release, verify_release

__all__ = ["Outcome", "Watcher", "publish_release", "verify_release"]
