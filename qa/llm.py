"""The language model behind one seam: any LlamaIndex ``LLM``, by default that of an Ollama server.

The model runs in a thread of its own, on an event loop: so every wait has a limit, and stopping closes the connection
at once, which stops the server too. Whatever goes wrong is a LanguageModelError that says it in Dutch. LlamaIndex is
imported in that thread and nowhere else: it takes seconds, and an extractive answer must not wait for it.
"""

import asyncio
import json
import queue
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from ingest.errors import LanguageModelError, NoServerError
from qa.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

PROBE = 0.5  # seconds in which a server says which models it has; one on this machine takes a few milliseconds
LONGEST = 900  # tokens that an answer may take
MOST_CHARACTERS = 12_000  # after which a model that ignores the limit on tokens is stopped
_POLL = 0.05  # seconds between looks at whether to stop
_KEPT_LOADED = "10m"  # how long the server keeps the model in memory, so that a next question does not load it again
Message = tuple[str, str]  # role, text


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds: for the first word, between words, and for all of it."""

    first: float
    silence: float
    total: float


@dataclass(frozen=True)
class LanguageModel:
    """A language model that can be talked to: its name, how it is opened (late), and how long it may take.

    ``open`` gives the LlamaIndex model for one answer and takes its connections back; ``present`` raises
    LanguageModelError where the server or the model is not there, and must be quick.
    """

    name: str
    open: Callable[[], AbstractAsyncContextManager["LLM"]]
    limits: Limits
    present: Callable[[], None]

    def stream(self, messages: Sequence[Message], stop: threading.Event | None = None) -> Generator[str]:
        """Yield the answer piece by piece; raise LanguageModelError when it fails, is too slow or breaks off.

        Closing the iterator, or setting ``stop`` from another thread, ends the model's work at once.
        """
        talk = _Talk(self, messages)
        talk.start()
        try:
            yield from talk.pieces(stop or threading.Event())
        finally:
            talk.stop()


def ollama(settings: Settings) -> LanguageModel:
    """Return the model of the settings on its Ollama server; nothing is loaded or asked yet."""
    url, name = settings.ollama_url.rstrip("/"), settings.llm_model

    @asynccontextmanager
    async def opened() -> AsyncIterator["LLM"]:
        from llama_index.llms.ollama import Ollama
        from ollama import AsyncClient

        # Without the proxy of the surroundings: it does not lead to this machine. Limits on time are ours.
        async with AsyncClient(host=url, timeout=None, trust_env=False) as client:
            yield Ollama(
                model=name,
                base_url=url,
                temperature=settings.llm_temperature,
                context_window=settings.llm_context,  # always given: without it LlamaIndex asks for all the model can
                thinking=False,
                keep_alive=_KEPT_LOADED,
                additional_kwargs={"seed": settings.llm_seed, "num_predict": LONGEST},
                async_client=client,
            )

    limits = Limits(settings.llm_first_word, settings.llm_silence, settings.llm_total)
    return LanguageModel(name, opened, limits, lambda: check_present(url, name))


def check_present(url: str, name: str) -> None:
    """Raise LanguageModelError where the server does not have the model, NoServerError where there is no server."""
    names = server_models(url)
    if not has_model(name, names):
        raise LanguageModelError(
            f"De taalmodelserver op {url} heeft het model {name} niet",
            f"een van: {', '.join(names)}" if names else "een geïnstalleerd model",
            f"Haal het op met: ollama pull {name}",
        )


def server_models(url: str, seconds: float = PROBE) -> tuple[str, ...]:
    """Return the names of the models that an Ollama server has; raise NoServerError where none answers quickly."""

    def asked() -> Any:  # noqa: ANN401 - whatever the server sends
        with build_opener(ProxyHandler({})).open(f"{url}/api/tags", timeout=seconds) as reply:
            return json.load(reply)

    pool = ThreadPoolExecutor(1, "taalmodelserver")  # looking up a name may take longer than any timeout of a socket
    try:
        found = pool.submit(asked).result(timeout=seconds * 2)
        return tuple(str(model["name"]) for model in found["models"])
    except (URLError, OSError, TooLate) as error:
        raise NoServerError(
            f"Er is geen taalmodelserver op {url}", "een Ollama-server", "Start er een met: ollama serve"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise LanguageModelError(
            f"Op {url} antwoordt iets anders dan een taalmodelserver",
            "een Ollama-server",
            "Stel in: CHARTERWIJZER_OLLAMA_URL",
        ) from error
    finally:
        pool.shutdown(wait=False)


def has_model(name: str, names: Sequence[str]) -> bool:
    """Say whether a server with models of these names has this one; a name without a tag means ``latest``."""
    return name in names or (":" not in name and f"{name}:latest" in names)


class _Talk:
    """One conversation: a thread with an event loop that puts what the model says on a queue."""

    def __init__(self, model: LanguageModel, messages: Sequence[Message]) -> None:
        self._model, self._messages = model, messages
        self._said: queue.SimpleQueue[str | LanguageModelError | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="taalmodel", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def pieces(self, stop: threading.Event) -> Iterator[str]:
        while not stop.is_set():
            try:
                said = self._said.get(timeout=_POLL)
            except queue.Empty:
                continue
            if said is None:
                return
            if isinstance(said, LanguageModelError):
                raise said
            yield said

    def stop(self) -> None:
        """End the talk; returns at once, also when the model is still being loaded."""
        self._stopped.set()
        loop, task = self._loop, self._task
        if loop is not None and task is not None and self._thread.is_alive():
            try:
                loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:  # the loop ended in between
                return
            self._thread.join(timeout=0.5)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            self._said.put(None)
        except LanguageModelError as error:
            self._said.put(error)
        except BaseException as error:  # whatever a model of any make raises is a reason, never the end of the program
            self._said.put(_explained(error, self._model))

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if not self._stopped.is_set():
            await self._talk()
        self._said.put(None)

    async def _talk(self) -> None:
        from llama_index.core.llms import ChatMessage

        messages = [ChatMessage(role=role, content=text) for role, text in self._messages]
        limits, loop = self._model.limits, asyncio.get_running_loop()
        async with self._model.open() as llm:
            started = loop.time()
            async with asyncio.timeout(min(limits.first, limits.total)) as patience:
                await self._listen(llm, messages, patience, started + limits.total)

    async def _listen(self, llm: "LLM", messages: "list[ChatMessage]", patience: asyncio.Timeout, end: float) -> None:
        spoken, last, loop = 0, None, asyncio.get_running_loop()
        async for part in await llm.astream_chat(messages):
            last = part
            if not part.delta:
                continue  # thinking aloud, or a sign of life: no word of an answer
            spoken += len(part.delta)
            self._said.put(part.delta)
            if self._stopped.is_set() or spoken > MOST_CHARACTERS:
                return
            patience.reschedule(min(end, loop.time() + self._model.limits.silence))
        if _broken_off(last):
            raise LanguageModelError(f"Het taalmodel {self._model.name} brak zijn antwoord af")


def _broken_off(last: Any) -> bool:  # noqa: ANN401 - what a model of any make answers
    """Whether an Ollama server ended without saying that it was done; other makes do not say it."""
    raw = getattr(last, "raw", None)
    return last is None or (isinstance(raw, dict) and "done" in raw and not raw["done"])


def _explained(error: BaseException, model: LanguageModel) -> LanguageModelError:
    """Return what went wrong in Dutch; recognised by name, since the libraries are not imported here."""
    kind, said = type(error).__name__, " ".join(str(error).split())[:200]
    if isinstance(error, TimeoutError):
        return LanguageModelError(f"Het taalmodel {model.name} was te langzaam")
    if isinstance(error, ImportError):
        return LanguageModelError(f"De taalmodelbibliotheek ontbreekt ({said})", "pip install llama-index-llms-ollama")
    if isinstance(error, ConnectionError) or kind == "ConnectError":
        return LanguageModelError("De taalmodelserver is niet te bereiken", "", "Start hem met: ollama serve")
    if kind == "ResponseError" and getattr(error, "status_code", 0) == 404:
        return LanguageModelError(
            f"Het model {model.name} is er niet", "", f"Haal het op met: ollama pull {model.name}"
        )
    if kind == "ResponseError":
        return LanguageModelError(f"De taalmodelserver meldt een fout: {said}")
    if kind in ("RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead"):
        return LanguageModelError(f"Het taalmodel {model.name} brak zijn antwoord af")
    return LanguageModelError(f"De taalmodelserver antwoordde iets onverwachts ({kind})")
