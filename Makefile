# Everything a newcomer needs is `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Options for the server, such as: make run ARGS="--tls --seed 7"
ARGS ?=

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: tools
tools:
	@Scripts/check-tools

.PHONY: run
run: tools ## Build in release mode and start a sandbox exchange
	swift build -c release --product qfex-server
	exec .build/release/qfex-server run $(ARGS)

.PHONY: test
test: tools lint build-tests clients ## Check everything: style, imports, all tests, sample clients
	swift test --skip-build $(TEST_ARGS)

# The inner loop of the engine: one small package from outside, seconds instead of minutes.
.PHONY: test-core
test-core: tools ## Test the engine and the other pure parts only
	QFEX_CORE_ONLY=1 swift test --scratch-path .build-core $(TEST_ARGS)

.PHONY: lint
lint: tools ## Check the formatting
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

.PHONY: format
format: tools ## Format all sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests

# Targets may import only what the manifest says. SwiftPM's last line claims success even when this
# check fails, so the exit code is what counts: a failing one stops make. Warnings are errors (the
# manifest says so).
.PHONY: build-tests
build-tests: tools
	swift build --build-tests --explicit-target-dependency-import-check error

.PHONY: clients
clients: ## Install what the sample clients in Python, Node and Go need
	@Scripts/install-client-libraries

.PHONY: bench
bench: tools ## Measure against the yardsticks, as ratios
	@Scripts/bench $(BENCH_ARGS)

# Another hour: make picture PICTURE="--hours 4 --seed 9 --start 2026-01-05T11:00:00Z"
PICTURE ?= --hours 4 --seed 8 --start 2026-01-05T11:00:00Z

.PHONY: picture
picture: tools ## Draw an hour of the sandbox, docs/images/sandbox-hour.png
	swift build -c release --product qfex-server
	mkdir -p .build/picture docs/images
	.build/release/qfex-server dry-run $(PICTURE) --symbol AAPL-USD \
		--csv .build/picture/prices.csv --candles .build/picture/candles.csv
	Scripts/draw-market .build/picture/prices.csv .build/picture/candles.csv \
		docs/images/sandbox-hour.png AAPL-USD

# Commands of each of the twenty seeds, such as: make compare COMMANDS=200000
COMMANDS ?= 50000

.PHONY: compare
compare: tools ## Run a million random commands through both engines and compare every event
	QFEX_CORE_ONLY=1 QFEX_COMPARE_COMMANDS=$(COMMANDS) swift test --scratch-path .build-core \
		--filter ComparisonTests

.PHONY: kill-test
kill-test: build-tests ## Kill the exchange under load 100 times and compare
	QFEX_KILL_ROUNDS=100 swift test --skip-build --filter RecoveryTests
