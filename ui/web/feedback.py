"""What users say of answers, kept on this machine: one JSON object a line, which ``charterwijzer eval`` reads.

{"time": ISO 8601, "question": str, "understood": str | null, "kind": str, "rating": "goed" | "fout",
"reason": str, "verdicts": [{"charter": str, "was": str, "is": "yes" | "partly" | "no"}],
"answer": the answer object}
"""

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from ingest.errors import FeedbackError, UsageError
from qa.model import Answer, Status, to_dict

LONGEST_REASON = 4000  # characters
_PATIENCE = 10.0  # seconds for another process to finish its line
Rating = Literal["goed", "fout"]


@dataclass(frozen=True)
class Feedback:
    """One judgement; ``verdicts`` are those that the user overrules, by charter."""

    rating: Rating
    reason: str
    verdicts: tuple[tuple[str, Status], ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], answer: Answer) -> "Feedback":
        """Check what the browser sent about an answer; raises UsageError where it does not fit that answer."""
        rating, reason, given = data.get("rating"), data.get("reason", ""), data.get("verdicts", {})
        if rating not in ("goed", "fout"):
            raise UsageError("Er is geen oordeel gekozen", "goed of fout")
        if not isinstance(reason, str) or not isinstance(given, Mapping):
            raise UsageError("Uw oordeel is niet goed overgekomen", "een reden in woorden")
        was: dict[str, Status] = {item.charter: item.verdict for item in answer.items}
        unknown = [name for name, status in given.items() if name not in was or status not in get_args(Status)]
        if unknown:
            raise UsageError(f"Bij {unknown[0]!r} hoort geen oordeel in dit antwoord", ", ".join(was) or "geen")
        changed = tuple((name, status) for name, status in given.items() if status != was[name])
        return cls(rating, reason.strip()[:LONGEST_REASON], changed)


def line_of(feedback: Feedback, answer: Answer, now: dt.datetime) -> str:
    """Return the line that keeps a judgement with its answer."""
    was = {item.charter: item.verdict for item in answer.items}
    kept = {
        "time": now.isoformat(timespec="seconds"),
        "question": answer.question,
        "understood": answer.understood,
        "kind": answer.kind,
        "rating": feedback.rating,
        "reason": feedback.reason,
        "verdicts": [{"charter": name, "was": was[name], "is": status} for name, status in feedback.verdicts],
        "answer": to_dict(answer),
    }
    # A lone surrogate, which a browser can send, has no UTF-8.
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def store(line: str, file: Path) -> None:
    """Append a line, to the disk; whole or not at all, also with other processes, a full disk or a crash.

    Raises FeedbackError where it cannot be kept; the file is then as it was.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=_PATIENCE), file.open("ab") as out:
            _append(out.fileno(), line.encode(), file)
    except Timeout as error:
        raise FeedbackError(
            f"{file} is bezet", "een bestand dat niemand vasthoudt", "Probeer het zo opnieuw"
        ) from error
    except OSError as error:
        raise FeedbackError(
            f"Uw oordeel is niet bewaard: {file} is niet te schrijven ({error.strerror or error})",
            "ruimte en schrijfrechten",
            "Kies een ander bestand met CHARTERWIJZER_FEEDBACK_FILE",
        ) from error


def _append(descriptor: int, data: bytes, file: Path) -> None:
    size = os.fstat(descriptor).st_size
    torn = b"" if size == 0 or _last_byte(file, size) == b"\n" else b"\n"  # a crash left half a line: close it off
    try:
        _write_all(descriptor, torn + data)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def _last_byte(file: Path, size: int) -> bytes:
    with file.open("rb") as reader:
        reader.seek(size - 1)
        return reader.read(1)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def now() -> dt.datetime:
    """Return the time of this machine with its distance from UTC."""
    return dt.datetime.now().astimezone()
