"""Errors as a user sees them: one Dutch line on standard error, and the exit code."""

import errno
import os
import re
import sys
import traceback

import typer

from ingest.errors import CharterwijzerError

_INVALID = r"Invalid value for '?(.*?)'?: .*"
_HINT = "Controleer de installatie met: charterwijzer doctor"
_OS_ERRORS = {
    errno.ENOSPC: "De schijf is vol. Maak ruimte en probeer het opnieuw.",
    errno.EDQUOT: "De schijfruimte van deze gebruiker is op. Maak ruimte en probeer het opnieuw.",
    errno.EFBIG: "Een bestand wordt groter dan hier mag. Verhoog de grens (ulimit -f).",
    errno.EMFILE: "Er zijn te veel bestanden open. Verhoog de grens (ulimit -n) en probeer het opnieuw.",
}
# What the command line library says of wrong use, which it says in English only.
_USAGE = (
    (r"No such command '(.*?)'\.?.*", r"De opdracht '\1' bestaat niet"),
    (r"No such option:? '?(\S+?)'?(?: .*)?$", r"De optie \1 bestaat niet"),
    (r"Missing (?:argument|option|parameter) '?(.*?)'?\.?$", r"Er ontbreekt iets: \1"),
    (r"Missing command\.?", "Er ontbreekt een opdracht"),
    (r"Option '(.*?)' requires (?:an argument|\d+ arguments)\.?", r"De optie \1 heeft een waarde nodig"),
    (r"Option '(.*?)' does not take a value\.?", r"De optie \1 heeft geen waarde"),
    (
        r"Got unexpected extra argument\(?s?\)? \((.*)\)",
        r"Onverwacht: \1. Zet een vraag tussen aanhalingstekens",
    ),
    (_INVALID + r"valid int.*", r"De waarde van \1 klopt niet. Verwacht: een geheel getal"),
    (
        _INVALID + r"(?:greater than or equal to |x>=)(\d+).*",
        r"De waarde van \1 is te klein. Verwacht: minstens \2",
    ),
    (_INVALID + r"less than or equal to (\d+).*", r"De waarde van \1 is te groot. Verwacht: hoogstens \2"),
    (r"Invalid value for '?(.*?)'?: (.*)", r"De waarde van \1 klopt niet: \2"),
)
_WRONG_USE = typer.BadParameter.__mro__[1]  # the library's own base of wrong use has no public name


def report(error: BaseException) -> int:
    """Write the line of an error to standard error and return the exit code."""
    line, code = describe(error)
    if line:
        sys.stderr.write(f"{line}\n")
    if not isinstance(error, (CharterwijzerError, KeyboardInterrupt, _WRONG_USE)) and _debug():
        traceback.print_exception(error)
    return code


def describe(error: BaseException) -> tuple[str, int]:
    """Return one line that says what was found, what was expected and what to do next, and the exit code."""
    line, code = _described(error)
    return one_line(line), code


def _described(error: BaseException) -> tuple[str, int]:
    match error:
        case CharterwijzerError():
            return str(error), error.exit_code
        case KeyboardInterrupt() | typer.Abort():
            return "Afgebroken.", 1
        case SystemExit():
            return "", error.code if isinstance(error.code, int) else 1
        case _ if isinstance(error, _WRONG_USE):
            return _wrong_use(error), 2
        case MemoryError():
            return f"Er is te weinig geheugen; ongeveer 1,5 GB is nodig. {_HINT}", 1
        case OSError():
            return _os_error(error), 1
        case UnicodeError():
            return f"Er staat tekst die geen UTF-8 is: {error}. Zet het bestand om naar UTF-8.", 1
        case _:
            return f"Onverwachte fout ({type(error).__name__}): {error}. {_HINT}", 1


def _os_error(error: OSError) -> str:
    if error.errno in _OS_ERRORS:
        return _OS_ERRORS[error.errno]
    reason = error.strerror or str(error)
    if error.filename is None:
        return f"Het systeem meldt: {reason}. {_HINT}"
    return f"{os.fsdecode(error.filename)} is niet te gebruiken: {reason}. Controleer pad en rechten."


def _wrong_use(error: BaseException) -> str:
    said = getattr(error, "format_message", error.__str__)()
    for pattern, dutch in _USAGE:
        if re.fullmatch(pattern, said, re.DOTALL):
            said = re.sub(pattern, dutch, said, count=1, flags=re.DOTALL)
            break
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "charterwijzer"
    return f"{said.rstrip('.')}. Zie: {command} --help"


def one_line(text: str) -> str:
    """Return a text on one line, without anything that a terminal would obey."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _debug() -> bool:
    from qa.settings import load_settings

    try:
        return load_settings().debug
    except CharterwijzerError:
        return False
