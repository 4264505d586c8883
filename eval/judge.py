"""An optional judge: a language model that says whether an answer is right, beside the deterministic score.

Off by default. It is pinned (model, digest, seed, temperature 0), never the model that wrote the answers, and always
reported with its agreement with the score, since a judge that nobody has checked proves nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eval.gold import GoldQuestion
from eval.matching import without_markers
from eval.metrics import Answer, refused, text_of
from ingest.errors import LanguageModelError, UsageError

SEED = 20080301
TIMEOUT = 120.0  # seconds for one judgement
CONTEXT = 4096  # tokens; without it Ollama takes the largest that the model knows
SCHEMA = {
    "type": "object",
    "properties": {"reden": {"type": "string"}, "goed": {"type": "boolean"}},
    "required": ["reden", "goed"],
}
PROMPT = """Je beoordeelt of een antwoord op een vraag klopt. Vergelijk het met het juiste antwoord.
Goed is een antwoord dat alles bevat wat het juiste antwoord zegt, in welke woorden ook, en dat nergens tegenspreekt.
Meer zinnen dan nodig is niet fout.

Vraag: {question}
Juist antwoord: {gold}
Te beoordelen antwoord: {answer}

Geef eerst in één zin de reden, dan of het antwoord goed is."""


@dataclass(frozen=True)
class Judgement:
    """What the judge said of one answer; ``correct`` is None where it gave no usable verdict."""

    correct: bool | None
    reason: str


@dataclass(frozen=True)
class Agreement:
    """How far the judge agrees with the score, over the ``n`` answers on which it gave a verdict."""

    n: int
    unusable: int
    judged_correct: float
    scored_correct: float
    same: float
    kappa: float | None


class Judge(Protocol):
    """Whoever judges answers; ``pinned`` is kept with the run."""

    @property
    def pinned(self) -> Mapping[str, Any]:
        """What makes the judgements repeatable."""

    def judge(self, question: GoldQuestion, answer: Answer) -> Judgement:
        """Judge one answer."""


def to_be_judged(question: GoldQuestion, answer: Answer) -> bool:
    """Whether there is something to judge: an answer, not a refusal, to a single question that has an answer."""
    return question.roll is None and question.answerable and bool(text_of(answer)) and not refused(answer)


class OllamaJudge:
    """A model on an Ollama server."""

    def __init__(self, url: str, model: str) -> None:
        """Find the model, given as ``name`` or ``name@digest``.

        Raises LanguageModelError when the server or the model is not there, or the model is another version.
        """
        from ollama import Client

        self._client = Client(host=url, timeout=TIMEOUT)
        self._url = url
        self.model, _, wanted = model.partition("@")
        self._digest = self._found(wanted.removeprefix("sha256:"))

    def _found(self, wanted: str) -> str:
        there = {str(one.model): str(one.digest or "").removeprefix("sha256:") for one in self._listed()}
        digest = there.get(_tagged(self.model))
        if digest is None:
            raise LanguageModelError(
                f"De beoordelaar {self.model!r} is er niet op {self._url}",
                ", ".join(there) or "een model dat daar is opgehaald",
                f"Haal hem op met: ollama pull {self.model}",
            )
        if not digest.startswith(wanted):
            raise LanguageModelError(
                f"De beoordelaar {self.model!r} heeft digest {digest}", wanted, "Haal die versie op"
            )
        return digest

    def _listed(self) -> Sequence[Any]:
        from httpx import HTTPError
        from ollama import ResponseError

        try:
            return self._client.list().models
        except (ConnectionError, HTTPError, ResponseError) as error:
            raise LanguageModelError(
                f"De taalmodelserver op {self._url} antwoordt niet",
                "een draaiende Ollama",
                "Start hem met: ollama serve, of zet CHARTERWIJZER_OLLAMA_URL",
            ) from error

    @property
    def pinned(self) -> dict[str, Any]:
        """The model with its digest, and what rules out chance."""
        return {"model": self.model, "digest": self._digest, "seed": SEED, "temperature": 0}

    def judge(self, question: GoldQuestion, answer: Answer) -> Judgement:
        """Ask the model; whatever goes wrong with one answer is a judgement without a verdict."""
        from httpx import HTTPError
        from ollama import ResponseError

        if _tagged(str(answer.get("model") or "")) == _tagged(self.model):
            raise UsageError(f"{self.model} zou zijn eigen antwoorden beoordelen", "een ander model bij --judge")
        asked = PROMPT.format(
            question=question.standalone or question.question,
            gold=question.answer,
            answer=without_markers(text_of(answer)),
        )
        try:
            reply = self._client.chat(
                self.model,
                [{"role": "user", "content": asked}],
                format=SCHEMA,
                options={"seed": SEED, "temperature": 0, "num_ctx": CONTEXT},
            )
        except (ConnectionError, HTTPError, ResponseError) as error:
            return Judgement(None, f"geen oordeel: {error}")
        return read_judgement(reply.message.content or "")


def _tagged(model: str) -> str:
    """Return the name with its tag, as Ollama reads one without."""
    return model if ":" in model else f"{model}:latest"


def read_judgement(text: str) -> Judgement:
    """Return the verdict in a reply; one that is not as asked for has no verdict."""
    try:
        given = json.loads(text)
        correct, reason = given["goed"], str(given.get("reden", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return Judgement(None, f"onleesbaar: {text[:200]}")
    return Judgement(correct if isinstance(correct, bool) else None, reason)


def agreement(judged: Sequence[tuple[Judgement, bool]]) -> Agreement | None:
    """Return how far judgements agree with the score, given as pairs; None without a single verdict."""
    pairs = [(judgement.correct, scored) for judgement, scored in judged if judgement.correct is not None]
    if not pairs:
        return None
    n = len(pairs)
    return Agreement(
        n=n,
        unusable=len(judged) - n,
        judged_correct=sum(first for first, _ in pairs) / n,
        scored_correct=sum(second for _, second in pairs) / n,
        same=sum(first == second for first, second in pairs) / n,
        kappa=cohen_kappa(pairs),
    )


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return the agreement beyond chance (Cohen 1960): 1 complete, 0 chance; None where chance leaves no room."""
    n = len(pairs)
    same = sum(first == second for first, second in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * second + (1 - first) * (1 - second)
    return (same - chance) / (1 - chance) if chance < 1 else None
