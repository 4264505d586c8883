"""Progress on standard error: bars on a terminal, a line for each step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

EMBEDDING = "Passages inlezen in het taalmodel"


class ShownSteps:
    """Shows the steps of an update (``index.update.Steps``); on a terminal they vanish when all is done."""

    def __init__(self, console: Console, progress: Progress | None) -> None:
        self._console, self._progress = console, progress
        self._task: TaskID | None = None
        self._text = ""

    def step(self, text: str) -> None:
        """Show that a step begins."""
        self._begin(text, None)

    def advance(self, done: int, total: int) -> None:
        """Show how many of the passages have been embedded."""
        if total:
            self._begin(EMBEDDING, total)
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=done)

    def notice(self, text: str) -> None:
        """Say something that stays on the screen."""
        self._console.print(Text(text, style="yellow"))

    def _begin(self, text: str, total: int | None) -> None:
        if text == self._text:
            return
        self._text = text
        if self._progress is None:
            self._console.print(Text(f"{text}…"))
            return
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(text, total=total)


@contextmanager
def shown_steps(console: Console) -> Iterator[ShownSteps]:
    """Show steps while the block runs."""
    if not console.is_terminal:
        yield ShownSteps(console, None)
        return
    with _bar(console) as progress:
        yield ShownSteps(console, progress)


@contextmanager
def shown_count(console: Console, text: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Show a count while the block runs; what is yielded counts one more."""
    with _bar(console) as progress:
        task = progress.add_task(text, total=total)
        yield lambda: progress.advance(task)


def _bar(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
