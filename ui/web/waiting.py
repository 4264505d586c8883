"""A fair line before a few counters: whoever came first is helped first, and everyone knows their place."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Place:
    """One place in the line."""

    def __init__(self, line: "WaitingLine") -> None:
        self._line = line
        self.called = asyncio.Event()

    @property
    def position(self) -> int:
        """How many are before the counter, oneself included; 0 when it is one's turn."""
        waiting = self._line.waiting
        return waiting.index(self) + 1 if self in waiting else 0

    async def turn(self, seconds: float | None = None) -> None:
        """Wait for one's turn, at most so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.called.wait(), seconds)


class WaitingLine:
    """Lets ``counters`` through at once; lives in one event loop."""

    def __init__(self, counters: int) -> None:
        self.waiting: deque[Place] = deque()
        self._free = counters

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """Take a place; it is given up when the block ends, also by an error or by leaving the page."""
        place = Place(self)
        self.waiting.append(place)
        self._admit()
        try:
            yield place
        finally:
            if place in self.waiting:
                self.waiting.remove(place)
            else:
                self._free += 1
            self._admit()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn without a word."""
        async with self.place() as place:
            await place.turn()
            yield

    def _admit(self) -> None:
        while self._free and self.waiting:
            self.waiting.popleft().called.set()
            self._free -= 1
