"""Facts in sentences: equal however they are written, and never equal when they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.facts import facts, misplaced, numeral, unsupported

SAME = [
    ("225.000 euro", "€ 225.000"),
    ("225 duizend euro", "€225.000"),
    ("225 duizend woningen", "225.000 woningen"),
    ("€ 2,9 miljoen", "2.900.000 euro"),
    ("twee miljoen euro", "€ 2 miljoen"),
    ("2 mln", "2 miljoen"),
    ("1 maart 2008", "1-3-2008"),
    ("1 maart 2008", "01/03/08"),
    ("negen steden", "9 steden"),
    ("vijfentwintig coaches", "25 coaches"),
    ("tweehonderdvijftig woningen", "250 woningen"),
    ("25 procent", "25%"),
    ("tien procent", "10 %"),
    ("de tweede fase", "de 2e fase"),
    ("20-25%", "20 tot 25 procent"),
    ("één wijk", "1 wijk"),
]
SUPPORTED = [
    ("in maart 2008", "op 1 maart 2008"),
    ("in 2008", "op 1-3-2008"),
    ("op 1 maart", "op 1 maart 2008"),
    ("van 2007 tot 2011", "in de periode 2007 – 2011"),
]
UNSUPPORTED = [
    ("op 2 maart 2008", "op 1 maart 2008"),
    ("op 1 maart 2009", "op 1 maart 2008"),
    ("op 1 maart 2008", "in maart 2008"),
    ("in april", "op 1 maart 2008"),
    ("25 wijken", "25%"),
    ("25%", "25 wijken"),
    ("€ 13", "13 wijkagenten"),
    ("13 miljoen", "13 wijkagenten"),
    ("225.000", "225"),
    ("2,9 miljoen", "29 miljoen"),
    ("12 wijkagenten", "112 wijkagenten"),
    ("2009", "2008"),
    ("de helft", "een deel"),
    ("tientallen woningen", "woningen"),
    ("de derde fase", "de tweede fase"),
    ("elf steden", "negen steden"),
]
CHANGE = "van 31% in 2008 naar 17% in 2011"
MISPLACED = [
    ("In 2011 is het 31%", CHANGE),
    ("In 2008 is het 17%", CHANGE),
    ("Er komen 13 scholen", "Er komen 13 wijkagenten en 4 scholen"),
    ("Er komen 4 wijkagenten", "Er komen 13 wijkagenten en 4 scholen"),
]
IN_PLACE = [
    ("In 2011 is het 17%", CHANGE),
    ("Van 31% in 2008 daalt het naar 17% in 2011", CHANGE),
    ("Er komen dertien agenten", "Er komen 13 wijkagenten en 4 scholen"),
    ("Er komen 4 scholen", "Er komen 13 wijkagenten en 4 scholen"),
    ("Er komen 13 agenten", "Er komen 13 wijkagenten"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_fact_is_the_same_in_another_notation(one, other):
    assert unsupported(one, other) is None and unsupported(other, one) is None


@pytest.mark.parametrize(("said", "source"), SUPPORTED)
def test_a_finer_date_supports_a_coarser_one(said, source):
    assert unsupported(said, source) is None


@pytest.mark.parametrize(("said", "source"), UNSUPPORTED)
def test_another_number_date_or_unit_is_not_supported(said, source):
    assert unsupported(said, source) is not None


@pytest.mark.parametrize(("said", "source"), MISPLACED)
def test_a_number_of_something_else_or_of_another_year_is_noticed(said, source):
    assert misplaced(said, source) is not None


@pytest.mark.parametrize(("said", "source"), IN_PLACE)
def test_a_number_in_its_own_place_passes(said, source):
    assert misplaced(said, source) is None


def test_words_that_only_look_like_numbers_are_none():
    assert facts("een wijk, eenzaam, achter, tienerpraktijk, op tijd, ton sur ton") == []


UNITS = (
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien"
)
TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"


def spelt(number):
    units = UNITS.split()
    tens = TENS.split()
    if number < 20:
        return units[number]
    if number < 100:
        one = units[number % 10]
        return tens[number // 10 - 2] if number % 10 == 0 else f"{one}en{tens[number // 10 - 2]}"
    for size, name in ((1000, "duizend"), (100, "honderd")):
        if number >= size:
            head = "" if number // size == 1 else spelt(number // size)
            return head + name + (spelt(number % size) if number % size else "")
    raise AssertionError


@given(st.integers(0, 99_999))
def test_every_number_is_read_as_it_is_spelt(number):
    assert numeral(spelt(number)) == number


@given(st.integers(1000, 10_000_000))
def test_thousands_are_read_with_and_without_points(number):
    written = f"{number:,}".replace(",", ".")
    assert unsupported(f"€ {written}", f"{number} euro") is None


@given(st.text(max_size=200))
def test_any_text_supports_itself(text):
    assert unsupported(text, text) is None
