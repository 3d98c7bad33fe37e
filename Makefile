# Continuo. `make help` explains the targets.
SHELL := /bin/sh
CONFIG ?= release
SWIFT_BUILD := swift build -c $(CONFIG)
BIN = $(shell $(SWIFT_BUILD) --show-bin-path)
STATIC_BUILD := swift build -c release --static-swift-stdlib --scratch-path .build-package
PROGRAMS = $(shell $(STATIC_BUILD) --show-bin-path)

.PHONY: help setup build demo test test-long machine-test bench bench-training api-check mpi-check install uninstall deb pages programs lint format models clean
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
	@scripts/setup package
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

api-check: ## Have schemathesis ask a real daemon what docs/openapi.yaml allows (needs python3 and its package index)
	@scripts/setup build
	@scripts/api-check

mpi-check: ## Try training by several processes over Open MPI, on this machine (docs/training-cluster.md)
	@scripts/setup mpi
	@scripts/mpi-check

install: programs ## Install under PREFIX (/usr/local), with DESTDIR before it for packages; needs root where PREFIX does
	@scripts/install $(PROGRAMS)

uninstall: ## Take away what `make install` put under PREFIX; configuration and takes stay
	@scripts/install --remove

deb: ## Make the Debian packages continuo and continuo-models in .build/deb
	@scripts/setup package
	@scripts/make-deb

pages: programs ## Make manual pages and shell completions into .build/share
	@scripts/reference-pages .build/share $(PROGRAMS)
	@echo "Manual pages and completions are in .build/share."

# What is installed runs where there is no Swift: its runtime is linked in.
programs:
	@scripts/setup build
	@for product in continuod continuo generate-manual; do $(STATIC_BUILD) --product $$product || exit; done

models: ## Train the four genre models from DATA=folder (about two hours on two cores; see docs/data.md)
	@scripts/setup build
	@scripts/models "$(DATA)"

lint: ## Check the formatting
	swift format lint --strict --recursive Sources Tests Package.swift

format: ## Format the sources in place
	swift format --in-place --recursive Sources Tests Package.swift

clean: ## Remove what was built
	rm -rf .build .build-* demo
