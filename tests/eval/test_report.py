import re
from html.parser import HTMLParser

import pytest

from eval.compare import compare
from eval.mistakes import CAUSES, cause_of
from eval.report import page, write_report
from eval.run import run

EVIL = "<script>alert('x')</script>"
VOID = {"meta", "br"}


class Checker(HTMLParser):
    """Every element that is opened is closed, and nothing is fetched from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.fetched = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.fetched += [v for name, v in attrs if name in ("src", "href") and not v.startswith("#")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def faulty(gold, source, oracle, tmp_path):
    """A run in which each way of going wrong happens once."""
    single = iter([q for q in gold if q.roll is None and q.answerable])
    nothing = {"start_line": 1, "end_line": 1, "start_char": 0, "end_char": 1, "quote": EVIL}
    collection = next(q for q in gold if q.roll is not None)
    changes = {
        next(single).id: {"refused": True},
        next(single).id: {"retrieved": [], "citations": [nothing]},
        next(single).id: {"citations": [nothing]},
        next(single).id: {"answer": EVIL},
        collection.id: {"items": [{"charter": "Alkmaar", "verdict": "yes", "value": EVIL}]},
        next(q for q in gold if not q.answerable).id: {"refused": False},
    }
    broken = next(single).id

    def ask(question):
        if question.id == broken:
            raise RuntimeError(EVIL)
        return oracle(question) | {"confidence": 0.5} | changes.get(question.id, {})

    return run(gold, ask, source, tmp_path / "fout", {"name": EVIL})


def test_each_wrong_question_is_put_down_to_the_first_step_that_went_wrong(faulty):
    causes = [cause for result in faulty.results if (cause := cause_of(result))]
    assert sorted(causes) == sorted(CAUSES)


def test_the_report_is_well_formed_fetches_nothing_and_escapes_everything(faulty, gold, source, oracle, tmp_path):
    good = run(gold, oracle, source, tmp_path / "goed", {})
    html = page(faulty, compare(good, faulty), [good])
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    assert checker.fetched == []
    assert "script" not in checker.tags
    assert EVIL not in html


def test_every_wrong_answer_is_in_the_report_with_its_gold(faulty, tmp_path):
    write_report(tmp_path / "nieuw" / "rapport.html", faulty)
    html = (tmp_path / "nieuw" / "rapport.html").read_text()
    wrong = [result.question.id for result in faulty.results if cause_of(result)]
    assert html.count("<details class=wrong>") == len(wrong) == len(CAUSES)
    assert all(f"<code>{name}</code>" in html for name in wrong)


def test_the_wrong_answers_stand_by_cause_and_each_bar_leads_to_its_own(faulty):
    html = page(faulty)
    links = re.findall(r"href='#(fout-[a-z-]+)'", html)
    assert links == [f"fout-{cause.replace(' ', '-')}" for cause in CAUSES]
    assert all(html.count(f"<h3 id={link}>") == 1 for link in links)


def test_the_report_says_what_a_threshold_costs(gold, source, oracle, tmp_path):
    def ask(question):
        sure = 0.9 if question.answerable else 0.1
        return oracle(question) | {"confidence": sure, "refused": False}

    html = page(run([q for q in gold if q.roll is None], ask, source, tmp_path / "zeker", {}))
    found = re.search(r"≤ 5%</td><td class=num>([\d,]+)</td><td class=num>(\d+%)</td><td class=num>(\d+)<", html)
    assert found.groups() == ("0,50", "100%", "0")  # halfway between 0.1 and 0.9


def test_every_table_and_drawing_that_can_be_too_wide_scrolls_by_itself(faulty, gold, source, oracle, tmp_path):
    good = run(gold, oracle, source, tmp_path / "goed", {})
    html = page(faulty, compare(good, faulty), [good])
    assert len(re.findall(r"<table(?! class=figures><thead><tr><th>onterecht)", html)) == html.count(
        "<div class=wide><table"
    )
    assert html.count('<svg viewBox="') == html.count("<div class=wide><svg")


def test_a_run_of_one_kind_of_question_still_has_a_report(gold, source, oracle, tmp_path):
    for part in (gold[:1], gold[-1:]):
        assert "</html>" in page(run(part, oracle, source, tmp_path / part[0].id, {}))
