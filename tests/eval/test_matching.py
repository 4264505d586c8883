import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.matching import first_words, normalise, states


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("Er komen 13 agenten.", "13"),
        ("Er komen 13, later meer", "13"),
        ("In 2007-2011 13 extra", "13"),
        ("DERTIEN agenten", "dertien"),
        ("€ 100.000 in 2008", "100000"),
        ("€ 100 000 in 2008", "100.000"),
        ("in 2008 530.000 euro", "530.000"),
        ("wijk 4 100.000 euro", "100000"),
        ("€ 1.250,50", "1250,50"),
        ("80 %", "80%"),
        ("50% – 50%", "50%-50%"),
        ("€1 miljoen", "€ 1 miljoen"),
        ("‘Schoon, heel en veilig’", "'schoon, heel"),
        ("het wijkfilmtheater", "filmtheater"),
        ("ken je bureu", "ken je bu"),
        ("bureaucratische structuren", "bureaucrati"),
        ("BoEx", "Bo Ex"),
        ("Nee, dat staat er niet", "nee"),
        ("één ton", "een ton"),
        ("regel 1\nregel 2", "1 regel"),
        ("13⁵ agenten", "13"),
        ("het GGD-team", "GGD"),
    ],
)
def test_a_variant_is_found(text, variant):
    assert states(text, [variant])


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("in 2013", "13"),
        ("13,5 fte", "13"),
        ("2,13 miljoen", "13"),
        ("de A13", "13"),
        ("130 agenten", "13"),
        ("13.000 euro", "13"),
        ("in 2008 530.000 euro", "2008530000"),
        ("1.100.000 euro", "100.000"),
        ("dat neemt toe", "nee"),
        ("zeventien", "zeven"),
        ("tweehonderdduizend", "honderdduizend"),
        ("geen ton", "een ton"),
        ("de invloed van distance", "nce"),
        ("Noordoost", " Oost"),
        ("180.000", "180.00"),
        ("5,6", "6"),
        ("20 08", "2008"),
        ("", "13"),
    ],
)
def test_a_variant_must_stand_by_itself(text, variant):
    assert not states(text, [variant])


def test_markers_are_not_words():
    assert first_words("Er komen [1] dertien [2, 3] agenten [4].", 3) == "Er komen dertien"


def test_a_nugget_after_the_word_limit_does_not_count():
    assert not states(first_words("woord " * 100 + "dertien", 100), ["dertien"])


@given(st.integers(1000, 999_999_999))
def test_a_number_is_the_same_however_its_thousands_are_written(number):
    dots, spaces = f"{number:,}".replace(",", "."), f"{number:,}".replace(",", " ")
    assert normalise(dots) == normalise(spaces) == normalise(str(number))


def test_every_gold_answer_states_every_nugget(gold):
    missed = [(q.id, n) for q in gold if q.roll is None for n in q.nuggets if not states(q.answer, n)]
    assert missed == []
