"""Work that several wait for and that is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

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
