import json

import pytest

from eval.compare import compare, show
from eval.metrics import RECALL_AT
from eval.retrieval import ir_figures, judgements
from eval.run import read_run, run
from eval.summary import Scored, bootstrap, estimates, latency, mcnemar, means, percentile, refusal_precision, wilson
from ingest.errors import GoldError


@pytest.fixture
def some(gold):
    return [*gold[:14], *gold[14:34]]


def test_a_run_folder_reads_back_as_it_was_written(some, source, oracle, tmp_path):
    made = run(some, oracle, source, tmp_path / "een", {"name": "orakel", "k": 10})
    again = read_run(tmp_path / "een")
    assert again.results == made.results
    assert (again.name, again.info["k"]) == ("orakel", 10)
    assert again.info["commit"] == made.info["commit"]  # none where the program is installed, not checked out


def test_a_question_that_raises_counts_as_zero_and_the_run_goes_on(some, source, oracle, tmp_path):
    def ask(question):
        if question is some[-1]:
            raise RuntimeError("kapot")
        return oracle(question)

    made = run(some, ask, source, tmp_path / "een", {})
    assert made.results[-1].error == "RuntimeError: kapot"
    assert made.results[-1].figures["correct"] == 0
    figures = json.loads((tmp_path / "een" / "figures.json").read_text())
    answerable = sum(q.roll is None and q.answerable for q in some)
    assert figures["figures"]["single"]["correct"]["mean"] == pytest.approx((answerable - 1) / answerable)
    assert figures["errors"] == {some[-1].id: "RuntimeError: kapot"}


def test_a_broken_off_run_is_refused(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(GoldError, match="geen voltooide meting"):
        read_run(tmp_path)


def test_ir_measures_agrees_with_our_own_recall_and_rank(gold, source, oracle, tmp_path):
    def shuffled(question):
        """Put the evidence behind as many passages of nothing as the question's id is long."""
        filler = {"passage_id": "x", "start_line": 1, "end_line": 1, "start_char": 0, "end_char": 1}
        answer = oracle(question)
        return answer | {"retrieved": [filler] * len(question.id) + answer["retrieved"]}

    made = run(gold, shuffled, source, tmp_path / "een", {})
    theirs = ir_figures(gold, {r.question.id: r.answer for r in made.results}, source)
    for result in made.results:
        if result.question.evidence:
            found = theirs[result.question.id]
            assert [found[f"Success@{k}"] for k in RECALL_AT] == [result.figures[f"recall@{k}"] for k in RECALL_AT]
            assert found["RR"] == pytest.approx(result.figures["mrr"])


def test_a_question_the_run_forgot_counts_as_zero_for_ir_measures(some, source):
    assert {value for row in ir_figures(some, {}, source).values() for value in row.values()} == {0.0}


def test_evidence_that_was_not_retrieved_stays_in_the_judgements(gold, source, oracle):
    question = next(q for q in gold if q.id == "alkmaar-11")
    half = {"retrieved": oracle(question)["retrieved"][1:]}
    assert judgements(question, half, source) == {str(n): 1 for n in range(1, 6)} | {"gemist-0": 1}


def test_a_comparison_names_what_got_better_and_what_got_worse(some, source, oracle, tmp_path, printed):
    first, last = some[14].id, some[15].id

    def without(*names):
        return lambda question: {} if question.id in names else oracle(question)

    before = run(some, without(first), source, tmp_path / "een", {})
    after = run(some[:-1], without(last), source, tmp_path / "twee", {})
    found = compare(before, after)
    assert [change.question.id for change in found.better] == [first]
    assert [change.question.id for change in found.worse] == [last]
    assert found.unpaired == [some[-1].id]
    correct = next(row for row in found.differences["single"] if row.name == "correct")
    assert (correct.gained, correct.lost, correct.p) == (1, 1, 1.0)
    assert correct.difference.low <= 0 <= correct.difference.high
    told = printed(show(found))
    assert f"Beter: 1\n  {first}" in told and f"Slechter: 1\n  {last}" in told
    assert f"Niet meegeteld, want maar in één meting (1): {some[-1].id}\n" in told


def test_mcnemar_is_the_binomial_test_on_the_changed_questions():
    assert mcnemar(5, 0) == 2 * 1 / 2**5
    assert mcnemar(6, 2) == 2 * (1 + 8 + 28) / 2**8
    assert mcnemar(0, 0) == 1


def test_the_paired_bootstrap_of_a_constant_difference_has_no_width():
    found = bootstrap([0.25] * 10)
    assert (found.low, found.mean, found.high) == (0.25, 0.25, 0.25)


def test_wilson_is_not_certain_after_ten_out_of_ten():
    found = wilson([1.0] * 10)
    assert found.low == pytest.approx(10 / (10 + 1.96**2))
    assert found.high == 1


def test_percentiles_lie_between_the_nearest_two():
    assert percentile([3, 1, 2, 4], 0.5) == 2 + 0.5 * (3 - 2)
    assert percentile([7], 0.95) == 7


def test_latency_is_reported_for_each_stage():
    answers = [{"timings_ms": {"total": value}} for value in (1, 2, 3)] + [{}]
    assert latency(answers)["total"] == {"p50": 2, "p95": pytest.approx(2 + 0.9)}


def test_the_precision_of_refusing_is_over_the_refusals(gold):
    refused = [{"refused_unanswerable": 1.0}] * 3 + [{"false_refusal": 1.0}]
    others = [{"refused_unanswerable": 0.0}, {"false_refusal": 0.0}]
    scored = [Scored(gold[0], figures) for figures in (*refused, *others)]
    assert refusal_precision(scored) == 3 / 4
    assert estimates(scored)["refusal_precision"].n == 4
    assert refusal_precision(scored[4:]) is None


def test_a_mean_is_over_the_questions_to_which_the_figure_applies(gold):
    scored = [Scored(gold[0], figures) for figures in ({"correct": 1.0}, {"correct": 0.0, "mrr": 1 / 3}, {})]
    assert means(scored, ("correct", "mrr", "f1")) == {"correct": (1 + 0) / 2, "mrr": (1 / 3) / 1}
