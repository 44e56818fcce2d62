.DEFAULT_GOAL := help
.PHONY: help build all-build test test-verbose test-integration run bench lint docker clean

BIN := node_modules/.bin
SPECS := 'dist/spec/**/*.spec.js'
KERNEL := lib/kernel/assembly
DECODER := lib/storage/block/assembly
SOURCES := $(shell find bin lib spec -name '*.ts' -not -path '*/assembly/*')

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

IMAGE ?= goodall
version = $(shell sed -n 's/^  "version": "\(.*\)",$$/\1/p' package.json)
image_options = --build-arg VERSION=$(version) --tag $(IMAGE):$(version) --tag $(IMAGE):latest
engine = docker info >/dev/null 2>&1 || { echo 'No Docker engine answers here (docker info fails): start one, or point DOCKER_HOST at one' >&2; exit 1; }

# Install scripts are off (.npmrc); sqlite3 is the one package whose native part everything needs, fetched or compiled.
node_modules/.installed: package.json package-lock.json .npmrc
	npm ci --no-progress
	JOBS=max npm rebuild sqlite3 --ignore-scripts=false --no-progress
	@touch $@

# The addon that hot-shots sends unix datagrams through. Only a spec needs it, which is skipped where it cannot be compiled.
node_modules/.unix-dgram: node_modules/.installed
	npm rebuild unix-dgram --ignore-scripts=false --no-progress || \
	  echo 'unix-dgram cannot be compiled here: a spec of unix datagrams is skipped' >&2
	@touch $@

# goodall-report is bundled: it is started for every question, and its modules would take longer to load than to answer.
dist/.built: node_modules/.installed tsconfig.json rolldown.config.js bin/package.json $(SOURCES)
	$(BIN)/tsc
	@cp bin/package.json dist/bin/
	$(BIN)/rolldown --config >/dev/null
	@touch $@

# The hot paths of server and proxy, compiled to WebAssembly; the layouts are shared by both sides.
dist/lib/kernel/kernel.wasm: node_modules/.installed lib/kernel/layout.ts $(wildcard $(KERNEL)/*)
	$(BIN)/asc --config $(KERNEL)/asconfig.json --target release

dist/lib/kernel/router.wasm: node_modules/.installed lib/kernel/layout.ts lib/kernel/router-layout.ts $(wildcard $(KERNEL)/*)
	$(BIN)/asc --config $(KERNEL)/router.asconfig.json --target release

# What reads sealed blocks, for reports above all.
dist/lib/storage/block/decoder.wasm: node_modules/.installed lib/storage/block/format.ts lib/storage/block/rules.ts $(wildcard $(DECODER)/*)
	$(BIN)/asc --config $(DECODER)/asconfig.json --target release

WASM := dist/lib/kernel/kernel.wasm dist/lib/kernel/router.wasm dist/lib/storage/block/decoder.wasm

build: dist/.built $(WASM) ## Install what is needed and compile to dist/

lint: node_modules/.installed ## Check style, formatting and types
	$(BIN)/biome check --error-on-warnings .

test: build lint node_modules/.unix-dgram ## Install, build, lint and run every spec
	$(BIN)/mocha $(SPECS)

test-verbose: build lint node_modules/.unix-dgram ## The same, naming every spec
	GOODALL_TEST_VERBOSE=1 $(BIN)/mocha $(SPECS)

test-integration: build ## Run beside real statsd, its published backends and other people's clients
	$(BIN)/mocha 'dist/spec/integration/*.integration.js'

run: build ## Start the server with its host probe on goodall.db
	node dist/bin/goodall.js

bench: build ## Measure against the statsd package in one run; writes lib/docs/benchmarks.md
	node dist/spec/bench/run.js $(BENCH)

docker: ## Build the container image (needs a Docker engine)
	@$(engine)
	docker build $(image_options) .

all-build: ## Build the image for amd64 and arm64 into dist/ (needs Docker with buildx)
	@$(engine)
	@docker buildx version >/dev/null 2>&1 || { echo 'Docker has no buildx here: install its plugin (docker-buildx) and try again' >&2; exit 1; }
	docker buildx inspect goodall >/dev/null 2>&1 || docker buildx create --name goodall --driver docker-container
	mkdir -p dist
	docker buildx build --builder goodall --platform linux/amd64,linux/arm64 $(image_options) \
	  --output type=oci,dest=dist/goodall-$(version)-oci.tar .

clean: ## Remove what was built and installed (never a database)
	rm -rf dist node_modules
