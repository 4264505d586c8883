"""What the documents promise is there: commands, settings, the test command, the version."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer

from eval.figures import END, START, rewrite
from ingest.errors import CharterwijzerError
from qa.settings import PREFIX, Settings
from ui.commands import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands
ONLY_IN_A_CLONE = {"questions", "second"}  # folders of eval: to tune with, and to try other text with
PATHS = {"index_dir", "cache_dir", "feedback_file"}  # their defaults differ from machine to machine


def section(heading):
    return re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", README, re.M | re.S)[1]


def shell_lines(text):
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()]


def settings_rows():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section("Settings"), re.M)
    return {name: (default.strip("`"), meaning) for name, default, meaning in rows}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name):
    assert f"charterwijzer {name}" in section("Use")


def test_every_command_in_the_readme_exists():
    named = set(re.findall(r"\bcharterwijzer ([a-z]+)\b(?! *:)", README))
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_in_the_readme_of_a_command_exists(name):
    if name == "eval":
        pytest.skip("its options belong to the command that it mounts, see tests/eval/test_cli.py")
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    shown = re.findall(rf"(?:^|`)charterwijzer {name}(?: [^`\n]*)?", section("Use"), re.M)
    used = {word for line in shown for word in shlex.split(line.strip("`")) if word.startswith("-")}
    assert used <= known


def test_the_settings_of_the_readme_are_those_of_the_program():
    assert set(settings_rows()) == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - PATHS))
def test_the_default_in_the_readme_is_that_of_the_program(name):
    default = Settings.model_fields[name].default
    written = str(default).lower() if isinstance(default, bool) else str(default)
    assert settings_rows()[PREFIX + name.upper()][0] == written


def test_ci_calls_the_test_command_of_the_readme():
    *_, command = shell_lines(section("Test"))
    assert f"{command} || exit 1" in CI.splitlines()  # bash passes over a failure inside an && list
    assert [part.split()[0] for part in command.split(" && ")] == ["ruff", "ruff", "mypy", "pytest"]


def test_ci_installs_what_the_readme_says_the_tests_need():
    extras = re.search(r"'\.(\[[\w,]+\])'", section("Test"))[1]
    assert f"'.{extras}'" in CI
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras.strip("[]").split(",")) <= set(project["optional-dependencies"])


def test_the_question_of_the_install_command_is_that_of_the_example():
    (command,) = shell_lines(section("Install and ask"))
    question = shlex.split(command)[-1]
    assert f'$ charterwijzer ask "{question}"' in README


def test_every_data_file_is_installed_with_its_package():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    for package in tools["packages"]:
        folder, code = ROOT / package, {".py", ".pyc", ".md", ".png"}
        held = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in code}
        patterns = tools["package-data"].get(package, [])
        held -= {path for path in held if path.relative_to(folder).parts[0] in ONLY_IN_A_CLONE}
        assert held - {path for pattern in patterns for path in folder.glob(pattern)} == set()


def test_the_version_has_a_heading_in_the_changelog():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(version)}\b", changelog, re.M)


def test_every_file_that_the_readme_names_exists():
    named = re.findall(r"`((?:ingest|index|qa|ui|eval|corpus)/[\w./]*)`|\]\(([\w./]+)\)", README)
    assert [path for path in map("".join, named) if not (ROOT / path).exists()] == []


def test_the_figures_change_only_between_their_markers():
    before, after = README.split(START)[0], README.split(END)[1]
    assert rewrite(README, "| nieuw |") == f"{before}{START}\n| nieuw |\n{END}{after}"


def test_a_readme_without_markers_is_refused():
    with pytest.raises(CharterwijzerError, match="geen plaats"):
        rewrite("# Charterwijzer", "| nieuw |")
