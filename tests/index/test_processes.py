"""Real processes that index at once, are broken off, killed, or cannot write: the old index keeps answering."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from index.search import Searcher
from index.store import open_index
from index.weights import FOLDER

# Stops itself at the n-th file it writes into the index folder, by the signal that is asked for.
STOPPED = """
import os, sys
import index.store
from ui.cli import main

moment, sent, write = int(sys.argv[1]), int(sys.argv[2]), index.store._write_json
written = 0

def write_json(path, value):
    global written
    if written == moment:
        os.kill(os.getpid(), sent)
    written += 1
    write(path, value)
    if moment == 4 and path.name == "manifest.json.new":
        index.store._remove_others = lambda folder, keep: os.kill(os.getpid(), sent)

index.store._write_json = write_json
main(sys.argv[3:])
"""
MOMENTS = {"charters": 0, "passages": 1, "words": 2, "manifest": 3}


@pytest.fixture
def environment(cache_dir):
    return {**os.environ, "CHARTERWIJZER_CACHE_DIR": str(cache_dir), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def larger(corpus, built):
    """A change to the corpus that takes a few seconds to embed."""
    sections = (
        f"## Straat {n}\n\n" + f"In straat {n} komen {n + 3} bomen en een bank bij nummer {n * 2}. " * 12
        for n in range(80)
    )
    (corpus / "straten.md").write_text("# Straten\n\n" + "\n\n".join(sections))
    return corpus


def _hears_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def index(environment):
    """Starts the command ``index``; whatever still runs when the test ends is ended."""
    with ExitStack() as stack:

        def start(corpus, folder, **options):
            command = [sys.executable, "-m", "ui.cli", "index", str(corpus), "--index", str(folder)]
            # A runner in the background passes on that Ctrl-C is ignored; a user's terminal does not.
            options = {"env": environment, "preexec_fn": _hears_ctrl_c, **options}
            process = subprocess.Popen(command, stdout=-1, stderr=-1, text=True, **options)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def answers_as_before(folder, encoder):
    searcher = Searcher(open_index(folder, encoder.name), encoder)
    hits = searcher.search(searcher.query("hoeveel plaatsen heeft de stalling?"), searcher.mask(), 1)
    return "4.200 plaatsen" in hits[0].passage.text


def test_the_second_of_two_processes_waits_and_finds_the_index_current(corpus, tmp_path, index, encoder):
    folder = tmp_path / "new"
    two = [index(corpus, folder) for _ in range(2)]
    said = sorted(process.communicate(timeout=120)[0] for process in two)
    assert [process.returncode for process in two] == [0, 0]
    assert "is gemaakt" in said[0] and "was al bij" in said[1]
    assert answers_as_before(folder, encoder)
    assert len(list(folder.glob("data-*"))) == 1


@pytest.mark.parametrize("step", ["", "Corpus lezen", "Passages inlezen"])
def test_ctrl_c_keeps_the_old_index_answering(larger, built, index, encoder, step):
    before = (built / "manifest.json").read_text()
    process = index(larger, built)
    if step:
        while step not in process.stderr.readline():
            assert process.poll() is None
    time.sleep(0.4)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.splitlines()[-1] == "Afgebroken." and "Traceback" not in errors
    assert (built / "manifest.json").read_text() == before
    assert answers_as_before(built, encoder)
    assert len(list(built.glob("data-*"))) == 1


def stop(corpus, folder, environment, moment, sent):
    command = [sys.executable, "-c", STOPPED, str(moment), str(int(sent))]
    arguments = ["index", str(corpus), "--index", str(folder)]
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, env=environment, timeout=120, preexec_fn=_hears_ctrl_c
    )


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_ctrl_c_while_writing_leaves_nothing_behind(corpus, built, environment, encoder, moment):
    before = (built / "manifest.json").read_text()
    (corpus / "tram.md").write_text("# Tram\n\nEr komt een tram naar het strand.\n")
    done = stop(corpus, built, environment, moment, signal.SIGINT)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "Afgebroken.")
    assert (built / "manifest.json").read_text() == before
    assert answers_as_before(built, encoder)
    assert len(list(built.glob("data-*"))) == 1


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_killed_build_keeps_the_old_index_and_is_cleared_away_by_the_next(
    corpus, built, environment, encoder, update, moment
):
    (corpus / "tram.md").write_text("# Tram\n\nEr komt een tram naar het strand.\n")
    assert stop(corpus, built, environment, moment, signal.SIGKILL).returncode == -signal.SIGKILL
    assert answers_as_before(built, encoder)
    assert len(open_index(built, encoder.name).charters) == 2
    assert len(list(built.glob("data-*"))) == 2
    update(corpus, built)
    assert len(open_index(built, encoder.name).charters) == 3
    assert len(list(built.glob("data-*"))) == 1


def test_a_build_killed_after_the_switch_has_made_the_new_index(corpus, built, environment, encoder):
    (corpus / "tram.md").write_text("# Tram\n\nEr komt een tram naar het strand.\n")
    assert stop(corpus, built, environment, 4, signal.SIGKILL).returncode == -signal.SIGKILL
    assert len(open_index(built, encoder.name).charters) == 3


def test_a_full_disk_is_one_line_and_keeps_the_old_index(corpus, built, index, encoder):
    before = (built / "manifest.json").read_text()
    (corpus / "tram.md").write_text("# Tram\n\nEr komt een tram naar het strand.\n")
    process = index(corpus, built, preexec_fn=lambda: limit_files(3000))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert errors.splitlines()[-1].startswith(f"De index kan niet worden geschreven in {built}: ")
    assert "--index" in errors and "Traceback" not in errors
    assert (built / "manifest.json").read_text() == before
    assert answers_as_before(built, encoder)
    assert len(list(built.glob("data-*"))) == 1


def test_a_full_cache_folder_is_one_line_and_leaves_nothing_half(corpus, tmp_path, index, environment):
    cache = tmp_path / "cache"
    limited = {**environment, "CHARTERWIJZER_CACHE_DIR": str(cache)}
    process = index(corpus, tmp_path / "index", env=limited, preexec_fn=lambda: limit_files(1_000_000))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert errors.splitlines()[-1].startswith(f"Het taalmodel kan niet worden uitgepakt in {cache}: ")
    assert "CHARTERWIJZER_CACHE_DIR" in errors and "Traceback" not in errors
    assert not list(cache.glob(f"{FOLDER}.*/")) and not (cache / FOLDER).exists()


def test_a_folder_that_cannot_be_made_is_one_line(corpus, tmp_path, index):
    (tmp_path / "file").write_text("")
    process = index(corpus, tmp_path / "file" / "index")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert errors.splitlines()[-1].startswith("De index kan niet worden geschreven in ")


def limit_files(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_the_manifest_points_to_one_folder(built):
    assert [json.loads((built / "manifest.json").read_text())["data"]] == [path.name for path in built.glob("data-*")]
