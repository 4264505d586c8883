"""How the programs of this package (``python -m eval.…``) end: as the command line does.

An error is one line on standard error and an exit code, never a traceback.
"""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from ingest.errors import CharterwijzerError

Main = Callable[[Sequence[str]], None]


def ended(main: Main, arguments: Sequence[str]) -> int:
    """Run ``main`` with the arguments; return the exit code: 0, or that of the error it ended with."""
    try:
        main(arguments)
    except CharterwijzerError as error:
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
        return error.exit_code
    except KeyboardInterrupt:
        Console(stderr=True).print("Afgebroken.")
        return 1
    return 0


def program(main: Main) -> None:
    """Run ``main`` with the arguments of the process, and end the process."""
    sys.exit(ended(main, sys.argv[1:]))
