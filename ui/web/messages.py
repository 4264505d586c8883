"""What the server tells the browser, as plain data: the page's script puts each piece in its place."""

import base64
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from ui.web.answer import actions_html, answer_html, spoken
from ui.web.catalogue import Catalogue
from ui.web.conversation import Turn
from ui.web.export import Export
from ui.web.judging import judging_html
from ui.web.sources import sources_html
from ui.web.verdicts import verdicts_html

Message = dict[str, Any]


def waiting(request: int, position: int) -> Message:
    """Tell the place in the line."""
    said = "U bent de eerste in de rij." if position == 1 else f"U bent nummer {position} in de rij."
    return _message("wacht", request=request, text=said)


def searching(request: int) -> Message:
    """Tell who waited that it is their turn; the page itself says what is searched."""
    return _message("beurt", request=request)


def answered(turn: Turn, catalogue: Catalogue, mode: str) -> Message:
    """Give an answer, or what there is of it so far; ``mode`` says who answers."""
    answer, number, done = turn.answer, turn.number, not turn.answer.writing
    slots = {
        "antwoord": answer_html(answer, catalogue, number),
        "oordelen": verdicts_html(answer, catalogue, number),
        "bronnen": sources_html(answer, catalogue, number),
        # Shown when the answer is done, or stopped.
        "acties": actions_html(answer, number),
        "terugkoppeling": judging_html(answer, number),
    }
    return _message(
        "antwoord",
        request=turn.asked.request,
        turn=number,
        question=answer.question,
        actor=turn.asked.actor or "",
        link=link_to(turn),
        slots=slots,
        done=done,
        mode=mode,
        spoken=spoken(answer) if done else "",
    )


def link_to(turn: Turn) -> str:
    """Return the query of an address that repeats a question: as it was understood, with what it was limited to."""
    asked = turn.asked
    fields = [("vraag", turn.answer.understood or turn.answer.question), *(("stad", name) for name in asked.charters)]
    return urlencode([*fields, *([("partij", asked.actor)] if asked.actor else [])])


def failed(request: int, text: str) -> Message:
    """Tell an error; the question stays in its box."""
    return _message("fout", request=request, text=text)


def file_to_save(made: Export) -> Message:
    """Give a file; it travels in the message, so that the server has no files to fetch."""
    content = base64.b64encode(made.content).decode()
    return _message("bestand", name=made.name, type=made.media_type, content=content)


def text_to_copy(text: str) -> Message:
    """Give a text for the clipboard."""
    return _message("kopie", text=text)


def judged(turn: int, text: str, kept: bool) -> Message:
    """Tell whether a judgement was kept."""
    return _message("bewaard", turn=turn, text=text, kept=kept)


def _message(kind: str, **fields: Any) -> Message:  # noqa: ANN401 - plain data
    # The browser hears of a message only when it differs from the one before.
    return {"kind": kind, "id": uuid4().hex[:12], **fields}
