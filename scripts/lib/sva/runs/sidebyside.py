# SPDX-License-Identifier: GPL-2.0-or-later
"""Many runs, some at a time."""

from concurrent.futures import ThreadPoolExecutor


def run(jobs, function, items, on_result):
    """Call function for each item, jobs at a time; the results, in the order of the items.

    on_result(result) hears of each in that order.  Whatever ends it early, those that have
    not begun do not.
    """
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            for future in futures:
                on_result(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]
