"""Asking on the command line: the answer object, filters, batches, and bad questions."""

import json
import os
import subprocess
import sys

import pytest

from ui.cli import run

FLAGSHIP = "welke steden nemen deel aan experiment gezonde wijk?"


@pytest.fixture
def cli(quick, settings, capfd, monkeypatch):
    """Runs a command in this process; returns exit code, output and error output."""
    monkeypatch.setenv("CHARTERWIJZER_CACHE_DIR", str(settings.cache_dir))
    monkeypatch.setenv("CHARTERWIJZER_INDEX_DIR", str(settings.index_dir))

    def call(*arguments):
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return call


def exact(answer, engine):
    """Whether every citation is to the letter what the document says."""
    return all(
        engine.index.documents[c["document"]].text[c["start_char"] : c["end_char"]] == c["quote"]
        for c in answer["citations"]
    )


def test_an_answer_has_every_field_of_the_contract(cli, engine):
    code, out, _ = cli("ask", "--json", FLAGSHIP)
    answer = json.loads(out)
    fields = "question kind answer refused mode model items coverage citations retrieved timings_ms"
    assert code == 0 and set(fields.split()) <= set(answer) and "id" not in answer
    assert answer["kind"] == "collection"
    asked_of = sorted(item["charter"] for item in answer["items"])
    assert asked_of == sorted(charter.name for charter in engine.index.charters)
    assert answer["citations"] and exact(answer, engine)
    cited = {citation["n"]: citation["charter"] for citation in answer["citations"]}
    for item in answer["items"]:
        assert item["verdict"] == "no" or {cited[n] for n in item["citations"]} == {item["charter"]}


def test_an_answer_on_the_terminal_shows_verdicts_sources_and_what_was_searched(cli, engine):
    code, out, err = cli("ask", FLAGSHIP)
    assert code == 0 and err == ""
    assert "Bronnen" in out and "[1]" in out and "regel" in out
    assert f"Alle {len(engine.index.charters)} charters doorzocht" in out
    assert max(map(len, out.splitlines())) <= 100 and "\x1b" not in out


def test_a_filter_on_charter_and_party_holds_for_the_citations(cli, engine):
    name = engine.index.charters[0].name
    code, out, _ = cli("ask", "--json", "--charter", name, "--actor", "gemeente", "wat gebeurt er aan onderwijs?")
    answer = json.loads(out)
    assert code == 0 and not answer["refused"]
    assert {(one["charter"], one["actor"]) for one in answer["citations"]} == {(name, "gemeente")}


def test_an_unknown_charter_names_the_known_ones(cli, engine):
    code, out, err = cli("ask", "--charter", "Atlantis", "wat is een kindlint?")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and "Atlantis" in err
    assert all(charter.name in err for charter in engine.index.charters)


def test_an_unknown_party_names_the_known_ones(cli):
    code, _, err = cli("ask", "--actor", "provincie", "wat is een kindlint?")
    assert code == 2 and "gemeente, rijk, gezamenlijk" in err


@pytest.mark.parametrize("question", ["", "   ", "\x00\x1b\x07"])
def test_an_empty_question_is_wrong_use(cli, question):
    code, out, err = cli("ask", question)
    assert (code, out) == (2, "") and err.startswith("De vraag is leeg.") and len(err.splitlines()) == 1


def test_a_question_of_20_000_characters_is_answered(cli, engine):
    code, out, _ = cli("ask", "--json", ("wat doet de gemeente aan schooluitval? " * 520)[:20_000])
    assert code == 0 and exact(json.loads(out), engine)


def test_control_characters_in_a_question_change_nothing(cli):
    plain = json.loads(cli("ask", "--json", "wat is een kindlint?")[1])
    dirty = json.loads(cli("ask", "--json", "wat\x07 is\x1b een\tkindlint?\x00")[1])
    assert dirty["answer"] == plain["answer"] and not plain["refused"]


def test_a_question_in_another_language_gets_dutch(cli, engine):
    code, out, _ = cli("ask", "--json", "What is a Kindlint in Zaanstad?")
    answer = json.loads(out)
    assert code == 0 and exact(answer, engine)
    assert answer["refused"] or "kind" in answer["answer"].lower()


def test_a_question_about_nothing_in_the_corpus_is_refused(cli):
    code, out, _ = cli("ask", "--json", "wat is de hoofdstad van Frankrijk?")
    assert code == 0 and json.loads(out)["refused"]


def test_search_gives_as_many_passages_as_asked(cli):
    code, out, _ = cli("search", "--json", "-k", "7", "kindlint")
    found = json.loads(out)
    assert code == 0 and len(found) == 7
    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    assert cli("search", "kindlint")[1].count("regel") >= 10


@pytest.fixture
def batch(cli, tmp_path):
    """Asks a file of lines; returns exit code, the objects that came back, and error output."""

    def ask(*lines):
        file = tmp_path / "vragen.jsonl"
        file.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
        code, out, err = cli("ask", "--json", "--batch", str(file))
        return code, [json.loads(line) for line in out.splitlines()], err

    return ask


def test_a_batch_answers_in_the_order_of_the_input_and_repeats_the_id(batch):
    questions = [json.dumps({"id": f"v{n}", "question": "wat is een kindlint?"}) for n in (3, 1, 2)]
    code, answers, _ = batch(*questions, "")
    assert code == 0 and [answer["id"] for answer in answers] == ["v3", "v1", "v2"]
    assert {answer["answer"] for answer in answers} == {answers[0]["answer"]}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("geen json", "Regel 2 is geen JSON"),
        (b'{"id": "b", "question": "\xff"}', "Regel 2 is geen JSON"),
        ('["b"]', "geen JSON-object"),
        ('{"question": "wat is een kindlint?"}', "geen id"),
        ('{"id": "b"}', "geen question"),
        ('{"id": "b", "question": 5}', "geen question"),
        ('{"id": "b", "question": ""}', "De vraag is leeg"),
        ('{"id": "b", "question": "wie?", "charters": "x"}', "geen lijst"),
        ('{"id": "b", "question": "wie?", "charters": ["Atlantis"]}', "Atlantis"),
        ('{"id": "b", "question": "wie?", "actor": "x"}', "Partij"),
    ],
)
def test_a_line_that_fails_says_why_and_the_run_goes_on(batch, line, said):
    good = [json.dumps({"id": name, "question": "wat is een kindlint?"}) for name in "ac"]
    code, answers, err = batch(good[0], line, good[1])
    assert [answer["id"] for answer in answers[::2]] == ["a", "c"]
    assert said in answers[1]["error"] and set(answers[1]) == {"id", "error"}
    assert answers[1]["id"] == ("b" if '"id"' in str(line) and b"\xff" not in line_bytes(line) else None)
    assert code == 1 and "1 van de 3" in err


def line_bytes(line):
    return line if isinstance(line, bytes) else line.encode()


def test_a_line_can_set_its_own_charters_and_party(batch, engine):
    name = engine.index.charters[-1].name
    line = {"id": 7, "question": "wat gebeurt er aan onderwijs?", "charters": [name], "actor": "gemeente"}
    code, (answer,), _ = batch(json.dumps(line))
    assert code == 0 and answer["id"] == 7
    assert {(one["charter"], one["actor"]) for one in answer["citations"]} == {(name, "gemeente")}


def test_what_a_line_leaves_empty_is_not_set(batch):
    line = {"id": 7, "question": "Wat is een Kindlint?"}
    plain, empty = batch(json.dumps(line), json.dumps(line | {"charters": None, "actor": None, "previous": None}))[1]
    assert plain["answer"] == empty["answer"]


def test_a_line_can_carry_the_question_before_it(batch):
    line = {"id": 8, "question": "en in Arnhem?", "previous": "Hoeveel extra wijkagenten krijgt Nijmegen?"}
    code, (answer, failed), _ = batch(json.dumps(line), json.dumps({**line, "previous": 3}))
    assert answer["understood"] == "Hoeveel extra wijkagenten krijgt Arnhem?"
    assert code == 1 and "previous geen tekst" in failed["error"]


def test_lone_surrogates_come_out_as_valid_json(batch):
    code, (answer,), _ = batch('{"id": "a", "question": "wat is een kindlint \\ud800?"}')
    assert code == 0 and answer["id"] == "a"


@pytest.mark.parametrize("text", [None, ""])
def test_a_batch_file_that_is_missing_or_empty_is_wrong_use(cli, tmp_path, text):
    if text is not None:
        (tmp_path / "vragen.jsonl").write_text(text)
    code, out, err = cli("ask", "--batch", str(tmp_path / "vragen.jsonl"), "--json")
    assert (code, out) == (2, "") and len(err.splitlines()) == 1 and "vragen.jsonl" in err


def process(*arguments, **options):
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, **options)


@pytest.fixture
def environment(settings):
    return {
        **os.environ,
        "CHARTERWIJZER_CACHE_DIR": str(settings.cache_dir),
        "CHARTERWIJZER_INDEX_DIR": str(settings.index_dir),
    }


@pytest.mark.parametrize("utf8_mode", ["0", "1"])
def test_output_is_utf_8_in_any_locale(environment, utf8_mode):
    plain = {**environment, "LC_ALL": "C", "PYTHONUTF8": utf8_mode, "PYTHONCOERCECLOCALE": "0"}
    done = process("ask", "--json", "wat is een “kindlint” in coördinatie?".encode(), env=plain)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))["question"] == "wat is een “kindlint” in coördinatie?"


def test_a_reader_that_stops_reading_is_no_error(environment, tmp_path):
    lines = [json.dumps({"id": str(n), "question": FLAGSHIP}) for n in range(4)]
    (tmp_path / "vragen.jsonl").write_text("\n".join(lines))
    command = f"{sys.executable} -m ui.cli ask --json --batch {tmp_path}/vragen.jsonl | head -c 100"
    done = subprocess.run(["sh", "-c", command], capture_output=True, env=environment, timeout=120)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 100, b"")


def test_a_full_disk_behind_the_output_is_one_line(environment):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "ui.cli", "search", "kindlint"]
        done = subprocess.run(command, stdout=full, stderr=-1, env=environment, timeout=120)
    assert (done.returncode, done.stderr.decode().splitlines()) == (
        1,
        ["De schijf is vol. Maak ruimte en probeer het opnieuw."],
    )
