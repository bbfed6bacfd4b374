# `make test` passes every test. `make run` comes with the relay and the command line, see README.md.
SHELL := /bin/bash
CARGO ?= cargo

.PHONY: help test mutants lint bench

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

test: toolchain lint ## every test
	$(CARGO) test --workspace --no-fail-fast

lint: toolchain
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

mutants: toolchain ## mutation tests of the membership fold and the firewall
	@command -v cargo-mutants >/dev/null || $(CARGO) install cargo-mutants --locked
	CASES=500 $(CARGO) mutants --package ithaca-core -f 'core/src/space/membership*' -f 'core/src/space/cut.rs' -f 'core/src/record/firewall*'

bench: toolchain ## speed and size against the goals: GOALS=1,2 for some, ROUNDS=5; peers need Node
	@if command -v npm >/dev/null && [ ! -d tests/bench/peers/node_modules ]; then npm ci --prefix tests/bench/peers --no-audit --no-fund || true; fi
	$(CARGO) build --release --package ithaca-server --bin ithaca-relay --package ithaca-tests --bin ithaca-bench
	target/release/ithaca-bench $(or $(GOALS),all)

.PHONY: toolchain
toolchain:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again." >&2; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: install one (Debian: apt-get install build-essential), then run this again." >&2; exit 1; }
