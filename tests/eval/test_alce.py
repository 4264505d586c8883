from eval.alce import Statement, alce, statements


def cite(n, quote):
    return {"n": n, "quote": quote}


SOME = [cite(1, "Deventer krijgt dertien extra wijkagenten."), cite(2, "Het rijk betaalt dat."), cite(3, "Alkmaar")]


def test_a_statement_carries_the_markers_that_follow_it():
    text = "Er komen er dertien [1][2]; het rijk betaalt [2, 3]. En verder niets."
    assert statements(text) == [
        Statement("Er komen er dertien", (1, 2)),
        Statement("; het rijk betaalt", (2, 3)),
        Statement(". En verder niets.", ()),
    ]


def test_what_its_quote_says_is_supported():
    assert alce("Deventer krijgt dertien extra wijkagenten. [1]", SOME) == {"alce_recall": 1, "alce_precision": 1}


def test_what_no_quote_says_is_not_supported_and_neither_is_what_has_no_marker():
    invented = "Deventer krijgt dertien extra wijkagenten [1]. De burgemeester opent een zwembad [2]. Dat is mooi."
    assert alce(invented, SOME) == {"alce_recall": 1 / 3, "alce_precision": 1 / 2}


def test_a_citation_that_adds_nothing_costs_precision():
    assert alce("Deventer krijgt dertien extra wijkagenten [1][3].", SOME)["alce_precision"] == 1 / 2


def test_two_citations_that_are_both_needed_are_precise():
    both = "Deventer krijgt dertien extra wijkagenten en het rijk betaalt dat [1][2]."
    assert alce(both, SOME) == {"alce_recall": 1, "alce_precision": 1}


def test_a_marker_without_a_citation_supports_nothing():
    assert alce("Deventer krijgt dertien extra wijkagenten [9].", SOME) == {"alce_recall": 0, "alce_precision": 0}


def test_an_empty_answer_has_neither():
    assert alce("", []) == {"alce_recall": 0, "alce_precision": 0}
