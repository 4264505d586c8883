"""A settings file that is not right: one line that names the file and what to do."""

import pytest

from qa.settings import Settings, load_settings
from ui.cli import run


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "charterwijzer.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", path)
    monkeypatch.setattr("qa.settings.FILE", path)
    return path


def test_the_file_is_read(file):
    file.write_text("depth = 70", encoding="utf-8")
    assert load_settings().depth == 70


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"depth == 70", "is niet te lezen"),
        (b"depth = \xff", "is niet te lezen"),
        (b"depht = 70", "Onbekende instelling depht"),
        (b"depth = 5", "Instelling depth heeft de waarde 5"),
    ],
)
def test_a_fault_in_it_is_one_line_that_names_it(file, content, said, capfd):
    file.write_bytes(content)
    assert run(["search", "sport"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and said in err and str(file) in err and len(err.splitlines()) == 1
