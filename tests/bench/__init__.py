"""The measured promises: `make bench` measures them and writes docs/reference/benchmarks.md."""
