"""The same answers for programs, and for many people at once."""

import json
import re
import threading
from pathlib import Path

import httpx
import pytest
from web_tools import FLAGSHIP

from qa.model import to_dict

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
