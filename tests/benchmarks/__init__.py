"""How fast the program is, beside the least that can be done: `python -m tests.benchmarks`."""
