# What developers run beside `swift build` and `swift test`.

.PHONY: fuzz

## fuzz: build the libFuzzer harness of every reader and run each for SECONDS_EACH (default 60) seconds.
fuzz:
	Fuzz/run
