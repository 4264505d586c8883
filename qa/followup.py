"""Follow-up questions: what "en in …?" or "wie betaalt dat?" means after the last question, by rules.

Pure functions on Dutch question forms; the names of cities and neighbourhoods come in as charters.
"""

from collections.abc import Sequence

from ingest.model import Charter


def standalone(text: str, previous: str | None, charters: Sequence[Charter]) -> str:
    """Return the question so that it can be understood by itself.

    ``previous`` is the last question, itself standing alone. A question that needs nothing from it is returned as
    it is, to the letter.
    """
    return text
