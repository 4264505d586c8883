"""Texts that have nothing to do with the charters: properties of any text, and kinds of Dutch documents."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.corpus import read_corpus, sources_of
from ingest.errors import CorpusError
from ingest.furniture import furniture_lines, uncovered_lines
from ingest.passages import MAX_TEXT
from ingest.sentences import MAX_SPAN, reading, split

PIECES = st.sampled_from(
    [
        "1. Inleiding",
        "2.1 Wonen",
        "Inzet rijk",
        "a. Gezamenlijke ambitie",
        "# Kop",
        "=====",
        "---",
        "12",
        ".....",
        "- een item",
        " - o een dieper item met meer woorden",
        "¹ Een voetnoot.",
        "Wijk\tBedrag",
        "Noord\t€ 12",
        "\t",
        "| a | b |",
        "De gemeente stelt € 1.000,- beschikbaar. Dat is o.a. voor drs. J. Jansen. En verder",
        "gaat het door in de volgende regel, met een soci-",
        "ale wending.",
        "Aldus opgemaakt en ondertekend te Delft",
        "De wethouder van Wonen,",
        "drs. P. de Vries",
        "",
        "",
        "woord " * 60,
        "Een hele lange zin zonder punt " * 60,
        "x" * 3000,
    ]
)
LINES = st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=30)


def read(text: str, name: str = "stuk.txt"):
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode("utf-8"))
        return read_corpus([path]), uncovered_lines([path]), furniture_lines([path])


def tree(corpus):
    return [section.path for section in corpus.sections]


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_any_text_is_covered_by_exact_spans_that_do_not_overlap(lines):
    text = "\n".join(lines)
    text = text.encode("utf-8", "ignore").decode()
    if not text.encode().strip():
        return
    corpus, uncovered, _ = read(text)
    assert corpus.documents[0].text == text
    assert uncovered == []
    for passage in corpus.passages:
        assert passage.span.end - passage.span.start <= MAX_SPAN
        assert len(passage.header) + len(passage.text) <= MAX_TEXT + len(passage.header)
        for sentence in passage.sentences:
            assert passage.span.start <= sentence.start < sentence.end <= passage.span.end
            assert text[sentence.start : sentence.end].strip() and sentence.text
    spans = sorted((s.start, s.end) for passage in corpus.passages for s in passage.sentences)
    for (start, end), (later, last) in pairwise(spans):
        # A footnote may lie inside the sentence it interrupts; nothing else shares a character.
        assert end <= later or (start <= later and last <= end)


@given(st.text(alphabet="ab. A1(\n\"'-", max_size=200))
def test_sentences_leave_out_nothing_but_white_space(text):
    spans = split(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dit is drs. J.M. Norder. Hij is wethouder.", 2),
        ("Het kost € 12.937,-. Dat is veel.", 2),
        ("Zie o.a. de wijken t/m 2009, c.q. later, t.o.v. 2002 enz. Daarna volgt meer.", 2),
        ("Op grond van art. 80 Woningwet, d.d. 3 juli 2008, nr. 17, blz. 4.", 1),
        ("Het fonds start in 2009. De gemeente doet mee.", 2),
        ("In 2007 1.000,- euro en in 2008 6.1 procent.", 1),
        ("Zie www.forum.nl. Daar staat het.", 2),
        ("I.s.m. de jeugd wordt m.b.t. sport e.d. Iets gedaan.", 2),
        ("1. Alle bewoners kunnen blijven. 2. Er wordt gebouwd.", 2),
        ('Hij zei: "Het mag." Toen ging hij weg.', 2),
        ("Utrecht, datum... 9 juni 2008", 1),
    ],
)
def test_dutch_abbreviations_numbers_and_initials_do_not_end_a_sentence(text, count):
    assert len(split(text)) == count


def test_reading_joins_broken_words_and_keeps_a_hanging_hyphen():
    assert reading("- **Het** realiseren van soci-\nale bouw, in- en\nuitstroom in de 2^e helft¹") == (
        "Het realiseren van sociale bouw, in- en uitstroom in de 2e helft"
    )
    assert reading("een oppervlakte van 40 m²") == "een oppervlakte van 40 m²"


LAW = """\
Verordening op de weekmarkt

HOOFDSTUK 1 ALGEMENE BEPALINGEN

Artikel 1 Begripsbepalingen

In deze verordening wordt verstaan onder:

a. markt: de warenmarkt die op grond van artikel 160 van de Gemeentewet is ingesteld;
b. standplaats: de ruimte die op de markt is aangewezen.

Artikel 2

1. Het college stelt een marktreglement vast. Het maakt dit bekend.
2. Artikel 3 is van overeenkomstige toepassing.

HOOFDSTUK 2 VERGUNNING

Artikel 3 Aanvraag

De aanvraag wordt binnen zes weken behandeld.
"""


def test_a_law_gives_chapters_and_articles():
    corpus, uncovered, _ = read(LAW)
    assert corpus.charters[0].name == "Verordening op de weekmarkt"
    assert tree(corpus) == [
        (),
        ("HOOFDSTUK 1 ALGEMENE BEPALINGEN",),
        ("HOOFDSTUK 1 ALGEMENE BEPALINGEN", "Artikel 1 Begripsbepalingen"),
        ("HOOFDSTUK 1 ALGEMENE BEPALINGEN", "Artikel 2"),
        ("HOOFDSTUK 2 VERGUNNING",),
        ("HOOFDSTUK 2 VERGUNNING", "Artikel 3 Aanvraag"),
    ]
    assert uncovered == []
    lead = next(p for p in corpus.passages if p.section[-1].startswith("Artikel 1 "))
    assert lead.sentences[0].text.endswith("verstaan onder:") and len(lead.sentences) == 3


MEMO = """\
# Memo fietsparkeren

Aan: het college

## 1. Aanleiding

Het station heeft te weinig plekken. Zie ook [het plan](plan.md).

## 2. Voorstel

### Stalling

| Plaats | Plekken | Kosten |
|--------|---------|--------|
| Noord | 400 | € 1,2 mln |
| Zuid | 250 | € 0,8 mln |

### Handhaving

* toezicht op straat;
* een app voor meldingen.

1. Eerst onderzoek.
2. Dan besluit.
"""


def test_markdown_headings_give_the_tree_and_pipe_tables_keep_their_header():
    corpus, uncovered, _ = read(MEMO, "memo.md")
    assert corpus.charters[0].name == "Memo fietsparkeren"
    assert tree(corpus) == [
        (),
        ("1. Aanleiding",),
        ("2. Voorstel",),
        ("2. Voorstel", "Stalling"),
        ("2. Voorstel", "Handhaving"),
    ]
    texts = [sentence.text for passage in corpus.passages for sentence in passage.sentences]
    assert "Stalling; Plaats: Zuid; Plekken: 250; Kosten: € 0,8 mln" in texts
    assert "toezicht op straat;" in texts
    assert uncovered == []


PLAIN = dedent(
    """\
    De veerdienst over de rivier bestaat sinds 1874. In de eerste jaren voer er een
    roeiboot, die bij hoog water niet kon uitvaren. Later kwam er een kabelpont.

    In 1953 brak de kabel. De pont dreef af tot voorbij de brug en liep vast op een
    zandbank, waar zij drie dagen bleef liggen.

    Sinds 2011 betaalt de provincie een bijdrage van € 85.000 per jaar. Daarvoor moet de
    pont dagelijks varen van 06.30 uur tot 22.00 uur, ook op zon- en feestdagen.
    """
)


def test_plain_text_without_headings_is_one_section_named_after_its_file():
    corpus, uncovered, _ = read(PLAIN, "veerdienst.txt")
    assert corpus.charters[0].name == "veerdienst"
    assert tree(corpus) == [()]
    texts = [sentence.text for passage in corpus.passages for sentence in passage.sentences]
    assert "In de eerste jaren voer er een roeiboot, die bij hoog water niet kon uitvaren." in texts
    assert len(texts) == 7
    assert uncovered == []


REPORT = """\
Jaarverslag waterschap
======================

Samenvatting

Het was een nat jaar.

1 Waterveiligheid

1.1 Dijken

Er is 12 kilometer dijk versterkt.

1.2 Stuwen

De stuwen zijn gekeurd.

2 Financiën

De begroting sluit met een overschot van € 3 mln.



Waterschap Rijn en Lek



De reserve groeit daardoor naar



Waterschap Rijn en Lek



tien miljoen euro.



Waterschap Rijn en Lek



Zo blijft de lastendruk gelijk.
"""


def test_a_report_loses_its_page_headers_and_keeps_numbered_chapters():
    corpus, uncovered, furniture = read(REPORT)
    assert corpus.charters[0].name == "Jaarverslag waterschap"
    assert tree(corpus) == [
        (),
        ("Samenvatting",),
        ("1 Waterveiligheid",),
        ("1 Waterveiligheid", "1.1 Dijken"),
        ("1 Waterveiligheid", "1.2 Stuwen"),
        ("2 Financiën",),
    ]
    assert {item.line.text for _, item in furniture} == {"Waterschap Rijn en Lek", "=" * 22}
    texts = [sentence.text for passage in corpus.passages for sentence in passage.sentences]
    assert "De reserve groeit daardoor naar tien miljoen euro." in texts
    assert uncovered == []


NOTE = """\
Beleidsnota Speelplekken 2024

Gemeente Oudewater, afdeling Openbare Ruimte

Aanleiding
De gemeente telt 42 speelplekken. Een derde daarvan is ouder dan vijftien jaar en voldoet
niet meer aan het Warenwetbesluit attractie- en speeltoestellen. Bewoners klagen
over kapotte toestellen en te weinig schaduw.

Wat willen we bereiken?
In 2028 heeft elk kind binnen 400 meter van huis een speelplek. Daarvoor is nodig:

  * een inventarisatie van alle plekken (gereed in juni 2024);
  * € 250.000,- per jaar voor vervanging.

ORGANISATIE EN GELD

Kosten
De kosten zijn als volgt verdeeld:

Jaar\tVervanging\tOnderhoud
2024\t€ 250.000\t€ 80.000

                                  - 3 -

Rol van de bewoners
Het rijk betaalt niet mee. Partijen spreken af dat
zij elk jaar overleggen.
"""


def test_a_wrapped_note_has_titles_directly_over_their_paragraph():
    corpus, uncovered, furniture = read(NOTE)
    assert corpus.charters[0].name == "Beleidsnota Speelplekken 2024"
    assert tree(corpus)[1:] == [
        ("Gemeente Oudewater, afdeling Openbare Ruimte",),
        ("Aanleiding",),
        ("Wat willen we bereiken?",),
        ("ORGANISATIE EN GELD",),
        ("ORGANISATIE EN GELD", "Kosten"),
        ("ORGANISATIE EN GELD", "Rol van de bewoners"),
    ]
    sentences = [sentence for passage in corpus.passages for sentence in passage.sentences]
    texts = [sentence.text for sentence in sentences]
    assert "De kosten zijn als volgt verdeeld; Jaar: 2024; Vervanging: € 250.000; Onderhoud: € 80.000" in texts
    assert "Partijen spreken af dat zij elk jaar overleggen." in texts
    assert next(s for s in sentences if s.text.startswith("Het rijk betaalt")).actor == "rijk"
    assert [item.reason for _, item in furniture] == ["paginanummer"]
    assert uncovered == []


def test_names_of_units_and_documents_are_unique(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "nota.md").write_text("# Nota\n\nTekst.", encoding="utf-8")
    corpus = read_corpus([tmp_path])
    assert [charter.name for charter in corpus.charters] == ["Nota", "Nota (2)"]
    assert [document.name for document in corpus.documents] == ["a/nota.md", "b/nota.md"]
    apart = sources_of([tmp_path / "a" / "nota.md", tmp_path / "b" / "nota.md", tmp_path / "a" / "nota.md"])
    assert [source.name for source in apart] == ["a/nota.md", "b/nota.md"]


def test_line_ends_are_kept_as_they_are():
    text = "# Kop\r\n\r\nEen zin.\r\nNog een zin.\r\n"
    corpus, uncovered, _ = read(text, "dos.md")
    assert corpus.documents[0].text == text and uncovered == []
    quotes = [text[s.start : s.end] for p in corpus.passages for s in p.sentences]
    assert quotes == ["Een zin.", "Nog een zin."]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("leeg.txt", b" \n", "is leeg"),
        ("oud.txt", b"caf\xe9", "is geen UTF-8"),
        ("stuk.pdf", b"x", "is geen .txt of .md"),
    ],
)
def test_a_bad_document_is_named_with_the_remedy(tmp_path, name, data, says):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=says) as caught:
        read_corpus([path])
    assert name in str(caught.value) and caught.value.expected and caught.value.remedy


def test_a_missing_path_and_an_empty_folder_are_errors(tmp_path):
    with pytest.raises(CorpusError, match="bestaat niet"):
        read_corpus([tmp_path / "weg"])
    with pytest.raises(CorpusError, match="staan geen documenten"):
        read_corpus([tmp_path])


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ('titel = "x"', "titel"),
        ("title = [", "niet te lezen"),
        ('[[documents]]\npath = "weg.txt"', "weg.txt"),
        ('[[documents]]\npath = "a.txt"\nsha256 = "0"', "niet het document"),
        (
            '[[documents]]\npath = "a.txt"\n[[documents.charters]]\ncity = "Aa"\nlines = [3, 1]',
            "lines|regels",
        ),
        ('[[documents]]\npath = "a.txt"\n[[documents.charters]]\ncity = "Aa"\nlines = [1, 9]', "1 regels"),
        (
            '[[documents]]\npath = "a.txt"\n[[documents.charters]]\ncity = "Aa"\nlines = [1, 1]\nhead = "Bb"',
            "luidt 'Tekst.'",
        ),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path, manifest, says):
    (tmp_path / "a.txt").write_text("Tekst.", encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    with pytest.raises(CorpusError, match=says):
        read_corpus([tmp_path])
