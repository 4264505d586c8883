"""The page as a Gradio application: what the browser can call, and nothing that decides about answers."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from ingest.errors import CharterwijzerError, UsageError
from qa.engine import Engine
from qa.model import Answer, to_dict
from ui.errors import describe
from ui.web import messages
from ui.web.catalogue import Catalogue
from ui.web.compare import compare_html
from ui.web.conversation import Asked, Conversation
from ui.web.export import export, plain
from ui.web.feedback import Feedback, line_of, now, store
from ui.web.messages import Message
from ui.web.presence import Presence
from ui.web.reader import reader_html
from ui.web.shell import page_html
from ui.web.verdicts import nearest_html
from ui.web.waiting import Place, WaitingLine

READING = max(2, os.cpu_count() or 2)  # questions searched for at once; more only slow each other down
WRITING = 2  # answers that a language model writes at once
LINE = 500  # questions at once, waiting ones included; more are refused
NEAREST = 3
SOON, PAUSE = 0.3, 1.0  # seconds in the line before one is told of it, and until one is told again
Made = TypeVar("Made")
# Of all that Gradio sends, asks or adds up by itself, nothing; it reads these when an application is made.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


class Service:
    """Serves one engine to many visitors, each with a conversation of their own."""

    def __init__(self, engine: Engine, feedback_file: Path) -> None:
        self.engine, self.feedback_file = engine, feedback_file
        self.catalogue = Catalogue.of(engine)
        self.presence = Presence(engine.writer)
        self._reading, self._writing = WaitingLine(READING), WaitingLine(WRITING)
        self._threads = ThreadPoolExecutor(READING + WRITING, thread_name_prefix="antwoord")

    async def converse(
        self, conversation: Conversation, event: gr.EventData
    ) -> AsyncIterator[tuple[Message, Conversation]]:
        """Answer what the browser asks; every message is one step that the visitor sees, and costs the server work."""
        asked, stop = Asked(""), threading.Event()
        try:
            asked = Asked.of(event._data)
            begun = conversation.begun(asked.fresh)
            answers = self.engine.stream(
                asked.question, asked.charters, asked.actor, previous=begun.previous, stop=stop
            )
            async with self._reading.place() as place:
                told = False
                async for position in _told(place):
                    told = True
                    yield messages.waiting(asked.request, position), conversation
                coming = self._next(answers)
                if told:
                    yield messages.searching(asked.request), conversation
                answer = await coming
            async for later in self._grown(answer, answers, self.presence):
                conversation = begun.answered(asked, later)
                yield messages.answered(conversation.turns[-1], self.catalogue, self.presence.said()), conversation
        except Exception as error:  # whatever fails, the page says what and the box stays usable
            yield messages.failed(asked.request, describe(error)[0]), conversation
        finally:
            stop.set()  # whoever leaves or stops ends the language model's work as well

    async def _grown(
        self, answer: Answer | None, answers: Iterator[Answer], presence: Presence | None = None
    ) -> AsyncIterator[Answer]:
        """Yield an answer, and what a language model makes of it when its turn has come.

        With ``presence`` a model that is away is passed over in silence, because the page says so once.
        """
        if answer is None:
            raise UsageError("Er kwam geen antwoord", "", "Stel de vraag opnieuw")
        if not answer.writing or (presence and presence.absent):
            yield replace(answer, writing=False)
            return
        yield answer
        async with self._writing.turn():
            if presence and not await self._threaded(presence.look):
                yield replace(answer, writing=False)
                return
            while (later := await self._next(answers)) is not None:
                yield later

    def _next(self, answers: Iterator[Answer]) -> "asyncio.Future[Answer | None]":
        return self._threaded(next, answers, None)

    def _threaded(self, call: Callable[..., Made], *given: Any) -> "asyncio.Future[Made]":  # noqa: ANN401
        return asyncio.get_running_loop().run_in_executor(self._threads, call, *given)

    async def ask(
        self,
        question: str,
        charters: list[str] | None = None,
        actor: str | None = None,
        previous: str | None = None,
    ) -> dict[str, Any]:
        """Beantwoord een vraag over de charters; geeft het antwoordobject met citaten, oordelen en dekking.

        Args:
            question: de vraag, in het Nederlands.
            charters: alleen zoeken in deze charters; leeg is alle.
            actor: alleen wat deze partij doet: gemeente, rijk of gezamenlijk.
            previous: de vorige vraag zoals die is begrepen, als dit een vervolgvraag is.

        """
        stop = threading.Event()
        try:
            answers = self.engine.stream(
                question, tuple(charters or ()), actor or None, previous=previous or None, stop=stop
            )
            async with self._reading.turn():
                answer = await self._next(answers)
            async for later in self._grown(answer, answers):
                answer = later
            assert answer is not None
            return to_dict(answer)
        except Exception as error:
            raise gr.Error(describe(error)[0], print_exception=False) from error
        finally:
            stop.set()

    def take_along(self, conversation: Conversation, event: gr.EventData) -> Message:
        """Give an answer of this conversation as a file or as text."""
        try:
            turn = conversation.turn(event._data)
            kind = str(event._data.get("as"))
            if kind == "kopieer":
                return messages.text_to_copy(plain(turn.answer, self.catalogue))
            return messages.file_to_save(export(turn.answer, self.catalogue, kind))
        except Exception as error:
            return messages.failed(0, describe(error)[0])

    def judge(self, conversation: Conversation, event: gr.EventData) -> Message:
        """Keep what the visitor says of an answer of this conversation."""
        number = event._data.get("turn") if isinstance(event._data, dict) else 0
        try:
            turn = conversation.turn(event._data)
            judgement = Feedback.of(event._data, turn.answer)
            store(line_of(judgement, turn.answer, now()), self.feedback_file)
            return messages.judged(turn.number, "Uw oordeel is bewaard. Dank u wel.", kept=True)
        except Exception as error:
            return messages.judged(number if isinstance(number, int) else 0, describe(error)[0], kept=False)

    def mode(self) -> Message:
        """Say who answers now: the language model's server may have come or gone since the page was made."""
        self.presence.look()
        return {"text": self.presence.said()}

    def read(self, data: Any) -> Message:  # noqa: ANN401 - what a browser sends is checked here
        """Give a charter for reading, with a span highlighted."""
        return self._html(
            lambda: reader_html(self.catalogue.whole(str(data["charter"])), int(data["van"]), int(data["tot"]))
        )

    def compare(self, data: Any) -> Message:  # noqa: ANN401
        """Give the columns of a comparison."""
        return self._html(
            lambda: compare_html(self.catalogue, str(data["theme"]), [str(one) for one in data["charters"]])
        )

    def nearest(self, data: Any) -> Message:  # noqa: ANN401
        """Give the passages of one charter that come nearest to a question."""
        return self._html(
            lambda: nearest_html(
                self.engine.search(str(data["question"]), NEAREST, (str(data["charter"]),), data.get("actor") or None)
            )
        )

    @staticmethod
    def _html(make: Any) -> Message:  # noqa: ANN401
        try:
            return {"html": make()}
        except (KeyError, TypeError, ValueError) as error:
            return {
                "error": describe(
                    UsageError(f"De pagina vroeg iets onbekends ({error})", "", "Laad de pagina opnieuw")
                )[0]
            }
        except CharterwijzerError as error:
            return {"error": describe(error)[0]}


async def _told(place: Place) -> AsyncIterator[int]:
    """Yield the position in the line whenever it is worth telling; end when it is one's turn."""
    told = None
    await place.turn(SOON)
    while place.position:
        if place.position != told:
            yield (told := place.position)
        await place.turn(PAUSE)


def build_page(service: Service, model: str | None = None) -> gr.Blocks:
    """Return the application; ``model`` is the language model that writes, None where there is none."""
    os.environ.update(_QUIET)
    page = gr.Blocks(title="Charterwijzer", analytics_enabled=False)
    with page:
        conversation = gr.State(Conversation())
        gr.HTML(page_html(service.catalogue, model), js_on_load=None, apply_default_css=False)
        channel = gr.HTML(
            html_template="<i hidden></i>",
            js_on_load=(files("ui.web") / "page.js").read_text(encoding="utf-8"),
            elem_id="kanaal",
            apply_default_css=False,
            server_functions=_callable(service),
        )
        quiet: dict[str, Any] = {
            # The names keep the one of the endpoint for programs free.
            "api_visibility": "private",
            "show_progress": "hidden",
            "concurrency_limit": None,
            "trigger_mode": "multiple",
        }
        asking = channel.submit(service.converse, [conversation], [channel, conversation], api_name="page_ask", **quiet)
        channel.stop(None, cancels=[asking], api_visibility="private", show_progress="hidden")
        channel.select(service.take_along, [conversation], [channel], api_name="page_take", **quiet)
        channel.like(service.judge, [conversation], [channel], api_name="page_judge", **quiet)
        # Not queued by Gradio: a question waits in our own line, and MCP then calls it without going over HTTP again.
        api(service.ask, api_name="ask", queue=False, concurrency_limit=None)
    page.max_threads = LINE  # all are in our own line at once, which tells them their place; Gradio's would not
    page.queue(max_size=LINE, default_concurrency_limit=None)
    return page


def _callable(service: Service) -> list[Callable[[Any], Message]]:
    """What the browser may call by name; plain functions, because Gradio marks them and methods take no mark."""

    def read(data: Any) -> Message:  # noqa: ANN401
        return service.read(data)

    def compare(data: Any) -> Message:  # noqa: ANN401
        return service.compare(data)

    def nearest(data: Any) -> Message:  # noqa: ANN401
        return service.nearest(data)

    def mode(_: Any) -> Message:  # noqa: ANN401
        return service.mode()

    return [read, compare, nearest, mode]
