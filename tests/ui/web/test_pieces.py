"""The page's parts by themselves: feedback on disk, the waiting line, exports, the map's projection."""

import asyncio
import csv
import datetime as dt
import io
import json
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from web_tools import FLAGSHIP, SINGLE, lines

from ingest.errors import FeedbackError, UsageError
from ui.page import Choices, serve, signing_in
from ui.web.answer import answer_html
from ui.web.catalogue import Catalogue
from ui.web.compare import compare_html
from ui.web.conversation import Asked, Conversation
from ui.web.export import docx, export, markdown, plain, table
from ui.web.feedback import Feedback, line_of, store
from ui.web.map import Projection
from ui.web.markup import enumerated, marked, text
from ui.web.reader import reader_html
from ui.web.server import Address, listening
from ui.web.waiting import WaitingLine

NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def catalogue(engine):
    return Catalogue.of(engine)


@pytest.fixture(scope="module")
def answer(engine):
    return engine.ask(FLAGSHIP)


def test_a_line_of_feedback_has_the_agreed_fields(answer):
    line = json.loads(line_of(Feedback("fout", "nee", (("Alkmaar", "yes"),)), answer, NOW))
    assert list(line) == ["time", "question", "understood", "kind", "rating", "reason", "verdicts", "answer"]
    assert line["time"] == "2026-11-24T04:00:00+00:00" and line["answer"]["question"] == FLAGSHIP
    assert line["verdicts"] == [{"charter": "Alkmaar", "was": "no", "is": "yes"}]


@pytest.mark.parametrize("data", [{}, {"rating": "mooi"}, {"rating": "goed", "reason": 3},
                                  {"rating": "goed", "verdicts": []},
                                  {"rating": "goed", "verdicts": {"Parijs": "yes"}},
                                  {"rating": "goed", "verdicts": {"Alkmaar": "misschien"}}])  # fmt: skip
def test_feedback_that_does_not_fit_its_answer_is_refused(answer, data):
    with pytest.raises(UsageError):
        Feedback.of(data, answer)


def test_only_verdicts_that_differ_are_kept(answer):
    same = {item.charter: item.verdict for item in answer.items}
    assert Feedback.of({"rating": "fout", "verdicts": same}, answer).verdicts == ()
    changed = Feedback.of({"rating": "fout", "verdicts": same | {"Alkmaar": "partly"}}, answer)
    assert changed.verdicts == (("Alkmaar", "partly"),)


def many(file, who):
    for i in range(15):
        store(json.dumps({"who": who, "i": i, "long": "x" * 3000}) + "\n", file)


def test_processes_that_write_at_once_lose_no_line(tmp_path):
    file = tmp_path / "map" / "feedback.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=many, args=(file, who)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted((line["who"], line["i"]) for line in lines(file)) == [(who, i) for who in range(3) for i in range(15)]


def test_a_line_after_a_crash_stands_on_its_own(tmp_path):
    file = tmp_path / "feedback.jsonl"
    file.write_text('{"a": 1}\n{"half', encoding="utf-8")
    store('{"b": 2}\n', file)
    assert file.read_text(encoding="utf-8") == '{"a": 1}\n{"half\n{"b": 2}\n'


def test_a_full_disk_leaves_the_file_as_it_was_and_is_said(tmp_path, monkeypatch):
    file = tmp_path / "feedback.jsonl"
    store('{"a": 1}\n', file)
    write = os.write

    def full(descriptor, data):
        if len(data) > 20:
            return write(descriptor, data[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ui.web.feedback.os.write", full)
    with pytest.raises(FeedbackError, match="is niet te schrijven"):
        store('{"b": "' + "x" * 30 + '"}\n', file)
    monkeypatch.undo()
    assert file.read_text(encoding="utf-8") == '{"a": 1}\n'


def test_the_line_is_fair_and_nobody_who_leaves_holds_it_up():
    async def scene():
        line, order = WaitingLine(1), []
        first = line.place()
        await first.__aenter__()

        async def visitor(name):
            async with line.place() as place:
                order.append((name, place.position))
                await place.turn()
                order.append((name, "aan de beurt"))

        tasks = [asyncio.create_task(visitor(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0)
        await first.__aexit__(None, None, None)
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    with ThreadPoolExecutor(1) as apart:  # the browser's driver has an event loop in this thread
        order = apart.submit(asyncio.run, scene()).result()
    assert order == [("a", 1), ("b", 2), ("c", 3), ("a", "aan de beurt"), ("c", "aan de beurt")]


def test_who_has_waited_for_a_while_hears_where_they_stand():
    async def scene():
        line = WaitingLine(1)
        async with line.place(), line.place() as second:
            await second.turn(0.01)
            return second.position

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, scene()).result() == 1


def test_nothing_in_markdown_acts_as_markup(answer, catalogue):
    wicked = "![x](http://elders.example/a.png) <b>vet</b> `code` | cel *ster* [l](javascript:x)"
    made = markdown(replace(answer, question=wicked, answer=wicked), catalogue)
    assert "![" not in made and "<b>" not in made and "](" not in made.replace("\\](", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_acts_as_a_formula(answer, catalogue, start):
    items = tuple(replace(item, value=f"{start}1+1") for item in answer.items)
    rows = list(csv.reader(io.StringIO(table(replace(answer, items=items), catalogue)), delimiter=";"))
    assert [row[2] for row in rows[1:]] == [f"'{start}1+1"] * len(items)


def test_word_has_headings_a_table_and_every_source(answer, catalogue):
    word = Document(io.BytesIO(docx(answer, catalogue)))
    assert [p.text for p in word.paragraphs if p.style.name.startswith("Heading")] == [FLAGSHIP, "Bronnen"]
    assert [row.cells[0].text for row in word.tables[0].rows[1:]] == [item.charter for item in answer.items]
    said = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert all(f"[{one.n}] {one.charter}" in said for one in answer.citations)


def test_what_is_taken_along_says_how_the_question_was_read_and_where_was_searched(engine, catalogue):
    asked = engine.ask("en in Utrecht?", ("Utrecht", "Zaanstad"), "rijk", previous="Wat wil Arnhem met sport?")
    word = "\n".join(one.text for one in Document(io.BytesIO(docx(asked, catalogue))).paragraphs)
    for made in (plain(asked, catalogue), markdown(asked, catalogue), word):
        assert "Gelezen als: Wat wil Utrecht met sport?" in made
        assert "Doorzocht: 2 van de 18 charters, die van Utrecht en Zaanstad." in made
        assert "Alleen uitspraken over de partij: rijk." in made


def test_what_each_charter_says_stands_on_a_line_of_its_own(engine, catalogue):
    dates = engine.ask("Wanneer zijn de charters ondertekend?")
    made = answer_html(dates, catalogue, 1)
    assert all(f"<p>{item.charter} – {item.value} <" in made for item in dates.items)


def test_there_is_no_table_of_one_answer(engine, catalogue):
    with pytest.raises(UsageError, match="csv"):
        export(engine.ask(SINGLE), catalogue, "csv")


@given(st.text())
def test_text_never_becomes_a_tag_or_leaves_its_attribute(value):
    assert not set("<>\"'") & set(text(value))


def test_a_marker_without_a_source_is_no_link():
    assert marked("[1] en [7]", {1}, 3) == '<a class="merk" href="#bron-3-1" aria-label="bron 1">[1]</a> en [7]'


@pytest.mark.parametrize("name", ["Amersfoort", "Rotterdam", "Groningen"])
def test_the_reader_shows_every_line_of_a_charter_once(catalogue, name):
    whole = catalogue.whole(name)
    html = reader_html(whole)
    start, end = whole.charter.span.start_line, whole.charter.span.end_line
    written = whole.document.text.split("\n")[start - 1 : end]
    numbers = [start + i for i, line in enumerate(written) if line.strip()]
    assert all(html.count(f'id="r{number}"') == 1 for number in numbers)


def test_every_citation_is_marked_to_the_letter(answer, catalogue):
    for one in answer.citations:
        html = reader_html(catalogue.whole(one.charter), one.start_char, one.end_char)
        parts = [part.split("</mark>")[0] for part in html.split("<mark>")[1:]]
        assert "".join(" ".join(parts).split()) == "".join(text(one.quote).split())


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a en b"), (["a", "b", "c"], "a, b en c")]
)
def test_names_are_enumerated_as_in_a_sentence(names, said):
    assert enumerated(names) == said


def test_a_comparison_leads_on_only_from_what_it_cuts_off_and_draws_its_own_bullets(catalogue):
    wonen = compare_html(catalogue, "Wonen", ["Arnhem", "Zaanstad"])
    assert '<p class="regels item">Malburgen: 3285 nieuwe woningen' in wonen  # published as "- o Malburgen: …"
    for column in compare_html(catalogue, "Integratie", ["Den Haag", "Utrecht"]).split('<section class="kolom"')[1:]:
        links = [part.split('"')[0] for part in column.split('<p><a href="')[1:]]
        assert links and len(links) == len(set(links))
        for link in links:
            fields = parse_qs(unescape(link).split("?")[1])
            lines = catalogue.whole(fields["charter"][0]).lines
            first = next(one.line.text for one in lines if one.line.start == int(fields["van"][0]))
            assert text(first.strip().lstrip("-o ")) not in column  # what it leads to is not there already


def test_every_neighbourhood_of_the_atlas_stands_in_its_charter(catalogue):
    for place in catalogue.atlas.places:
        whole = catalogue.whole(place.charter)
        said = " ".join(one.line.text for one in whole.lines).replace("**", "")
        assert place.neighbourhoods
        assert [name for name in place.neighbourhoods if name.lower() not in said.lower()] == []


def test_the_map_is_true_to_the_compass(catalogue):
    project, place = Projection(catalogue.atlas.rings), catalogue.atlas.place
    at = {
        name: project(place(name).longitude, place(name).latitude) for name in ("Groningen", "Maastricht", "Den Haag")
    }
    assert at["Groningen"][1] < at["Den Haag"][1] < at["Maastricht"][1]  # north is up
    assert at["Den Haag"][0] < at["Maastricht"][0] < at["Groningen"][0]
    assert all(0 < x < 400 and 0 < y < project.height for x, y in at.values())


def test_the_last_turn_is_what_a_follow_up_builds_on(answer):
    first = Conversation().begun().answered(Asked(FLAGSHIP), answer)
    second = first.begun().answered(Asked("En?"), replace(answer, question="En?", understood="En dat alles?"))
    assert (Conversation().previous, first.previous, second.previous) == (None, FLAGSHIP, "En dat alles?")
    assert [turn.number for turn in second.turns] == [1, 2]


@pytest.mark.parametrize("data", [None, {}, {"question": 3}, {"question": "x", "charters": "Deventer"},
                                  {"question": "x", "charters": [3]}, {"question": "x", "actor": []}])  # fmt: skip
def test_what_is_no_question_is_refused(data):
    if data == {"question": "x", "actor": []}:
        assert Asked.of(data).actor is None
        return
    with pytest.raises(UsageError):
        Asked.of(data)


def test_a_port_in_use_is_said_before_anything_is_opened(settings):
    with listening(Address(port=0)) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"poort {port}, is niet te luisteren"):
            serve(Choices(port=port), settings, lambda: pytest.fail("opened"), io.StringIO())


def test_a_user_name_without_a_password_is_refused(settings):
    assert signing_in(settings) == ("", "")
    with pytest.raises(UsageError, match="CHARTERWIJZER_UI_PASSWORD"):
        signing_in(settings.model_copy(update={"ui_user": "anna"}))


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_only_loopback_is_this_machine_alone(host, local):
    assert Address(host).local is local
