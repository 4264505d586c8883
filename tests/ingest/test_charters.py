"""What is read from the bundled corpus, checked against the text by line number."""

import re
from pathlib import Path

import pytest

import ingest
from ingest.corpus import bundled_corpus, document_hashes, outlines_of, read_corpus
from ingest.furniture import furniture_lines, main, uncovered_lines
from ingest.model import Corpus, Sentence
from ingest.passages import MAX_TEXT
from ingest.sentences import MAX_SPAN

RANGES = {
    "Alkmaar": (77, 501),
    "Amersfoort": (502, 850),
    "Amsterdam": (851, 1448),
    "Arnhem": (1449, 2056),
    "Den Haag": (2057, 2926),
    "Deventer": (2927, 3230),
    "Dordrecht": (3231, 3847),
    "Eindhoven": (3848, 4303),
    "Enschede": (4304, 4718),
    "Groningen": (4719, 5234),
    "Heerlen": (5235, 5725),
    "Leeuwarden": (5726, 6132),
    "Maastricht": (6133, 6498),
    "Nijmegen": (6499, 6884),
    "Rotterdam": (6885, 7566),
    "Schiedam": (7567, 8092),
    "Utrecht": (8093, 8906),
    "Zaanstad": (8907, 9384),
}
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus()


@pytest.fixture(scope="module")
def by_line(corpus):
    """Sentences by every line of their span."""
    document = corpus.documents[0]
    out: dict[int, list[Sentence]] = {}
    for passage in corpus.passages:
        for sentence in passage.sentences:
            span = document.span(sentence.start, sentence.end)
            for number in range(span.start_line, span.end_line + 1):
                out.setdefault(number, []).append(sentence)
    return out


def one(sentences, words):
    found = [sentence for sentence in sentences if words in sentence.text]
    assert len(found) == 1, [sentence.text for sentence in sentences]
    return found[0]


def test_eighteen_charters_have_exactly_the_published_ranges(corpus):
    assert {c.name: (c.span.start_line, c.span.end_line) for c in corpus.charters} == RANGES


def test_sections_passages_and_sentences_are_exact_spans(corpus):
    document = corpus.documents[0]
    for span in [section.span for section in corpus.sections] + [p.span for p in corpus.passages]:
        assert document.quote(span) == document.text[span.start : span.end].strip("\n") != ""
        assert span == document.span(span.start, span.end)
    for passage in corpus.passages:
        for sentence in passage.sentences:
            quote = document.text[sentence.start : sentence.end]
            assert quote and quote == quote.strip()
            assert passage.span.start <= sentence.start < sentence.end <= passage.span.end


def test_every_passage_lies_within_its_charter_and_within_the_limits(corpus):
    charters = {charter.name: charter.span for charter in corpus.charters}
    for passage in corpus.passages:
        own = charters[passage.charter]
        assert own.start <= passage.span.start < passage.span.end <= own.end
        assert passage.span.end - passage.span.start <= MAX_SPAN
        assert len(passage.header) + len(passage.text) <= MAX_TEXT
    assert len({passage.id for passage in corpus.passages}) == len(corpus.passages)


def test_every_non_blank_line_is_in_a_passage_or_heading_or_furniture():
    assert uncovered_lines() == []


def test_furniture_is_page_headers_and_dotted_lines_only():
    texts = {item.line.text.strip() for _, item in furniture_lines()}
    assert texts == {
        "Wonen, Wijken en Integratie",
        "Gemeente Utrecht",
        "Gemeente Den Haag",
        "Gemeente Leeuwarden",
        ".....",
    }
    utrecht = [item for charter, item in furniture_lines() if charter.name == "Utrecht"]
    assert len(utrecht) == 23 + 23


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_section_tree_is_the_one_read_by_eye(path):
    expected = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    name = next(name for name in RANGES if name.replace(" ", "").lower() == path.stem)
    outline = next(outline for outline in outlines_of() if outline.charter.name == name)
    assert [
        f"{node.line}\t{'  ' * (len(node.path) - 1)}{node.path[-1]} [{node.actor}]"
        for node in outline.nodes
        if node.heading  # the signatures have no heading of their own
    ] == expected


def test_signatures_are_a_section_with_office_and_name_together(corpus, by_line):
    assert one(by_line[735], "Hekman").text == "De wethouder voor stedelijke vernieuwing, drs. J. Hekman"
    assert one(by_line[98], "Hirsch").text == "minister van Justitie Dr. E.M.H. Hirsch Ballin"
    signed = {section.charter for section in corpus.sections if section.path[-1] == "Ondertekening"}
    assert signed == set(RANGES)


def test_names_in_columns_are_not_given_to_the_wrong_office(by_line):
    assert one(by_line[2847], "Norder").text == "dr. J.M. Norder"
    assert not any("Norder" in sentence.text for sentence in by_line[2841])


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (962, 968, "elkaar aan op het inzetten van een effectief instrumentarium"),
        (2200, 2204, "Het Centraal Fonds Volkshuisvesting zal deze projectsteun gaan verstrekken."),
        (5362, 5364, "met een combinatie van verpleeghuiscapaciteit, zorgwoningen en dienstenaanbod."),
        (5984, 5986, "Deze ondersteuning zal zich vooral richten op verbetering"),
        (7040, 7046, "ten behoeve van het realiseren van sociale woningbouw."),
        (7776, 7780, "voor te bereiden op de komst van het participatiefonds, zodat zij"),
        (8201, 8213, "In Overvecht gaat het om 12-minners en hun ouders en het versterken"),
        (8263, 8271, "In 2011 is dit percentage gedaald naar 18%; in 2017 naar 10%."),
        (8622, 8634, "Microfinanciering kan worden geïntegreerd in de aanpak die OKU voorstaat."),
        (9001, 9003, "in de wijk Poelenburg bedragen circa € 15.000."),
        (9161, 9163, "dagdeel per WWI-wijk aanbieden, bij voorkeur te benutten voor vraagverkenning"),
        (9188, 9194, "afgesproken dat hierbij specifieke aandacht wordt besteed aan de 40 WWI-wijken."),
    ],
)
def test_a_sentence_cut_by_a_page_break_is_put_together(corpus, by_line, first, last, text):
    sentence = one(by_line[last], text)
    span = corpus.documents[0].span(sentence.start, sentence.end)
    assert (span.start_line, span.end_line) == (first, last)
    assert sentence.end - sentence.start <= MAX_SPAN


def test_a_sentence_that_goes_on_after_an_annex_is_read_whole_and_quoted_in_halves(corpus, by_line):
    halves = [one(by_line[7507], "onderling afspraken"), one(by_line[7540], "onderling afspraken")]
    assert halves[0].text == halves[1].text
    assert halves[0].text.endswith("al dan niet gerealiseerde prestaties.")
    assert corpus.documents[0].text[halves[1].start :].startswith("naar elkaar verantwoording")


@pytest.mark.parametrize("line", [160, 783, 4143, 4154, 7042, 8203, 9190])
def test_a_footnote_is_a_sentence_of_its_own(corpus, by_line, line):
    document = corpus.documents[0]
    own = [s for s in by_line[line] if document.span(s.start, s.end).start_line == line]
    assert own and not re.match(r"[¹²³⁴]", own[0].text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (2303, "Vaak last hebben van de rommel op straat; Stationsbuurt: 58%"),
        (2335, "Mate van overlast (0=gunstig 10=ongunstig) (cijfers 2007); Schilderswijk: 4,4"),
        (3784, "Gemeente Dordrecht: 5,1; Gezamenlijke Corporaties: 10; totaal: 15,1"),
        (4243, "(doorbraak)Thema: Gezondheid; additionele inzet woning- corporaties: PM"),
        (5009, "monitor De Hoogte; Woonomgeving; Indicator: Cijfer sociale samenhang; 2002: 4,4"),
        (5028, "monitor Korrewegwijk; Woonomgeving; Indicator: Cijfer sociale samenhang; 2002: 5,1"),
        (7433, "Totaal investeringen: € 184,5 mln; Gemiddelde investeringen per jaar: € 18,5 mln"),
        (7438, "Totaal investeringen: € 129,8 mln; Gemiddelde investeringen per jaar: € 13 mln"),
        (7515, "Noord/Zuid: Noord; 7 Krachtwijken: Rotterdam Noord"),
        (9316, "INVESTERINGEN; bedragen * € 1.000: Totaal investeringen; Totaal: 34,151"),
    ],
)
def test_a_table_row_says_what_its_values_mean(corpus, by_line, line, text):
    sentence = one(by_line[line], text)
    document = corpus.documents[0]
    start = document.line_starts[line - 1]
    assert document.text[sentence.start : sentence.end] == document.text[start:].split("\n")[0].strip()


@pytest.mark.parametrize("line", [2298, 2716, 3760, 5005, 5007, 5024, 7431, 9311, 9312])
def test_titles_and_headers_of_tables_are_content(by_line, line):
    assert by_line[line]


@pytest.mark.parametrize(
    ("line", "words", "actor"),
    [
        (3448, "Vooruitlopend hierop neemt Dordrecht", "gemeente"),
        (3984, "Het rijk (SZW, OCW en WWI) streeft", "rijk"),
        (3984, "Vooruitlopend hierop neemt Eindhoven deel", "gemeente"),
        (4068, "De gemeente Eindhoven is bereid deel te nemen", "gemeente"),
        (4831, "Vooruitlopend hierop neemt Groningen", "gemeente"),
        (5895, "de gemeente Leeuwarden is bereid", "gemeente"),
        (6636, "De gemeente doet graag mee", "gemeente"),
        (205, "EZ zal via het Programma", "rijk"),
        (207, "SZW, OCW en WWI streven", "rijk"),
        (809, "Het kabinet heeft", "rijk"),
        (3018, "Rijk en gemeente voeren komend half jaar overleg", "gezamenlijk"),
        (4151, "Rijk en gemeenten maken samen werk", "gezamenlijk"),
        (2025, "zal de minister uiteindelijk gebruik maken", "rijk"),
        (9216, "Zaanstad ontvangt in 2008", "rijk"),  # it receives what the State promises
        (314, "Alkmaar kan een beroep doen op procesmanagement", "rijk"),
    ],
)
def test_the_subject_of_a_sentence_decides_who_acts_before_its_heading(by_line, line, words, actor):
    assert one(by_line[line], words).actor == actor


def test_an_asterisk_that_means_something_stays_and_emphasis_goes(by_line):
    assert by_line[7676][-1].text.endswith("worden georganiseerd. *")
    assert one(by_line[837], "duaal").text == "80% van de aangeboden inburgeringstrajecten zullen duaal zijn."


def test_document_hashes_are_stable_and_change_with_the_text(tmp_path):
    (tmp_path / "a.txt").write_text("Een tekst.", encoding="utf-8")
    first = document_hashes([tmp_path])
    assert first == document_hashes([tmp_path]) and set(first) == {"a.txt"}
    (tmp_path / "a.txt").write_text("Een andere tekst.", encoding="utf-8")
    assert document_hashes([tmp_path]) != first


def test_the_hash_of_a_document_is_the_one_it_is_read_with(corpus):
    assert document_hashes([bundled_corpus()]) == {d.name: d.sha256 for d in corpus.documents}


def test_what_the_manifest_says_of_a_document_counts_in_its_hash(tmp_path):
    (tmp_path / "a.txt").write_text("Een tekst.", encoding="utf-8")
    before = document_hashes([tmp_path])
    (tmp_path / "manifest.toml").write_text(
        '[[documents]]\npath = "a.txt"\n[[documents.charters]]\ncity = "Aa"\nlines = [1, 1]', encoding="utf-8"
    )
    assert document_hashes([tmp_path]) != before


def test_the_furniture_is_printed_with_line_charter_reason_and_text(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["furniture"])
    main()
    out = capsys.readouterr().out
    assert re.search(r"8183 +Utrecht +paginakop \(manifest\) +Gemeente Utrecht\n", out)
    assert out.endswith(f"{len(furniture_lines())} regels horen bij de bladzijde en niet bij de tekst.\n")


def test_no_name_of_this_corpus_stands_in_the_code():
    code = "".join(p.read_text(encoding="utf-8") for p in Path(ingest.__file__).parent.glob("*.py"))
    code = re.sub(r'""".*?"""|#[^\n]*', "", code, flags=re.S)
    for name in [*RANGES, "Overdie", "Krachtwijk", "Vogelaar", "000_69aa542451feb2d1"]:
        assert not re.search(rf"\b{name}\b", code), name
    assert (bundled_corpus() / "manifest.toml").is_file()
