"""The console script ``charterwijzer``: runs a command, and turns every error into one line and an exit code.

Exit codes: 0 answered or refused, 2 wrong use, 1 anything else.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TextIO


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. This is the only place where the command line catches."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Dutch needs UTF-8, also where the locale says otherwise
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # Imported here, so that Ctrl-C while the libraries load ends with a line as well.
        from ui.commands import app

        # Under another locale, Python hands over UTF-8 arguments as lone surrogates.
        decoded = [os.fsencode(argument).decode("utf-8", "replace") for argument in arguments or ["--help"]]
        code = app(args=decoded, prog_name="charterwijzer", standalone_mode=False)
        sys.stdout.flush()
        if code == 130:  # newer versions of typer turn Ctrl-C into this
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except BrokenPipeError:  # the reader, head for one, has seen enough
        _drop(sys.stdout)
        return 1
    except BaseException as error:
        from ui.errors import report

        code = report(error)
        if isinstance(error, OSError):
            _drop(sys.stdout)
        return code


def _drop(stream: TextIO) -> None:
    """Send what is left to nowhere, or Python complains about it on its way out."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
