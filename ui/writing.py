"""An answer that is being written, on the terminal: the source's sentences at once, the written ones in their place."""

from collections.abc import Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text

from qa.model import Answer
from ui.render import WIDTH, marked


def last_shown(answers: Iterator[Answer], console: Console) -> Answer:
    """Show the answer as it grows, where there is a terminal to show it on; return the last one."""
    answer = next(answers)
    if not answer.writing:
        return answer
    with Live(_shown(answer), console=console, transient=True, vertical_overflow="crop") as live:
        for answer in answers:
            if console.is_terminal:
                live.update(_shown(answer))
    return answer


def _shown(answer: Answer) -> Text:
    text = marked(answer.answer)
    text.append("\n\nHet taalmodel schrijft; elke zin wordt gecontroleerd …", style="dim")
    text.truncate(WIDTH * 40)
    return text
