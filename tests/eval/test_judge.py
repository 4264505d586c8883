import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import typer
from typer.testing import CliRunner

from eval import cli
from eval.judge import SEED, Judgement, OllamaJudge, agreement, cohen_kappa, read_judgement
from eval.mistakes import mistakes
from eval.report import page
from eval.run import read_run, run
from ingest.errors import LanguageModelError, UsageError

DIGEST = "0a8c26691023" + "0" * 52


class Scripted(BaseHTTPRequestHandler):
    """As much of Ollama as a judge meets: a list of models, and replies that a test gives."""

    def do_GET(self):
        names = ("keurmeester:4b", "keurmeester:latest")
        self.reply({"models": [{"model": name, "digest": DIGEST} for name in names]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        status, content = self.server.script(asked["messages"][0]["content"])
        said = {"model": asked["model"], "message": {"role": "assistant", "content": content}, "done": True}
        self.reply(said if status == 200 else {"error": content}, status)

    def reply(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def verdict(good, reason="omdat"):
    return 200, json.dumps({"reden": reason, "goed": good})


@pytest.fixture
def server():
    """A scripted server on loopback that finds every answer right, until a test gives it another script."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    made.asked, made.script = [], lambda text: verdict(True)
    made.url = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def some(gold):
    """Eight single questions of which one is unanswerable, and a collection."""
    single = [one for one in gold if one.roll is None and one.answerable]
    return [*single[:7], next(one for one in gold if not one.answerable), next(one for one in gold if one.roll)]


def judged_run(server, some, ask, source, folder):
    return run(some, ask, source, folder, {}, judge=OllamaJudge(server.url, "keurmeester:4b"))


def test_a_judge_is_pinned_and_is_told_question_gold_and_answer_without_markers(server, some, source, oracle, tmp_path):
    made = judged_run(server, some, lambda q: oracle(q) | {"answer": f"{q.answer} [1]"}, source, tmp_path)
    pinned = {"model": "keurmeester:4b", "digest": DIGEST, "seed": SEED, "temperature": 0}
    assert made.info["judge"] == pinned
    (first, *_) = server.asked
    assert first["model"] == "keurmeester:4b"
    assert (first["options"]["seed"], first["options"]["temperature"]) == (SEED, 0)
    assert first["format"]["required"] == ["reden", "goed"]
    told = first["messages"][0]["content"]
    assert some[0].question in told and told.count(some[0].answer) == 2 and "[1]" not in told


def test_a_follow_up_is_judged_as_it_is_to_be_understood(server, gold, source, oracle, tmp_path):
    follow_up = next(one for one in gold if one.previous and one.roll is None and one.answerable)
    judged_run(server, [follow_up], oracle, source, tmp_path)
    assert follow_up.standalone in server.asked[0]["messages"][0]["content"]


def test_what_has_no_answer_to_judge_is_not_judged(server, some, source, oracle, tmp_path):
    refused = some[0].id
    made = judged_run(
        server, some, lambda q: oracle(q) | ({"refused": True} if q.id == refused else {}), source, tmp_path
    )
    assert [one.question.id for one in made.results if one.judgement] == [one.id for one in some[1:7]]
    assert len(server.asked) == 6


def test_the_judge_is_reported_with_its_agreement_with_the_score(server, some, source, oracle, tmp_path, capsys):
    wrong_by_score, wrong_by_judge = some[0], some[1]

    def ask(question):
        return oracle(question) | ({"citations": []} if question is wrong_by_score else {})

    server.script = lambda text: verdict(wrong_by_judge.question not in text, "het jaar ontbreekt")
    made = judged_run(server, some, ask, source, tmp_path)
    found = made.figures["judge"]
    assert (found["n"], found["unusable"]) == (7, 0)
    assert found["judged_correct"] == found["scored_correct"] == pytest.approx(6 / 7)
    assert found["same"] == pytest.approx(5 / 7)
    chance = (6 / 7) ** 2 + (1 / 7) ** 2
    assert found["kappa"] == pytest.approx((5 / 7 - chance) / (1 - chance))
    assert "eens bij 71,4% van 7 antwoorden" in cli.judged(made)
    assert "keurmeester:4b" in page(made)
    assert "goed: het jaar ontbreekt" in mistakes(made.results)  # beside the answer that is wrong by the score
    assert read_run(tmp_path).results == made.results


def test_the_command_prints_who_judged_and_how_far_it_agrees(server, some, source, oracle, tmp_path, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_OLLAMA_URL", server.url)
    monkeypatch.setattr(cli, "read_gold", lambda paths, source: some)
    monkeypatch.setattr(cli, "open_system", lambda index, open_engine, llm: cli.System(oracle, source, {}))
    app = typer.Typer()
    app.command("eval")(cli.evaluate)
    app.command("anders")(lambda: None)
    report = tmp_path / "verslag.html"
    found = CliRunner().invoke(
        app, ["eval", "--judge", "keurmeester:4b", "--out", str(tmp_path), "--report", str(report)]
    )
    assert found.exit_code == 0, found.output
    said = " ".join(found.output.split())
    assert f"Beoordelaar keurmeester:4b (digest {DIGEST[:12]}, seed {SEED}): 100,0% goed" in said
    assert "eens bij 100,0% van 7 antwoorden, kappa niet te bepalen" in said
    assert "Een tweede beoordelaar" in report.read_text()


def test_a_reply_that_is_no_verdict_counts_for_nothing_and_is_counted(server, some, source, oracle, tmp_path):
    replies = iter([(500, "te weinig geheugen"), (200, "Ja hoor!"), (200, '{"reden": "x", "goed": "deels"}')])
    server.script = lambda text: next(replies, verdict(True))
    made = judged_run(server, some, oracle, source, tmp_path)
    assert [one.judgement.correct for one in made.results[:4]] == [None, None, None, True]
    assert "te weinig geheugen" in made.results[0].judgement.reason
    assert (made.figures["judge"]["n"], made.figures["judge"]["unusable"]) == (4, 3)


@pytest.mark.parametrize("written_by", ["keurmeester", "keurmeester:latest"])
def test_a_model_never_judges_its_own_answers(server, some, source, oracle, tmp_path, written_by):
    judge = OllamaJudge(server.url, "keurmeester")
    with pytest.raises(UsageError, match="eigen antwoorden"):
        run(some, lambda q: oracle(q) | {"model": written_by}, source, tmp_path, {}, judge=judge)


def test_a_judge_that_is_not_on_the_server_is_named_with_the_command_that_fetches_it(server):
    with pytest.raises(LanguageModelError, match="ollama pull onbekend:1b"):
        OllamaJudge(server.url, "onbekend:1b")


def test_a_judge_pinned_to_another_digest_is_refused(server):
    assert OllamaJudge(server.url, f"keurmeester:4b@{DIGEST[:12]}").pinned["digest"] == DIGEST
    with pytest.raises(LanguageModelError, match=DIGEST):
        OllamaJudge(server.url, "keurmeester:4b@ffff")


def test_without_a_server_the_judge_says_how_to_start_one():
    with pytest.raises(LanguageModelError, match="ollama serve"):
        OllamaJudge("http://127.0.0.1:9", "keurmeester:4b")


def test_without_a_judge_nothing_is_judged(some, source, oracle, tmp_path):
    made = run(some, oracle, source, tmp_path, {})
    assert made.figures["judge"] is None
    assert "judge" not in made.info


def test_kappa_is_agreement_beyond_chance():
    assert cohen_kappa([(True, True), (False, False)]) == 1
    assert cohen_kappa([(True, True), (True, False), (False, True), (False, False)]) == 0
    assert cohen_kappa([(True, False), (False, True)]) == -1
    assert cohen_kappa([(True, True)] * 5) is None
    assert agreement([(Judgement(None, ""), True)]) is None


@pytest.mark.parametrize("text", ["", "[]", "null", '{"goed": 1}', "<think>"])
def test_only_a_plain_yes_or_no_is_a_verdict(text):
    assert read_judgement(text).correct is None
