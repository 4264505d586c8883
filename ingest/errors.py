"""Every error a user can meet, in one tree.

CharterwijzerError
├── UsageError          wrong use of a command; exit code 2
├── CorpusError         a corpus, manifest or document that cannot be read
├── ModelError          an embedding model that cannot be had or is not what it says
├── IndexFolderError    an index folder that is missing, damaged or of another make
├── LanguageModelError  a language model that is not there, too slow, or breaks off
│   └── NoServerError   no language model server at all, which is no fault where none is required
├── FeedbackError       feedback on the page that could not be kept
└── GoldError           a gold file with a bad line

Lives in the lowest layer because every layer raises these and only ``ui`` catches them.
The message is Dutch, for the user: what was found, what was expected, what to do next.
"""


class CharterwijzerError(Exception):
    """Anything that Charterwijzer itself reports; ``str(error)`` is the line for the user."""

    exit_code = 1

    def __init__(self, found: str, expected: str = "", remedy: str = "") -> None:
        self.found, self.expected, self.remedy = found, expected, remedy
        parts = [found, f"Verwacht: {expected}" if expected else "", remedy]
        super().__init__(" ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part))


class UsageError(CharterwijzerError):
    """Wrong use: an empty question, an unknown charter, an option with a bad value."""

    exit_code = 2


class CorpusError(CharterwijzerError):
    """A corpus folder, manifest or document that is missing, unreadable or inconsistent."""


class ModelError(CharterwijzerError):
    """An embedding model that cannot be unpacked, found or loaded."""


class IndexFolderError(CharterwijzerError):
    """An index folder that is missing, truncated, edited, or built by another model or version."""


class LanguageModelError(CharterwijzerError):
    """A language model server or model that is missing, too slow, or that breaks off or answers nonsense."""


class NoServerError(LanguageModelError):
    """No language model server at the address that is set: for most users the ordinary state of things."""


class FeedbackError(CharterwijzerError):
    """Feedback on the page that could not be kept: a full disk, a file that may not be written."""


class GoldError(CharterwijzerError):
    """A gold file with a line that is not usable; names file, line and reason."""
