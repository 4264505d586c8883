"""Answers with a language model on the command line: which is used, what is shown, and what is said without one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from ollama_server import MODEL, Say, Wait, serve

from ui.cli import run
from ui.doctor import examine

AGENTS = "Hoeveel extra wijkagenten krijgt het korps Noord-Holland Noord in de periode 2007-2011?"
GOOD = "Het korps Noord-Holland Noord krijgt dertien extra wijkagenten in de periode 2007 – 2011."


@pytest.fixture
def server():
    state, end = serve()
    state.reply = lambda request: [Say(f"{GOOD} [{number(request)}]")]
    yield state
    end()


def number(request):
    """The number under which the model was shown the sentence."""
    lines = request["messages"][1]["content"].splitlines()
    return next(line[1 : line.index("]")] for line in lines if "13 extra wijkagenten" in line)


@pytest.fixture
def cli(quick, settings, server, capfd, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_CACHE_DIR", str(settings.cache_dir))
    monkeypatch.setenv("CHARTERWIJZER_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("CHARTERWIJZER_OLLAMA_URL", server.url)
    monkeypatch.setenv("CHARTERWIJZER_LLM_MODEL", MODEL)
    monkeypatch.delenv("CHARTERWIJZER_LLM")

    def call(*arguments):
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return code, out, err

    return call


def test_where_there_is_a_model_it_writes_the_answer(cli):
    code, out, err = cli("ask", AGENTS)
    assert (code, err) == (0, "")
    assert "dertien extra" in out and f"Geschreven door taalmodel {MODEL}" in " ".join(out.split())
    assert "\x1b" not in out and "schrijft" not in out


def test_the_answer_object_says_which_model_wrote_it(cli):
    code, out, _ = cli("ask", "--json", AGENTS)
    answer = json.loads(out)
    assert (code, answer["mode"], answer["model"]) == (0, "llm", MODEL)
    assert answer["written"]["kept"] == 1 and "writing" not in answer


def test_without_a_language_model_none_is_asked(cli, server):
    code, out, _ = cli("ask", "--llm", "off", AGENTS)
    assert code == 0 and not server.asked and "zonder taalmodel" in " ".join(out.split())


def test_a_missing_model_is_one_line_and_the_answer_stands(cli, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_LLM_MODEL", "gemma3")
    code, out, err = cli("ask", AGENTS)
    assert (code, err) == (0, "") and "ollama pull gemma3" in " ".join(out.split()) and "13 extra" in out


def test_a_required_model_that_is_not_there_is_an_error(cli, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_LLM_MODEL", "gemma3")
    code, out, err = cli("ask", "--llm", "required", AGENTS)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "heeft het model gemma3 niet" in err and MODEL in err and "ollama pull gemma3" in err


def test_a_way_that_does_not_exist_is_wrong_use(cli):
    code, out, err = cli("ask", "--llm", "misschien", AGENTS)
    assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_every_line_of_a_batch_is_written(cli, tmp_path):
    (tmp_path / "vragen.jsonl").write_text("\n".join(json.dumps({"id": n, "question": AGENTS}) for n in range(3)))
    code, out, _ = cli("ask", "--json", "--batch", str(tmp_path / "vragen.jsonl"))
    assert code == 0 and [json.loads(line)["mode"] for line in out.splitlines()] == ["llm"] * 3


def test_ctrl_c_while_the_model_writes_stops_it(settings, server, tmp_path):
    server.reply = lambda request: [Say("Een begin."), Wait(30)]
    environment = {
        **os.environ,
        "CHARTERWIJZER_CACHE_DIR": str(settings.cache_dir),
        "CHARTERWIJZER_INDEX_DIR": str(settings.index_dir),
        "CHARTERWIJZER_OLLAMA_URL": server.url,
        "CHARTERWIJZER_LLM_MODEL": MODEL,
        "CHARTERWIJZER_LLM": "auto",
    }
    # A shell in the background has its children ignore Ctrl-C, which is not what is tested.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from ui.cli import main; main()"
    )
    asked = subprocess.Popen([sys.executable, "-c", program, "ask", AGENTS], env=environment, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not server.talking and time.monotonic() < end:
        time.sleep(0.05)
    asked.send_signal(signal.SIGINT)
    assert server.hung_up.wait(1.5)
    assert asked.communicate(timeout=10)[1].decode().strip().endswith("Afgebroken.") and asked.returncode == 1


def server_finding():
    return next(one for one in examine(None) if one.what == "Taalmodelserver")


def test_doctor_lists_the_models_and_says_which_writes(cli, server):
    server.models = (MODEL, "qwen3:8b")
    found = server_finding()
    assert found.ok and f"{MODEL}, qwen3:8b" in found.text and f"Geschreven wordt met {MODEL}" in found.text


def test_doctor_recommends_a_model_where_the_one_that_is_set_is_missing(cli, server, monkeypatch):
    monkeypatch.setenv("CHARTERWIJZER_LLM_MODEL", "gemma3")
    server.models = ("codellama:7b", "qwen3:8b")
    found = server_finding()
    assert found.ok is None and "ollama pull gemma3" in found.text
    assert "CHARTERWIJZER_LLM_MODEL=qwen3:8b" in found.text


def test_doctor_says_that_a_server_is_not_needed(cli, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CHARTERWIJZER_OLLAMA_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        found = server_finding()
    assert found.ok is None and "ollama serve" in found.text and "zinnen van de bron" in found.text
