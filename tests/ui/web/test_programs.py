"""The same answers for programs, and for many people at once."""

import asyncio
import base64
import io
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from web_tools import FLAGSHIP, SINGLE, serving

from eval.crowd import Page, together
from ingest.errors import UsageError
from qa.model import to_dict
from ui.page import Choices, serve
from ui.web.app import READING
from ui.web.guard import Access

README = Path(__file__).parents[3] / "README.md"
USERS = 20


def lasting(answer):
    return {name: value for name, value in answer.items() if name != "timings_ms"}


def test_the_example_in_the_readme_gives_the_answer_object(site, engine):
    example = re.search(r"```python\n(from gradio_client.*?)```", README.read_text(encoding="utf-8"), re.S)[1]
    told = {}
    program = example.replace("http://127.0.0.1:7860", site.url).replace(
        "print(", "told.setdefault('said', []).append("
    )
    exec(program, {"told": told})
    answer = engine.ask("Wat doet het rijk in Deventer aan gezondheid?", ("Deventer",))
    assert told["said"] == [answer.answer, *(one.quote for one in answer.citations)]


def test_the_endpoint_is_documented_and_the_only_one(site):
    known = httpx.get(f"{site.url}gradio_api/info").json()["named_endpoints"]
    assert list(known) == ["/ask"]
    assert [one["parameter_name"] for one in known["/ask"]["parameters"]] == [
        "question",
        "charters",
        "actor",
        "previous",
    ]


def asked(site, *given):
    """Ask over plain HTTP, as any program can; return the answer object, or the error as it is said."""
    with httpx.Client(timeout=60) as client:
        event = client.post(f"{site.url}gradio_api/call/ask", json={"data": list(given)}).json()["event_id"]
        with client.stream("GET", f"{site.url}gradio_api/call/ask/{event}") as reply:
            kind = ""
            for line in reply.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: ") and kind in ("complete", "error"):
                    data = json.loads(line.removeprefix("data: "))
                    return data[0] if kind == "complete" else data
    raise AssertionError("no answer came")


def test_plain_http_gives_the_answer_object(site, engine):
    assert lasting(asked(site, FLAGSHIP, [], None, None)) == json.loads(
        json.dumps(lasting(to_dict(engine.ask(FLAGSHIP))))
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("", [], None, None), "De vraag is leeg"),
        (("Wat?", ["Parijs"], None, None), "Charter 'Parijs' is er niet"),
        (("Wat?", [], "koning", None), "Partij 'koning' bestaat niet"),
    ],
)
def test_wrong_use_is_said_to_programs_as_well(site, given, said):
    assert said in json.dumps(asked(site, *given), ensure_ascii=False)


@pytest.fixture(scope="module")
def tools(engine, tmp_path_factory):
    """The page as an MCP server too."""
    pytest.importorskip("mcp", reason="MCP wordt getest waar het pakket is: pip install 'charterwijzer[mcp]'")
    with serving(engine, tmp_path_factory.mktemp("mcp") / "feedback.jsonl", Access(mcp=True)) as made:
        yield made


def talk(site, conversation, headers=None):
    """Have a conversation with the MCP server over HTTP, with MCP's own client."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def scene():
        async with (
            streamablehttp_client(f"{site.url}gradio_api/mcp/", headers) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await conversation(session)

    with ThreadPoolExecutor(1) as apart:  # the browser's driver has an event loop in this thread
        return apart.submit(asyncio.run, scene()).result()


def test_an_mcp_client_finds_one_tool_that_says_in_dutch_what_it_asks_for(tools):
    listed = talk(tools, lambda session: session.list_tools())
    (tool,) = listed.tools
    assert tool.name == "ask" and "Beantwoord een vraag over de charters" in tool.description
    fields = tool.inputSchema["properties"]
    assert list(fields) == ["question", "charters", "actor", "previous"]
    assert fields["question"]["description"] == "de vraag, in het Nederlands."


def test_an_mcp_client_gets_the_answer_object(tools, engine):
    given = {"question": SINGLE, "charters": ["Deventer"]}
    told = talk(tools, lambda session: session.call_tool("ask", given))
    assert not told.isError
    expected = engine.ask(SINGLE, ("Deventer",))
    assert lasting(json.loads(told.content[0].text)) == json.loads(json.dumps(lasting(to_dict(expected))))


def test_an_mcp_client_hears_of_wrong_use(tools):
    told = talk(tools, lambda session: session.call_tool("ask", {"question": SINGLE, "charters": ["Parijs"]}))
    assert told.isError and "Charter 'Parijs' is er niet" in told.content[0].text


def test_an_mcp_client_signs_in_like_a_browser(engine, tmp_path):
    pytest.importorskip("mcp", reason="MCP wordt getest waar het pakket is: pip install 'charterwijzer[mcp]'")
    access = Access(user="anna", password="geheim", mcp=True)
    with serving(engine, tmp_path / "feedback.jsonl", access) as made:
        assert httpx.post(f"{made.url}gradio_api/mcp/", json={}).status_code == 401
        right = {"authorization": f"Basic {base64.b64encode(b'anna:geheim').decode()}"}
        told = talk(made, lambda session: session.call_tool("ask", {"question": SINGLE}), right)
        assert json.loads(told.content[0].text)["question"] == SINGLE


def test_without_its_extra_mcp_says_what_to_install(settings, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'charterwijzer\[mcp\]'"):
        serve(Choices(mcp=True), settings, lambda: pytest.fail("opened"), io.StringIO())


def test_mcp_is_there_only_when_it_is_asked_for(site):
    assert httpx.post(f"{site.url}gradio_api/mcp/", json={}).status_code == 404


def test_twenty_people_at_once_all_get_their_own_answer(site, engine):  # how quickly is for a benchmark to say
    cities = [charter.name for charter in engine.index.charters]
    questions = [f"Wat doet {cities[i % len(cities)]} aan veiligheid?" for i in range(USERS)]
    answers = [None] * USERS
    start = threading.Barrier(USERS)

    def one(i):
        start.wait()
        answers[i] = asked(site, questions[i], [], None, None)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, answer in enumerate(answers):
        assert answer["question"] == questions[i]
        assert {hit["charter"] for hit in answer["retrieved"]} == {cities[i % len(cities)]}


def test_everyone_of_many_has_a_place_in_the_line(site, engine, monkeypatch):
    answer, go, many = engine.ask(SINGLE), threading.Event(), 45  # Gradio by itself lets 40 in

    def slow(*_, **__):
        go.wait(60)
        yield answer

    monkeypatch.setattr(site.service.engine, "stream", slow)
    page = Page.at(urlsplit(site.url).port)
    visitors = threading.Thread(target=together, args=(page, [SINGLE] * many))
    visitors.start()
    until = time.monotonic() + 30
    while len(site.service._reading.waiting) < many - READING and time.monotonic() < until:
        time.sleep(0.05)
    waiting = len(site.service._reading.waiting)
    go.set()
    visitors.join()
    assert waiting == many - READING


def test_the_benchmark_asks_as_visitors_of_the_page_do(site, monkeypatch):
    stream, asked = site.service.engine.stream, []

    def seen(text, *given, **named):
        asked.append(text)
        return stream(text, *given, **named)

    monkeypatch.setattr(site.service.engine, "stream", seen)
    waited = together(Page.at(urlsplit(site.url).port), [SINGLE, FLAGSHIP])
    assert sorted(asked) == sorted([SINGLE, FLAGSHIP]) and all(waited)
