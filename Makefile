# What developers run beside `swift build` and `swift test`.

.PHONY: bench fuzz

## fuzz: build the libFuzzer harness of every reader and run each for SECONDS_EACH (default 60) seconds.
fuzz:
	Fuzz/run

## bench: time cbam-run and every peer that installs, in turn, and print ratios.
bench:
	Benchmarks/run
