"""Every error is one Dutch line with the right exit code; wrong use is 2, all else is 1."""

import errno

import pytest
import typer

from ingest import errors as our
from ui.cli import run
from ui.errors import describe, one_line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vraag"], "De opdracht 'vraag' bestaat niet"),
        (["ask", "--foo"], "De optie --foo bestaat niet"),
        (["ask"], "Er is geen vraag"),
        (["ask", "a", "b"], "Zet een vraag tussen aanhalingstekens"),
        (["ask", "a", "--batch", "b"], "een vraag en een bestand"),
        (["search"], "Er ontbreekt iets: VRAAG"),
        (["search", "x", "-k", "0"], "minstens 1"),
        (["search", "x", "-k", "9999"], "hoogstens 1000"),
        (["search", "x", "-k", "veel"], "een geheel getal"),
        (["ask", "x", "--charter"], "De optie --charter heeft een waarde nodig"),
        (["eval", "--foo"], "De optie --foo bestaat niet"),
    ],
)
def test_wrong_use_is_said_in_dutch(arguments, said, capfd):
    assert run(arguments) == 2
    out, err = capfd.readouterr()
    assert out == "" and said in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["--help"], ["ask", "--help"], ["eval", "--help"], ["doctor", "--help"]])
def test_help_is_dutch(arguments, capfd):
    assert run(arguments) == 0
    out, _ = capfd.readouterr()
    assert out.startswith("Gebruik: charterwijzer") and "Toon deze hulp." in out
    assert "Usage" not in out and "Options" not in out


OUR_ERRORS = [kind for kind in vars(our).values() if isinstance(kind, type)]


@pytest.mark.parametrize("kind", OUR_ERRORS)
def test_every_error_of_ours_keeps_its_line_and_code(kind):
    error = kind("Iets gevonden", "iets anders", "Doe dit")
    assert describe(error) == ("Iets gevonden. Verwacht: iets anders. Doe dit.", kind.exit_code)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "De schijf is vol"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y is niet te gebruiken"),
        (OSError("los bericht"), "los bericht"),
        (MemoryError(), "te weinig geheugen"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "geen UTF-8"),
        (ValueError("twee\nregels\x1b[31m"), "Onverwachte fout (ValueError): twee regels [31m. Controleer"),
        (KeyboardInterrupt(), "Afgebroken."),
        (typer.Abort(), "Afgebroken."),
    ],
)
def test_a_foreign_error_is_one_line_that_says_what_to_do(error, said):
    line, code = describe(error)
    assert said in line and "\n" not in line and line.isprintable() and code == 1


def test_a_traceback_is_shown_only_when_asked_for(capfd, monkeypatch, tmp_path):
    def broken(folder):
        raise ZeroDivisionError("deling")

    monkeypatch.setattr("index.update.recorded_paths", broken)
    assert run(["index", "--index", str(tmp_path)]) == 1
    err = capfd.readouterr().err
    assert len(err.splitlines()) == 1 and "charterwijzer doctor" in err
    monkeypatch.setenv("CHARTERWIJZER_DEBUG", "1")
    assert run(["index", "--index", str(tmp_path)]) == 1
    assert "Traceback" in capfd.readouterr().err


def test_an_unknown_setting_is_wrong_use(capfd, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_INDEKS", "x")
    assert run(["ask", "wat is een kindlint?"]) == 2
    assert "CHARTERWIJZER_INDEKS" in capfd.readouterr().err


def test_one_line_leaves_nothing_that_a_terminal_obeys():
    assert one_line("a\x1b[2Jb\r\n\tc") == "a [2Jb c"
