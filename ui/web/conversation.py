"""What one visitor asked and was answered; lives in that visitor's session and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ingest.errors import UsageError
from qa.model import Answer

KEPT = 20  # turns; the oldest go first


@dataclass(frozen=True)
class Asked:
    """A question as it came from the browser, checked; ``fresh`` begins a conversation."""

    question: str
    charters: tuple[str, ...] = ()
    actor: str | None = None
    request: int = 0
    fresh: bool = False

    @classmethod
    def of(cls, data: object) -> "Asked":
        """Check what the browser sent; raises UsageError for anything else than a question with filters."""
        given = data if isinstance(data, Mapping) else {}
        question, charters, actor = given.get("question"), given.get("charters", []), given.get("actor") or None
        fits = isinstance(question, str) and isinstance(charters, list) and isinstance(actor, str | None)
        if not fits or not all(isinstance(name, str) for name in charters):
            raise UsageError("De vraag is niet goed overgekomen", "een vraag in woorden", "Laad de pagina opnieuw")
        request = given.get("request")
        number = request if isinstance(request, int) else 0
        return cls(str(question), tuple(charters), actor, number, given.get("fresh") is True)


@dataclass(frozen=True)
class Turn:
    """A question with its answer; ``number`` counts from 1 within the conversation."""

    number: int
    asked: Asked
    answer: Answer


@dataclass(frozen=True)
class Conversation:
    """The turns of one visitor, oldest first."""

    turns: tuple[Turn, ...] = ()
    asked: int = 0

    @property
    def previous(self) -> str | None:
        """The last question as it was understood, which a follow-up builds on."""
        if not self.turns:
            return None
        answer = self.turns[-1].answer
        return answer.understood or answer.question

    def begun(self, fresh: bool = False) -> "Conversation":
        """Return the conversation with a number given out for the next turn; ``fresh`` forgets those before."""
        return Conversation(asked=1) if fresh else replace(self, asked=self.asked + 1)

    def answered(self, asked: Asked, answer: Answer) -> "Conversation":
        """Return the conversation with the answer of its latest turn; a later answer replaces an earlier one."""
        others = tuple(turn for turn in self.turns if turn.number != self.asked)
        return replace(self, turns=(*others, Turn(self.asked, asked, answer))[-KEPT:])

    def turn(self, data: Mapping[str, Any]) -> Turn:
        """Return the turn that the browser means; raises UsageError where the session has none such."""
        found = next((turn for turn in self.turns if turn.number == data.get("turn")), None)
        if found is None:
            raise UsageError("Dit antwoord is niet meer in deze sessie", "een antwoord van nu", "Stel de vraag opnieuw")
        return found
