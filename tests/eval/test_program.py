import pytest

from eval import bench, calibrate, figures, fit, score
from eval.program import ended
from ingest.errors import GoldError, UsageError


@pytest.mark.parametrize("main", [calibrate.main, figures.main, fit.main, score.main])
def test_a_program_called_wrongly_says_how_in_one_line(main, capsys):
    assert ended(main, []) == UsageError.exit_code
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "python -m eval." in said


def test_an_error_gives_its_line_and_exit_code_and_no_traceback(capsys):
    def main(arguments):
        raise GoldError("regel 3 [van] het bestand", remedy="Verbeter die regel")

    assert ended(main, []) == GoldError.exit_code
    assert capsys.readouterr().err == "regel 3 [van] het bestand. Verbeter die regel.\n"


def test_a_program_that_ends_well_gives_nought():
    assert ended(lambda arguments: None, []) == 0


def test_ctrl_c_is_no_traceback_either(capsys):
    def main(arguments):
        raise KeyboardInterrupt

    assert ended(main, []) == 1
    assert capsys.readouterr().err == "Afgebroken.\n"


def test_the_benchmark_names_a_setting_that_does_not_exist(monkeypatch, capsys):
    monkeypatch.setenv("CHARTERWIJZER_INDEKS", "x")
    assert ended(bench.main, []) == UsageError.exit_code
    assert "CHARTERWIJZER_INDEKS" in capsys.readouterr().err
