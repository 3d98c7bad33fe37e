# Continuo. `make help` explains the targets.
SHELL := /bin/sh
CONFIG ?= release
SWIFT_BUILD := swift build -c $(CONFIG)
BIN = $(shell $(SWIFT_BUILD) --show-bin-path)

.PHONY: help setup build demo test test-long machine-test bench bench-kernels bench-training count-check pages lint format models clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the system packages that building and testing need (asks before sudo)
	@scripts/setup test

build: ## Build the daemon and the command line (CONFIG=debug for a debug build)
	@scripts/setup build
	$(SWIFT_BUILD) --product continuod
	$(SWIFT_BUILD) --product continuo

demo: ## Play a melody to the band without any hardware; leaves MIDI, picture and audio in demo/
	@scripts/setup build
	@scripts/demo

test: ## Run every test, the virtual machine with the real sequencer included
	@scripts/setup test
	@scripts/test

test-long: ## Run the tests with their full counts (hours); results are kept in docs/test-long.md
	@scripts/setup test
	@CONTINUO_LONG=1 scripts/test

machine-test: ## Run only the tests in the virtual machine
	@scripts/setup test
	@scripts/test machine

bench: ## Measure the take store with 100,000 takes, and how late notes are while a genre is trained
	@scripts/setup build
	@$(SWIFT_BUILD) --product take-store-benchmark
	@$(BIN)/take-store-benchmark
	@$(SWIFT_BUILD) --product beside-training
	@$(BIN)/beside-training

bench-training: ## Measure training steps; with TORCH=python (that has torch, numpy, safetensors) beside PyTorch
	@scripts/setup build
	@$(SWIFT_BUILD) --product training-benchmark
	@if [ -n "$(TORCH)" ]; then "$(TORCH)" Benchmarks/Training/compare.py $(BIN)/training-benchmark; else $(BIN)/training-benchmark; fi

bench-kernels: ## Measure the network's matrix products beside the core's peak multiply-add rate
	@mkdir -p .build
	@clang -O2 -ISources/CKernels/include Benchmarks/Kernels/main.c Sources/CKernels/kernels.c -lm -o .build/kernel-benchmark
	@.build/kernel-benchmark

count-check: ## Fail where the matrix products take 5 % more instructions than committed (needs valgrind)
	@scripts/count-check

pages: build ## Make manual pages and shell completions into .build/share
	@scripts/reference-pages .build/share

models: ## Train the four genre models from DATA=folder (about two hours on two cores; see docs/data.md)
	@scripts/setup build
	@scripts/models "$(DATA)"

lint: ## Check the formatting
	swift format lint --strict --recursive Sources Tests Package.swift

format: ## Format the sources in place
	swift format --in-place --recursive Sources Tests Package.swift

clean: ## Remove what was built
	rm -rf .build .build-* demo
