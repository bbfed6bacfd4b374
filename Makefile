# The two commands of this project are `make run` and `make test`; everything else stands beside them.
SHELL := /bin/bash
CARGO ?= cargo
SEEDS ?= 2000
CASES ?= 100000

.PHONY: help run test bench sim mutants lint

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

run: toolchain ## build, start a relay on this machine, make two people, pair them, and let them write
	@$(CARGO) build --quiet -p ithaca-cli -p ithaca-server -p ithaca-tests --bins
	@target/debug/ithaca-play

test: toolchain lint ## every test
	$(CARGO) test --workspace --no-fail-fast

lint: toolchain
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

bench: toolchain ## speed and size against their floors, and against peers where Node is there
	$(CARGO) run --release --quiet -p ithaca-tests --bin ithaca-bench

sim: toolchain ## a longer simulation: make sim SEEDS=2000
	SEEDS=$(SEEDS) $(CARGO) test -p ithaca-tests --test fleet -- --nocapture

mutants: toolchain ## mutation tests of the membership fold and the firewall
	@command -v cargo-mutants >/dev/null || $(CARGO) install cargo-mutants --locked
	CASES=500 $(CARGO) mutants --package ithaca-core -f 'core/src/space/membership*' -f 'core/src/space/cut.rs' -f 'core/src/record/firewall*'

.PHONY: toolchain
toolchain:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again." >&2; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: install one (Debian: apt-get install build-essential), then run this again." >&2; exit 1; }
