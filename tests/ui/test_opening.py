"""Which index a question is asked of, and when it is built or mended without being told to."""

import json
import shutil

import pytest

import ui.opening
from ingest.errors import IndexFolderError
from qa.settings import Settings
from ui.cli import run
from ui.opening import open_engine

PLAN = "# Fietsplan\n\n## Stalling\n\nDe gemeente bouwt in 2031 een stalling met 4.200 plaatsen bij het station.\n"


class Said:
    def __init__(self):
        self.notices = []

    def step(self, text):
        pass

    def advance(self, done, total):
        pass

    def notice(self, text):
        self.notices.append(text)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A corpus of one document that ships in the place of the real one."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "fiets.md").write_text(PLAN)
    monkeypatch.setattr("index.update.bundled_corpus", lambda: folder)
    monkeypatch.setattr("ingest.corpus.bundled_corpus", lambda: folder)
    return folder


@pytest.fixture
def home(quick, cache_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_CACHE_DIR", str(cache_dir))
    monkeypatch.setenv("CHARTERWIJZER_INDEX_DIR", str(tmp_path / "default"))
    return Settings()


def names(engine):
    return [charter.name for charter in engine.index.charters]


def test_the_default_index_is_built_when_there_is_none(small, home):
    said = Said()
    assert names(open_engine(None, home, said)) == ["Fietsplan"]
    assert len(said.notices) == 1 and "Er is geen index" in said.notices[0]
    open_engine(None, home, said)
    assert len(said.notices) == 1


def test_the_default_index_is_renewed_when_what_ships_has_changed(small, home):
    open_engine(None, home, Said())
    (small / "bomen.md").write_text("# Bomenplan\n\nDe gemeente snoeit de iepen.\n")
    said = Said()
    assert names(open_engine(None, home, said)) == ["Bomenplan", "Fietsplan"]
    assert len(said.notices) == 1


@pytest.mark.parametrize("damage", ["file", "manifest", "version", "model"])
def test_a_damaged_default_index_is_built_again_with_a_notice(small, home, damage):
    open_engine(None, home, Said())
    spoil(home.index_dir, damage)
    said = Said()
    assert names(open_engine(None, home, said)) == ["Fietsplan"]
    assert len(said.notices) == 1


def spoil(folder, damage):
    manifest = json.loads((folder / "manifest.json").read_text())
    match damage:
        case "file":
            (folder / manifest["data"] / "tokens.npy").write_bytes(b"")
        case "manifest":
            (folder / "manifest.json").write_text("{")
        case "version":
            (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 0}))
        case "model":
            from index.store import _sealed

            (folder / "manifest.json").write_text(json.dumps(_sealed({**manifest, "model": "ander-model"})))


@pytest.fixture
def own(tmp_path, home):
    """An index of a user's own corpus, in a folder of its own."""
    folder = tmp_path / "own-corpus"
    folder.mkdir()
    (folder / "eigen.md").write_text(PLAN.replace("Fietsplan", "Eigen plan"))
    assert run(["index", str(folder), "--index", str(tmp_path / "own")]) == 0
    return tmp_path / "own"


def test_a_damaged_index_of_ones_own_is_mended_from_its_own_corpus(small, home, own):
    spoil(own, "file")
    assert names(open_engine(own, home, Said())) == ["Eigen plan"]


def test_a_damaged_index_of_which_the_corpus_is_gone_says_the_command(small, home, own, tmp_path):
    shutil.rmtree(tmp_path / "own-corpus")
    spoil(own, "file")
    with pytest.raises(IndexFolderError, match=r"charterwijzer index --rebuild --index .*own"):
        open_engine(own, home, Said())


@pytest.mark.parametrize("damage", ["model", "manifest"])
def test_an_index_of_ones_own_is_never_replaced_by_another(small, home, own, damage):
    spoil(own, damage)
    before = (own / "manifest.json").read_text()
    with pytest.raises(IndexFolderError):
        open_engine(own, home, Said())
    assert (own / "manifest.json").read_text() == before


def test_a_folder_without_an_index_says_the_command(small, home, tmp_path):
    with pytest.raises(IndexFolderError, match=r"charterwijzer index --index .*nergens"):
        open_engine(tmp_path / "nergens", home, Said())


def test_index_without_a_path_repeats_what_is_there_and_bundled_returns(small, home, own, capfd):
    assert run(["index", "--index", str(own), "--rebuild"]) == 0
    assert "own-corpus" in capfd.readouterr().out
    assert run(["index", "--index", str(own), "--bundled"]) == 0
    assert "meegeleverde" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "bestaat niet"),
        (lambda path: path.mkdir(), "geen documenten"),
        (lambda path: path.write_text("x"), "geen .txt of .md"),
    ],
)
def test_a_corpus_that_is_missing_or_unreadable_is_one_line(home, tmp_path, capfd, make, said):
    make(tmp_path / "corpus")
    assert run(["index", str(tmp_path / "corpus")]) == 1
    err = capfd.readouterr().err
    assert said in err and len(err.splitlines()) == 1


def test_a_document_that_is_no_utf_8_is_named(home, tmp_path, capfd):
    (tmp_path / "a.txt").write_bytes("Co\xf6rdinatie".encode("latin-1"))
    assert run(["index", str(tmp_path / "a.txt")]) == 1
    assert "iconv" in capfd.readouterr().err.splitlines()[-1]


def test_a_question_is_answered_from_ones_own_corpus(home, own, capfd):
    capfd.readouterr()
    assert run(["ask", "--json", "--index", str(own), "hoeveel plaatsen heeft de stalling?"]) == 0
    answer = json.loads(capfd.readouterr().out)
    text = PLAN.replace("Fietsplan", "Eigen plan")
    assert all(text[c["start_char"] : c["end_char"]] == c["quote"] for c in answer["citations"])
    assert "4.200" in answer["answer"]


def test_doctor_finds_all_in_order_and_says_what_is_not(small, home, capfd):
    assert run(["doctor"]) == 1
    assert "✗ Index: Er is geen index" in capfd.readouterr().out
    assert run(["index"]) == run(["doctor"]) == 0
    assert "✗" not in capfd.readouterr().out
    (small / "fiets.md").write_text(PLAN + "\nEr komen ook lantaarns.\n")
    assert run(["doctor"]) == 1
    assert "Werk bij met: charterwijzer index" in capfd.readouterr().out


def test_the_model_is_announced_before_it_is_unpacked(small, home, monkeypatch):
    said = []
    monkeypatch.setattr(ui.opening, "prepare_encoder", lambda model, cache, announce: said.append(announce))
    steps = Said()
    open_engine(None, home, steps)
    assert said == [steps.step]
