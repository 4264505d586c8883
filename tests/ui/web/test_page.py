"""The page in a real browser: from the question to the highlighted words of the charter, and everything on the way."""

import csv
import io
import threading
import warnings
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, quote

import pytest
from gradio_client import Client
from test_for_everyone import VIEWS
from web_tools import FLAGSHIP, SINGLE, ask, free_port, lines, serving

from eval.feedback import candidates, remark_of
from ingest.errors import LanguageModelError
from qa.llm import ollama
from qa.values import written_date
from qa.written import Writer


def test_the_flagship_question_leads_from_typing_to_the_words_in_the_charter(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    answer = engine.ask(FLAGSHIP)
    assert f"Alle 18 charters doorzocht: {answer.coverage['yes']} ja" in turn.inner_text()
    assert turn.locator("tbody tr").count() == len(answer.items) == 18
    n = turn.locator(".merk").first.inner_text().strip("[]")
    citation = next(one for one in answer.citations if one.n == int(n))
    turn.locator(".merk").first.click()
    assert page.evaluate("document.activeElement.id") == f"bron-1-{n}"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#charter mark")
    assert page.inner_text("#lezertitel") == citation.charter
    marked = "\n".join(page.locator("#charter mark").all_text_contents())
    assert squeezed(marked) == squeezed(citation.quote)
    line = page.locator(".regel:has(mark)").first
    assert line.get_attribute("id") == f"r{citation.start_line}"
    assert page.evaluate("document.activeElement.id") == f"r{citation.start_line}"
    box = line.bounding_box()
    assert 0 <= box["y"] < 900


def squeezed(text):
    return " ".join(text.split())


def test_the_reader_leafs_through_the_sources_and_leads_back_to_the_answer(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    first, second, *_ = engine.ask(FLAGSHIP).citations
    turn.locator(".bronkop a").first.click()
    page.wait_for_selector(f"#r{first.start_line} mark")
    page.click("text=Volgende bron")
    page.wait_for_selector(f"#r{second.start_line} mark")
    assert page.inner_text("#bronstand").startswith("Bron 2 van ")
    page.click("#terug")
    page.wait_for_function("document.activeElement.id === 'bron-1-2'")
    assert page.locator("#weergave-lezer").is_hidden()
    page.go_back()
    page.wait_for_selector("#weergave-lezer >> visible=true")


def test_the_reader_shows_section_tree_furniture_and_finds_words(site, visit):
    page = visit(site, f"#lezer?charter={quote('Utrecht')}&van=0&tot=0")
    page.wait_for_selector("#chartertekst")
    assert page.locator(".inhoud li").count() > 20
    assert any("Gemeente Utrecht" in furniture for furniture in page.locator(".furniture").all_text_contents())
    assert page.locator("mark").count() == 0
    page.fill("#zoek", "kanaleneiland")
    page.keyboard.press("Enter")
    number, total = map(int, page.inner_text("#zoekstand").split(" van "))
    shown = page.locator("#chartertekst").inner_text().lower().count("kanaleneiland")
    assert (number, total) == (1, shown) and shown > 1
    assert "kanaleneiland" in page.locator(".regel.hier").inner_text().lower()
    page.keyboard.press("Enter")
    assert page.inner_text("#zoekstand") == f"2 van {shown}"
    page.click("#vorige")
    assert page.inner_text("#zoekstand") == f"1 van {shown}"
    page.press("#zoek", "Shift+Enter")
    assert page.inner_text("#zoekstand") == f"{shown} van {shown}"
    page.locator(".inhoud a", has_text="7. Experimenten").first.click()
    assert page.evaluate("document.activeElement.textContent").strip() == "7. Experimenten"


@pytest.mark.parametrize(
    ("sought", "lines"),
    [
        ("realiseren van sociale woningbouw", 2),  # "soci-", a note, "ale woningbouw" on the next page
        ("Maatregelen:  - randgemeenten bij achterblijvende", 2),  # printed with asterisks around it
        ("op basis van art. 80 Woningwet.", 1),
        ("sociale woningbouw (", 0),
    ],
)
def test_the_search_in_a_charter_finds_what_is_broken_over_lines(site, visit, sought, lines):
    page = visit(site, "#lezer?charter=Rotterdam&van=0&tot=0")
    page.wait_for_selector("#chartertekst")
    page.fill("#zoek", sought)
    page.keyboard.press("Enter")
    assert page.inner_text("#zoekstand") == ("1 van 1" if lines else "Niet gevonden")
    assert page.locator(".regel.hier").count() == lines
    page.fill("#zoek", "")
    page.keyboard.press("Enter")
    assert page.inner_text("#zoekstand") == "" and page.locator(".regel.hier").count() == 0


def test_filters_on_city_and_party_hold_for_the_answer(site, visit):
    page = visit(site)
    page.click("text=Beperk de vraag")
    page.locator("#vraagformulier input[name=stad][value=Deventer]").check()
    page.locator("#vraagformulier input[name=partij][value=rijk]").check()
    turn = ask(page, "Wat gebeurt er aan gezondheid?")
    assert page.inner_text("#filterstand") == "(rijk, Deventer)"
    heads = turn.locator(".bronkop").all_text_contents()
    assert heads and all("Deventer" in head for head in heads)
    assert set(turn.locator(".bronplaats .partij").all_text_contents()) == {"rijk"}
    assert "Alleen gezocht in: Deventer." in turn.inner_text()
    page.click("#wis")
    assert page.inner_text("#filterstand") == ""


COUNTED = "Hoeveel extra wijkagenten krijgt Arnhem?"


def test_a_follow_up_is_read_in_the_light_of_the_question_before_it(site, visit):
    page = visit(site)
    ask(page, COUNTED)
    turn = ask(page, "En in Groningen?")
    assert "Groningen" in turn.locator(".gelezen q").inner_text()
    assert any("Groningen" in head for head in turn.locator(".bronkop").all_text_contents())
    assert f"Eerder gevraagd: {COUNTED}" in page.locator(".eerder > summary").inner_text()
    page.click("#nieuw")
    assert page.locator(".beurt").count() == 0
    alone = ask(page, "En in Groningen?")
    assert alone.locator(".gelezen").count() == 0  # nothing is left of the conversation before


def test_the_page_says_who_answers_and_how_much_was_searched(site, visit):
    page = visit(site)
    assert "18 charters. Zonder taalmodel" in page.inner_text("#stand")
    turn = ask(page, SINGLE)
    assert "Zinnen uit de bron zelf, zonder taalmodel" in turn.inner_text()
    assert "Doorzocht: 1 van de 18 charters, dat van Deventer." in turn.inner_text()


def test_an_error_is_said_in_dutch_and_the_next_question_is_answered(site, visit, monkeypatch):
    page = visit(site)
    with monkeypatch.context() as patch:
        patch.setattr(site.service.engine, "stream", failing)
        page.fill("#vraag", SINGLE)
        page.keyboard.press("Enter")
        page.wait_for_selector("#fout:not(:empty)")
        assert "Onverwachte fout (ZeroDivisionError)" in page.inner_text("#fout")
        assert page.input_value("#vraag") == SINGLE
    page.click("#stel")
    page.wait_for_selector(".beurt[aria-busy=false]")
    assert page.inner_text("#fout") == ""


def failing(*_, **__):
    raise ZeroDivisionError("deling")
    yield


def test_an_empty_question_is_refused_without_a_round_trip(site, visit):
    page = visit(site)
    page.click("#stel")
    assert "De vraag is leeg" in page.inner_text("#fout")
    assert page.evaluate("document.activeElement.id") == "vraag"


def test_an_example_is_asked_by_a_click(site, visit):
    page = visit(site)
    example = page.locator("#voorbeelden button").first
    question = example.inner_text()
    example.click()
    page.wait_for_selector(".beurt[aria-busy=false]")
    assert page.locator(".beurt h2").inner_text() == question


def test_a_link_repeats_its_question(site, visit):
    page = visit(site, f"?vraag={quote(SINGLE)}")
    page.wait_for_selector(".beurt[aria-busy=false]")
    assert page.locator(".beurt h2").inner_text() == SINGLE
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Kopieer link naar deze vraag")
    page.locator(".meegenomen", has_text="De link is gekopieerd").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(site.url) and parse_qs(link.split("?")[1]) == {"vraag": [SINGLE]}


def test_a_link_repeats_a_follow_up_as_it_was_understood_and_what_it_was_limited_to(site, visit):
    page = visit(site)
    ask(page, SINGLE)
    page.click("text=Beperk de vraag")
    page.locator("#vraagformulier input[name=stad][value=Groningen]").check()
    page.locator("#vraagformulier input[name=partij][value=rijk]").check()
    turn = ask(page, "En in Groningen?")
    page.click("#wis")  # what is chosen for a next question is not what this one was limited to
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn.get_by_text("Kopieer link naar deze vraag").click()
    turn.locator(".meegenomen", has_text="De link is gekopieerd").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(site, link.removeprefix(site.url))
    again.wait_for_selector(".beurt[aria-busy=false]")
    assert again.inner_text("#filterstand") == "(rijk, Groningen)"
    assert again.locator(".gelezen").count() == 0  # it stands alone
    assert again.locator(".antwoordtekst").inner_text() == turn.locator(".antwoordtekst").inner_text()


def test_a_link_that_is_limited_to_an_unknown_city_is_not_asked_without_that_limit(site, visit):
    page = visit(site, f"?vraag={quote(SINGLE)}&stad=Parijs&stad=Deventer")
    assert "iets wat er hier niet is" in page.inner_text("#fout")
    assert page.input_value("#vraag") == SINGLE and page.locator(".beurt").count() == 0
    assert page.inner_text("#filterstand") == "(Deventer)"


def test_the_table_is_sorted_and_filtered(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    answer = engine.ask(FLAGSHIP)
    names = turn.locator("tbody th")
    turn.locator("[data-sorteer='0']").click()
    assert names.all_text_contents() == sorted(names.all_text_contents())
    turn.locator("[data-sorteer='0']").click()
    assert names.all_text_contents() == sorted(names.all_text_contents(), reverse=True)
    assert turn.locator("th[aria-sort=descending]").count() == 1
    turn.locator("[data-filter=oordeel]").select_option("no")
    nos = {item.charter for item in answer.items if item.verdict == "no"}
    visible = turn.locator("tbody tr:not([hidden]) th")
    assert set(visible.all_text_contents()) == nos
    assert turn.locator("[data-filter=aantal]").inner_text() == f"{len(nos)} van 18"
    turn.locator("[data-filter=oordeel]").select_option("")
    turn.locator("[data-filter=tekst]").fill("heerl")
    assert visible.all_text_contents() == ["Heerlen"]


def test_every_row_of_a_question_for_dates_shows_its_date(site, visit, engine):
    question = "Op welke datum tekende welke stad?"
    turn = ask(visit(site), question)
    for item in engine.ask(question).items:
        assert item.value in turn.locator(f"tr:has(th:text-is('{item.charter}'))").inner_text()


def test_a_no_opens_to_the_nearest_passages_of_that_charter(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    no = next(item.charter for item in engine.ask(FLAGSHIP).items if item.verdict == "no" and not item.citations)
    row = turn.locator(f"tr:has(th:text-is('{no}'))")
    row.locator("summary").click()
    row.locator(".nabijlijst li").first.wait_for()
    hit, *_ = engine.search(FLAGSHIP, 3, (no,))
    link = row.locator(".nabijlijst a").first
    fields = parse_qs(link.get_attribute("href").split("?")[1])
    assert (fields["charter"], fields["van"]) == ([no], [str(hit["start_char"])])


def test_the_map_shows_every_city_with_its_verdict_and_leads_to_its_row(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    words = {"yes": "ja", "partly": "deels", "no": "nee"}
    expected = {f"{item.charter}: {words[item.verdict]}" for item in engine.ask(FLAGSHIP).items}
    dots = turn.locator(".stip")
    assert {dot.get_attribute("aria-label") for dot in dots.all()} == expected
    turn.locator(".stip[data-stad=Heerlen]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.firstElementChild.textContent") == "Heerlen"


def test_named_cities_stand_side_by_side(site, visit):
    page = visit(site)
    turn = ask(page, "Wat doen Utrecht en Groningen aan schooluitval?")
    assert sorted(turn.locator(".kolom h4").all_text_contents()) == ["Groningen", "Utrecht"]
    said = turn.locator(".antwoordtekst p").all_text_contents()
    assert sorted(line.split(":")[0] for line in said) == ["Groningen", "Utrecht"]


def test_compare_puts_a_theme_of_some_cities_side_by_side(site, visit):
    page = visit(site, "#vergelijken")
    page.select_option("#thema", "Veiligheid")
    page.click("text=Zet naast elkaar")
    page.wait_for_selector("#vergelijking .melding")
    assert "twee tot 4 steden" in page.inner_text("#vergelijking")
    for name in ("Arnhem", "Zaanstad"):
        page.locator(f"#vergelijkformulier input[value={name}]").check()
    page.click("text=Zet naast elkaar")
    page.wait_for_selector("#vergelijking .kolom")
    arnhem, zaanstad = page.locator("#vergelijking .kolom").all()
    assert "5. Op het gebied van veiligheid" in arnhem.inner_text()
    assert "5. Veiligheid" in zaanstad.inner_text()
    assert {"rijk", "gemeente"} <= set(arnhem.locator(".partij").all_text_contents())
    arnhem.locator("h5 a").first.click()
    page.wait_for_selector("#charter mark")
    assert "Op het gebied van veiligheid" in page.inner_text("#charter mark")


def test_the_overview_gives_the_facts_of_all_charters_with_their_places(site, visit):
    page = visit(site, "#overzicht")
    rows = page.locator(".charters tbody tr")
    assert rows.count() == 18
    deventer = page.locator(".charters tr:has(a:text-is('Deventer'))")
    assert "Rivierenwijk" in deventer.inner_text()
    deventer.get_by_text(written_date(site.service.catalogue.facts["Deventer"].date)).click()
    page.wait_for_selector("#charter mark")
    assert "4/2/08" in page.inner_text("#charter mark")
    page.go_back()
    cell = page.get_by_label("Eindhoven, Gezondheid en sport: hoofdstuk")
    cell.click()
    page.wait_for_selector("#charter mark:has-text('gezondheid')")  # the mark of the place before may still stand
    assert "gezondheid in Doornakkers" in page.inner_text("#charter mark")


def test_an_answer_is_taken_along_as_markdown_table_and_word(site, visit, engine):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    answer = engine.ask(FLAGSHIP)
    files = {kind: downloaded(page, turn, kind) for kind in ("md", "csv", "docx")}
    for kind, (name, _) in files.items():
        assert name.startswith("charterwijzer-welke-steden-nemen-deel") and name.endswith(f".{kind}")
    markdown = files["md"][1].decode()
    assert markdown.startswith(f"# {FLAGSHIP}") and markdown.count("\n   > ") == len(answer.citations)
    rows = list(csv.reader(io.StringIO(files["csv"][1].decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [item.charter for item in answer.items]
    word = zipfile.ZipFile(io.BytesIO(files["docx"][1])).read("word/document.xml").decode()
    assert FLAGSHIP in word and all(item.charter in word for item in answer.items)


def downloaded(page, turn, kind):
    with page.expect_download() as found:
        turn.locator(f"[data-doe={kind}]").click()
    return found.value.suggested_filename, found.value.path().read_bytes()


def test_what_a_user_says_of_an_answer_is_kept_on_this_machine(site, visit):
    page = visit(site)
    turn = ask(page, FLAGSHIP)
    before = len(lines(site.feedback)) if site.feedback.exists() else 0
    turn.get_by_text("Klopt dit antwoord?").click()
    turn.get_by_text("Bewaar mijn oordeel").click()
    turn.locator(".uitkomst.mislukt").wait_for()
    assert "Er is geen oordeel gekozen" in turn.locator(".uitkomst").inner_text()
    turn.locator("input[value=fout]").check()
    turn.locator("[name=reason]").fill("Alkmaar doet wél mee.")
    turn.get_by_text("Verander oordelen per charter").click()
    was = turn.locator("select[data-charter=Alkmaar]").input_value()
    turn.locator("select[data-charter=Alkmaar]").select_option("yes")
    turn.get_by_text("Bewaar mijn oordeel").click()
    turn.get_by_text("Uw oordeel is bewaard").wait_for()
    kept = lines(site.feedback)
    assert len(kept) == before + 1
    assert (kept[-1]["question"], kept[-1]["rating"], kept[-1]["reason"]) == (FLAGSHIP, "fout", "Alkmaar doet wél mee.")
    assert was == "no" and kept[-1]["verdicts"] == [{"charter": "Alkmaar", "was": "no", "is": "yes"}]
    assert len(kept[-1]["answer"]["items"]) == 18
    (candidate,) = candidates([remark_of(kept[-1])])  # what `charterwijzer eval --from-feedback` makes of it
    assert (candidate["items"]["Alkmaar"], candidate["checked"]) == ("ja", ["Alkmaar"])


def test_feedback_that_cannot_be_kept_is_said(site, visit, monkeypatch, tmp_path):
    (tmp_path / "bestand").write_text("")
    page = visit(site)
    turn = ask(page, SINGLE)
    monkeypatch.setattr(site.service, "feedback_file", tmp_path / "bestand" / "feedback.jsonl")
    turn.get_by_text("Klopt dit antwoord?").click()
    turn.locator("input[value=goed]").check()
    turn.get_by_text("Bewaar mijn oordeel").click()
    turn.locator(".uitkomst.mislukt").wait_for()
    assert "CHARTERWIJZER_FEEDBACK_FILE" in turn.locator(".uitkomst").inner_text()


def test_visitors_do_not_see_each_other(site, visit):
    one, other = visit(site), visit(site)
    ask(one, SINGLE)
    assert other.locator(".beurt").count() == 0
    turn = ask(other, "En in Groningen?")
    assert turn.locator(".gelezen").count() == 0  # the other's question is no question before this one


def test_who_waits_sees_their_place_in_the_line(site, visit, monkeypatch):
    page = visit(site)
    others = [visit(site) for _ in range(2)]
    stream, go, entered = site.service.engine.stream, threading.Event(), threading.Semaphore(0)

    def slow(*given, **named):
        entered.release()
        go.wait(20)
        yield from stream(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(site.service.engine, "stream", slow)
        patch.setattr(site.service._reading, "_free", 2)
        try:
            for other in others:
                other.fill("#vraag", SINGLE)
                other.keyboard.press("Enter")
                assert entered.acquire(timeout=20)
            page.fill("#vraag", SINGLE)
            page.keyboard.press("Enter")
            page.wait_for_function("document.querySelector('#wacht').textContent === 'U bent de eerste in de rij.'")
        finally:
            go.set()
        for waiting in (*others, page):
            waiting.wait_for_selector(".beurt[aria-busy=false]")


def test_a_question_can_be_stopped_and_another_asked(site, visit, monkeypatch):
    page = visit(site)
    go, entered = threading.Event(), threading.Event()

    def endless(*_, **__):
        entered.set()
        go.wait(20)
        yield from ()

    with monkeypatch.context() as patch:
        patch.setattr(site.service.engine, "stream", endless)
        page.fill("#vraag", "Wat duurt zo lang?")
        page.keyboard.press("Enter")
        assert entered.wait(20)
        waiting = "said => document.querySelector('#wacht').textContent === said"
        page.wait_for_function(waiting, arg="Bezig met zoeken in 18 charters …")
        page.click("#stop")
        page.wait_for_function(waiting, arg="Gestopt.")
        page.wait_for_timeout(500)  # nobody types a question in less
        go.set()
    turn = ask(page, SINGLE)
    assert turn.locator("h2").inner_text() == SINGLE and page.locator(".beurt").count() == 1


def test_a_stopped_answer_keeps_what_was_written_and_can_be_used(site, visit, engine, monkeypatch):
    page = visit(site)
    stream, done = site.service.engine.stream, threading.Event()

    def writing(*given, stop, **named):
        yield replace(next(stream(*given, stop=stop, **named)), writing=True)
        stop.wait(20)
        done.set()

    with monkeypatch.context() as patch:
        patch.setattr(site.service.engine, "stream", writing)
        page.fill("#vraag", SINGLE)
        page.keyboard.press("Enter")
        page.wait_for_selector(".beurt[aria-busy=true] .antwoordtekst")
        assert page.locator("[data-doe=kopieer]").is_hidden()
        page.click("#stop")
        assert done.wait(5)  # the language model's work is stopped too
    turn = page.locator(".beurt[aria-busy=false]")
    assert downloaded(page, turn, "md")[1].decode().startswith(f"# {SINGLE}")
    assert "Groningen" in ask(page, "En in Groningen?").locator(".gelezen q").inner_text()


class Reached:
    """A language model that is there, or is not."""

    name = "proefmodel"

    def __init__(self, there):
        self.there = there

    def present(self):
        if not self.there:
            raise LanguageModelError("Er is geen taalmodelserver")


def test_a_language_model_that_is_away_is_said_once_and_not_under_every_answer(engine, visit, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "writer", Writer(ollama(nowhere(engine.settings)), engine.searcher, 8192))
    with serving(engine, tmp_path / "feedback.jsonl", model="proefmodel") as made:
        page = visit(made)
        page.wait_for_function("document.querySelector('#wijze').textContent.includes('nu niet te bereiken')")
        for question in (SINGLE, "En in Groningen?"):
            assert "taalmodelserver" not in ask(page, question).inner_text()
        assert "nu niet te bereiken" in page.inner_text("#wijze")
        told = notes_for_a_program(made)
        assert "taalmodelserver" in told  # a program, which sees no such line, is told


def nowhere(settings):
    return settings.model_copy(update={"ollama_url": f"http://127.0.0.1:{free_port()}", "llm_model": "proefmodel"})


def notes_for_a_program(site):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = Client(site.url, verbose=False).predict(question=SINGLE, api_name="/ask")
    return " ".join(answer["notes"])


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (True, "Taalmodel proefmodel schrijft mee; elke zin wordt aan de bron gecontroleerd."),
        (False, "Zonder taalmodel: antwoorden bestaan uit zinnen van de bron zelf. "
                "Taalmodel proefmodel is nu niet te bereiken."),
    ],
)  # fmt: skip
def test_the_page_says_whether_the_language_model_is_there_now(engine, visit, tmp_path, monkeypatch, there, said):
    monkeypatch.setattr(engine, "writer", SimpleNamespace(model=Reached(there), required=False))
    with serving(engine, tmp_path / "feedback.jsonl", model="proefmodel") as made:
        page = visit(made)
        page.wait_for_function("said => document.querySelector('#wijze').textContent === said", arg=said)


def test_an_error_and_the_waiting_are_told_under_the_box_also_before_the_examples(site, visit):
    page = visit(site, viewport={"width": 380, "height": 700})
    page.click("#stel")
    above = page.locator("#fout").bounding_box()
    assert above["y"] + above["height"] < page.locator("#voorbeelden").bounding_box()["y"]
    assert page.locator("#wacht").bounding_box()["y"] < 700


def test_a_follow_up_is_offered_under_the_answer(site, visit):
    page = visit(site)
    assert page.inner_text(".vraaglabel") == "Uw vraag"
    turn = ask(page, FLAGSHIP)
    turn.get_by_text("Stel een vervolgvraag").click()
    assert page.evaluate("document.activeElement.id") == "vraag"
    assert page.inner_text(".vraaglabel") == "Uw vraag of vervolgvraag"
    assert 0 <= page.locator("#vraag").bounding_box()["y"] < 900


def test_a_charter_without_a_cited_place_opens_at_its_title(site, visit):
    page = visit(site, "#overzicht")
    page.locator(".charters a", has_text="Zaanstad").first.click()
    page.wait_for_selector("#chartertekst")
    page.wait_for_function("document.activeElement.id === 'lezertitel'")
    title, bar = page.locator("#lezertitel").bounding_box(), page.locator(".lezerbalk").bounding_box()
    assert bar["y"] + bar["height"] <= title["y"] < 900


def test_nothing_lies_under_the_end_of_the_page(site, visit):
    page = visit(site)
    ask(page, FLAGSHIP)
    assert page.evaluate(
        "document.documentElement.scrollHeight"
        " - document.querySelector('.voet').getBoundingClientRect().bottom - scrollY"
    ) == pytest.approx(0, abs=1)


def test_a_narrow_page_shows_the_table_whole_and_before_the_sources(site, visit):
    page = visit(site, viewport={"width": 380, "height": 800})
    turn = ask(page, FLAGSHIP)
    row = turn.locator("tbody tr").first
    for part in ("th", "td:nth-child(2)", "td:nth-child(3)", "td:nth-child(4)"):
        box = row.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 380
    assert turn.locator(".oordelen").bounding_box()["y"] < turn.locator(".bronnen").bounding_box()["y"]
    assert turn.get_by_role("row").count() == 1 + 18  # still a table to who does not see it


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_sticks_out_of_a_narrow_page(site, visit, view):
    address, prepare = VIEWS[view]
    page = visit(site, address)
    prepare(page)
    for width in (1280, 768, 640, 380):  # 640 is 1280 at 200% zoom
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("table", [".charters", ".matrix"])
def test_the_tables_of_the_overview_are_seen_whole_on_a_tablet(site, visit, table):
    page = visit(site, "#overzicht", viewport={"width": 768, "height": 800})
    assert page.locator(f".schuif:has({table})").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_the_page_works_by_keyboard_alone_with_a_visible_focus(site, visit):
    page = visit(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "naar-inhoud"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.id || e.textContent.trim(), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2] })()"
        ))  # fmt: skip
    names = [name for name, _ in seen]
    assert names[:6] == ["Vragen", "Overzicht", "Vergelijken", "Lezen", "vraag", "stel"]
    assert all(visible for _, visible in seen), seen
    page.focus("nav a >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#weergave-overzicht >> visible=true")


def test_answers_do_not_move_the_box_or_the_table_while_they_come(site, visit):
    page = visit(site)
    before = page.locator("#vraag").bounding_box()["y"] + page.evaluate("scrollY")
    ask(page, FLAGSHIP)
    assert page.locator("#vraag").bounding_box()["y"] + page.evaluate("scrollY") == before
