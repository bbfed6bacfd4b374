# `make run` shows what this is; `make test` passes every test. `make help` lists the rest.
SHELL := /bin/bash
CARGO ?= cargo
SEEDS ?= 200
SECONDS_EACH ?= 3600

.PHONY: help run app drill test kotlin compose platform swift apps screens size sim fuzz mutants lint programs bench

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

run: programs ## two people and a relay on this machine, on real input; then go on by hand
	@target/debug/ithaca-play

app: programs ## the desktop app, on what `make run` left of Ana; PROFILE=folder for another profile
	@CARGO=$(CARGO) PROFILE='$(PROFILE)' android/tools/app

drill: programs ## the relay wiped and set back, a device restored, revoked, lost: nothing written may be missing
	@target/debug/ithaca-drill

test: toolchain lint programs ## every test
	@CARGO=$(CARGO) android/tools/bindings && CARGO=$(CARGO) ios/tools/bindings
	@trap 'trap - TERM; kill 0' INT; tests/ahead >"$${CARGO_TARGET_DIR:-target}/ahead.log" 2>&1 & status=0; \
	$(CARGO) test --workspace --no-fail-fast || status=1; \
	wait; CARGO=$(CARGO) android/tools/kotlin-test all || status=1; \
	for part in swift apps; do $(MAKE) --no-print-directory $$part || status=1; done; exit $$status

kotlin: toolchain ## the phones' bridge: Kotlin on the JVM against this library: TEST=NounsTest for one class
	@CARGO=$(CARGO) TEST=$(TEST) android/tools/kotlin-test kotlin

compose: toolchain ## every screen and the desktop app: TEST=WalkTest for one class
	@CARGO=$(CARGO) TEST=$(TEST) android/tools/kotlin-test compose

platform: toolchain ## the phone's services, under Robolectric: TEST=VaultTest for one class
	@CARGO=$(CARGO) TEST=$(TEST) android/tools/kotlin-test platform

screens: toolchain ## pictures of every screen in every state: ONLY=regex for some, BASE=commit for what looks otherwise since
	@CARGO=$(CARGO) ONLY='$(ONLY)' BASE=$(BASE) android/tools/screens

swift: toolchain ## the Apple side on this machine: bridge, models, words; screens against a stub: TEST=NounsTests for some
	@CARGO=$(CARGO) TEST=$(TEST) ios/tools/swift-test

apps: toolchain ## two real apps on this machine, one in Kotlin and one in Swift, talk over a relay that dies in the middle
	@CARGO=$(CARGO) tests/apps/run

size: toolchain ## what the phones' library weighs, stripped; fails above 8 MB
	@CARGO=$(CARGO) ffi/tools/size

sim: programs ## the simulation of whole fleets: SEEDS=2000 for more, SEED=17 for one
	SEEDS=$(SEEDS) SEED=$(SEED) $(CARGO) test --workspace --test fleet -- --nocapture

fuzz: toolchain ## libFuzzer at every door, an hour each: SECONDS_EACH=60, DOORS="body peer_body" for some
	tests/fuzz/run $(SECONDS_EACH) $(DOORS)

programs: toolchain
	$(CARGO) build --workspace --features ithaca-ffi/bindgen --lib --bins

lint: toolchain
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

mutants: toolchain ## mutation tests of who may what, the firewall and when to sync: JOBS=2, SHARD=0/4 for a part
	@command -v cargo-mutants >/dev/null || $(CARGO) install cargo-mutants --locked
	CASES=$(or $(CASES),300) $(CARGO) mutants --profile mutants --jobs $(or $(JOBS),1) $(if $(SHARD),--shard $(SHARD)) --package ithaca-core \
		-f 'core/src/space/membership.rs' -f 'core/src/space/ended.rs' -f 'core/src/space/cut.rs' -f 'core/src/space/epoch.rs' -f 'core/src/space/graph.rs' \
		-f 'core/src/identity/person_log.rs' -f 'core/src/record/firewall.rs' -f 'core/src/sync/machine.rs' -- --lib -- space:: identity:: record:: sync::

bench: toolchain ## speed and size against the goals: GOALS=1,2 for some, GOALS=typed or growth for those without a goal, ROUNDS=5; peers need Node
	@if command -v npm >/dev/null && [ ! -d tests/bench/peers/node_modules ]; then npm ci --prefix tests/bench/peers --no-audit --no-fund --silent || npm install --prefix tests/bench/peers --no-save --omit=optional --no-audit --no-fund || true; fi
	$(CARGO) build --release --package ithaca-server --bin ithaca-relay --package ithaca-tests --bin ithaca-bench
	target/release/ithaca-bench $(or $(GOALS),all)

.PHONY: toolchain
toolchain:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again." >&2; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: install one (Debian: apt-get install build-essential), then run this again." >&2; exit 1; }
