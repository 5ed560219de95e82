"""Runs the benchmarks and prints one table: `make bench` (ARGS="-k search" for a part)."""

import sys

import pytest

if __name__ == "__main__":
    options = ["tests/benchmarks", "-q", "--capture=no", "-o", "python_files=bench_*.py", "-p", "no:randomly"]
    options += ["-o", "faulthandler_timeout=0"]  # a large library takes its time
    sys.exit(pytest.main([*options, *sys.argv[1:]]))
