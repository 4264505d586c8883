import json
import re
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from eval import cli
from eval.rivals import Rival
from eval.run import read_run, run
from ingest.errors import CharterwijzerError, GoldError, UsageError


@pytest.fixture
def command(monkeypatch, oracle, source, development):
    """The command as ``ui`` mounts it, with the gold itself as the system."""
    silent = Rival("silent peer", "stille peer", lambda question: {})
    system = cli.System(oracle, source, {"name": "orakel"}, lambda: [silent])
    monkeypatch.setattr(cli, "open_system", lambda index, open_engine, llm: system)
    monkeypatch.setattr(cli, "check_installed", lambda: None)
    monkeypatch.setattr(cli, "bundled_gold", lambda sets="*": development)
    app = typer.Typer()
    app.command("eval")(cli.evaluate)
    app.command("anders")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_eval_measures_the_bundled_gold_and_writes_run_and_report(command, tmp_path):
    found = command("--out", tmp_path / "een", "--report", tmp_path / "rapport.html")
    assert found.exit_code == 0, found.output
    assert "Losse vragen" in found.output
    assert json.loads((tmp_path / "een" / "figures.json").read_text())["figures"]["single"]["correct"]["mean"] == 1
    assert "</html>" in (tmp_path / "rapport.html").read_text()


def test_eval_measures_peers_on_the_same_gold(command, tmp_path):
    found = command("--out", tmp_path / "een", "--peers", "--report", tmp_path / "rapport.html")
    assert found.exit_code == 0, found.output
    assert len(read_run(tmp_path / "een" / "silent-peer").results) == len(read_run(tmp_path / "een").results)
    assert "stille peer" in (tmp_path / "rapport.html").read_text()


def test_eval_compares_two_runs_with_a_report(command, some_runs, tmp_path):
    found = command("--compare", *some_runs, "--report", tmp_path / "verschil.html")
    assert found.exit_code == 0, found.output
    assert "Slechter: 1" in found.output
    assert "Wat er veranderde" in (tmp_path / "verschil.html").read_text()


def test_eval_chooses_a_threshold_from_a_run(command, some_runs):
    found = command("--calibrate", some_runs[0])
    assert found.exit_code == 0, found.output
    assert "Gekozen:" in found.output


def test_peers_are_not_measured_beside_a_language_model(command):
    assert isinstance(command("--peers", "--llm", "auto").exception, UsageError)


@pytest.fixture
def some_runs(gold, source, oracle, tmp_path):
    def sure(question):
        return oracle(question) | {"confidence": float(question.answerable)}

    lost = next(question for question in gold if question.roll is None and question.answerable)

    def worse(question):
        return {} if question is lost else sure(question)

    run(gold, sure, source, tmp_path / "a", {})
    run(gold, worse, source, tmp_path / "b", {})
    return tmp_path / "a", tmp_path / "b"


def test_a_figure_outside_its_bounds_is_an_error(command, some_runs):
    made = read_run(some_runs[1])
    cli.check_bounds(made, [cli.Bound("f1", 1.0), cli.Bound("correct", 0.9), cli.Bound("false_refusal", 0.1, True)])
    broken = [cli.Bound("correct", 1.0), cli.Bound("recall@1", 1.0), cli.Bound("refused_unanswerable", 0.0, True)]
    with pytest.raises(CharterwijzerError, match=r"correct 0\.\d+.*refused_unanswerable 1\.000.*≤ 0\.0"):
        cli.check_bounds(made, broken)


def test_a_figure_that_the_run_does_not_have_is_outside_any_bound(gold, source, oracle, tmp_path):
    made = run([one for one in gold if one.roll is None], oracle, source, tmp_path / "enkel", {})
    with pytest.raises(CharterwijzerError, match="f1 ontbreekt"):
        cli.check_bounds(made, [cli.Bound("f1", 0.0)])


@pytest.mark.parametrize("option", ["--at-least", "--at-most"])
@pytest.mark.parametrize("bound", ["correct", "correct=veel", "succes=0.5"])
def test_a_bound_that_is_none_is_wrong_use(command, option, bound):
    assert isinstance(command(option, bound).exception, UsageError)


def test_a_gold_file_that_is_not_there_is_named_before_anything_is_opened(monkeypatch, tmp_path):
    def opened():
        raise AssertionError("opened")

    with pytest.raises(GoldError, match=r"weg\.jsonl is er niet"):
        cli.measure(cli.Asked((tmp_path / "weg.jsonl",), tmp_path / "een"), opened, Console())


def test_a_run_shows_what_each_leg_finds_and_how_long_each_kind_takes(command, monkeypatch, oracle, source, tmp_path):
    legs = {"vectoren": [], "BM25": []}
    system = cli.System(
        oracle,
        source,
        {},
        legs=lambda question, answer: legs | {"BM25": answer["retrieved"]} if not question.roll else {},
    )
    monkeypatch.setattr(cli, "open_system", lambda index, open_engine, llm: system)
    found = command("--out", tmp_path / "een")
    assert found.exit_code == 0, found.output
    shown = [line.split() for line in found.output.splitlines()]
    row = {line[1]: line[3::2] for line in shown if len(line) > 3 and line[1] in ("vectoren", "BM25", "antwoord")}
    assert set(row["vectoren"]) == {"0,000"}
    assert row["BM25"] == row["antwoord"]
    assert row["BM25"][0] == "1,000"
    made = json.loads((tmp_path / "een" / "figures.json").read_text())
    assert made["latency_ms"]["single"]["total"]["p95"] == made["latency_ms"]["collection"]["total"]["p50"] == 3
    ranks = {tuple(result.ranks.items()) for result in read_run(tmp_path / "een").results}
    assert ranks == {(), (("vectoren", None), ("BM25", 1))}


def test_every_option_of_eval_in_the_readme_exists(command):
    known = set(re.findall(r"--[a-z-]+", command("--help").output))
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(?:\| `)?(charterwijzer eval [^`\n]*|… --[^`\n]*)", readme, re.M)
    used = {option for line in lines for option in re.findall(r"--[a-z-]+", line)}
    assert {"--peers", "--report", "--compare", "--calibrate", "--from-feedback", "--judge"} <= used <= known
