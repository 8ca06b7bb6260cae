"""Work that several wait for and that is done once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from icetui.families.base import Opened

T = TypeVar("T")


class Shared(Generic[T]):
    """Work by name: whoever asks for what is under way waits for it too; it ends when nobody waits."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[T]] = {}
        self._waiting: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._tasks

    async def run(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The outcome of the work of that name, begun now if it is not under way."""
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = asyncio.create_task(work())
            self._waiting[name] = 0
        self._waiting[name] += 1
        try:
            # Whoever is cancelled here leaves alone.
            return await asyncio.shield(task)
        finally:
            await self._leave(name, task)

    async def _leave(self, name: str, task: asyncio.Task[T]) -> None:
        if self._tasks.get(name) is not task:
            return
        self._waiting[name] -= 1
        if self._waiting[name] and not task.done():
            return
        del self._tasks[name], self._waiting[name]
        if not task.done():
            task.cancel()
            await asyncio.wait({task})


class Openings:
    """Answers about finished jobs, for this session; those not looked at for longest go.

    Args:
        most: bytes of memory, roughly.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[str, Opened] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, job_id: str) -> Opened | None:
        """What was told of a job, if it is still here."""
        if job_id in self._kept:
            self._kept.move_to_end(job_id)
        return self._kept.get(job_id)

    def keep(self, job_id: str, opened: Opened) -> None:
        """Keeps what was told, unless it alone is too large."""
        self.drop(job_id)
        if _weight(opened) > self._most:
            return
        self._kept[job_id] = opened
        self._bytes += _weight(opened)
        while self._bytes > self._most:
            self.drop(next(iter(self._kept)))

    def drop(self, job_id: str) -> None:
        """Forgets a job."""
        if (opened := self._kept.pop(job_id, None)) is not None:
            self._bytes -= _weight(opened)


def _weight(opened: Opened) -> int:
    """Bytes, roughly: the text, and as objects its parse, the decoded values and the results."""
    return 10 * len(opened.answer.text) + 4096
