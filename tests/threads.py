"""People, workers and sweeps at once: threads with database connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(work: Callable[[int], Result], threads: int) -> list[Result]:
    """Run `work(0) … work(n-1)` in threads that start together; the results in order.

    Whatever one of them raises is raised here.
    """
    start = Barrier(threads)

    def run(number: int) -> Result:
        try:
            start.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
