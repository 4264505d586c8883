import json

import pytest
import typer
from typer.testing import CliRunner

from eval import cli
from eval.run import read_run, run
from ingest.errors import CharterwijzerError, UsageError


@pytest.fixture
def command(monkeypatch, oracle, source):
    """The command as ``ui`` mounts it, with the gold itself as the system."""
    system = cli.System(oracle, source, {"name": "orakel"}, lambda: [("stille peer", lambda question: {})])
    monkeypatch.setattr(cli, "open_system", lambda index: system)
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
    assert len(read_run(tmp_path / "een" / "stille-peer").results) == len(read_run(tmp_path / "een").results)
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


@pytest.fixture
def some_runs(gold, source, oracle, tmp_path):
    def sure(question):
        return oracle(question) | {"confidence": float(question.answerable)}

    def worse(question):
        return {} if question is gold[-1] else sure(question)

    run(gold, sure, source, tmp_path / "a", {})
    run(gold, worse, source, tmp_path / "b", {})
    return tmp_path / "a", tmp_path / "b"


def test_a_figure_under_its_floor_is_an_error(command, some_runs):
    made = read_run(some_runs[1])
    cli.check_floors(made, {"f1": 1.0, "correct": 0.9})
    with pytest.raises(CharterwijzerError, match=r"correct 0\.\d+"):
        cli.check_floors(made, {"correct": 1.0, "refused_unanswerable": 1.0, "recall@1": 1.0})


@pytest.mark.parametrize("floor", ["correct", "correct=veel", "succes=0.5"])
def test_a_floor_that_is_none_is_wrong_use(command, floor):
    assert isinstance(command("--at-least", floor).exception, UsageError)
