# What developers run beside `swift build` and `swift test`.

.PHONY: bench fuzz install verify-million

PREFIX ?= /usr/local

## install: build the commands for speed, with Swift's runtime inside, and put them in PREFIX/bin (default /usr/local).
install:
	scripts/install $(PREFIX)

## fuzz: build the libFuzzer harness of every reader and run each for SECONDS_EACH (default 60) seconds.
fuzz:
	Fuzz/run

## bench: time cbam-run and every peer that installs, in turn, and print ratios.
bench:
	Benchmarks/run

## verify-million: a million made-up graphs, none of which verification may accuse.
verify-million:
	swift run -c release cbam-verify --random 1000000
