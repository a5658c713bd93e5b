# stoker: one non-recursive Makefile. `make help` lists the targets.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

ifeq ($(origin CC),default)
CC      := cc
endif
CLANG   ?= clang
BUILD   ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
DOCDIR  ?= $(PREFIX)/share/doc/stoker
MANDIR  ?= $(PREFIX)/share/man
CFLAGS  ?= -O2 -g
DEVELOPER ?= 1
SAN     ?=
LTO     ?= 0
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
DEMO_ARGS ?=

ROOMS    := $(shell awk '/^[a-z]+:/ { sub(/:.*/, ""); print }' core/LAYERS)
CORE     := $(filter-out cmd,$(ROOMS))
PKGS     := libcurl lua5.4 jansson libmicrohttpd sqlite3 libdeflate libpcre2-8 libgit2 libssl libcrypto libzip snappy libbrotlienc libzstd
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
        -Wpointer-arith -Wformat=2 -Wvla -Wundef $(if $(filter 1,$(DEVELOPER)),-Werror)
# rooms that are clean of silent narrowing; more join as they become so
CONVERSION_ROOMS := base service
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
BASE_CFLAGS = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARN) $(PKG_CFLAGS) $(SAN_FLAGS) -pthread $(CFLAGS)
ALL_CFLAGS  = $(BASE_CFLAGS) -include core/base/banned.h
ALL_LIBS    = $(PKG_LIBS) -lm -pthread $(LDFLAGS)

srcs = $(sort $(wildcard core/$(1)/*.c))
objs = $(patsubst %.c,$(BUILD)/%.o,$(call srcs,$(1)))
lib  = $(BUILD)/lib/$(1).a
SOURCES := $(sort $(wildcard core/*/*.c cmd/*.c))
HEADERS := $(sort $(wildcard core/*/*.h cmd/*.h))
TEST_SOURCES := $(sort $(wildcard tests/unit/*/*.c tests/support/*.c tests/fuzz/*.c tests/bench/*.c tests/soak/*.c))

.PHONY: all help deps test-deps demo test check unit check-layers check-headers check-house format \
	format-check lint tidy cppcheck docs check-docs golden asan asan-build tsan valgrind fuzz fuzz-short fuzz-replay mutants bench \
	soak peers test-k6 gitea s3 peers-slow peers-default test-demo test-distros install uninstall clean FORCE
all: $(BUILD)/stoker

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

# --- build -----------------------------------------------------------------------
$(BUILD)/.flags: FORCE
	$(Q)mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS) $(LINK_LTO)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(LINK_LTO)' > $@

$(BUILD)/%.o: %.c $(BUILD)/.flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<
# git2.h mentions a word that banned.h poisons: it comes first
$(BUILD)/core/git/%.o: BASE_CFLAGS += -include git2.h
# OpenSSL's headers name an argument "rand": they come before the banned words
$(BUILD)/core/base/crypto.o $(BUILD)/core/base/crypto_tls.o $(BUILD)/tests/unit/base/test_crypto_tls.o: BASE_CFLAGS += -include openssl/ssl.h
$(foreach r,$(CONVERSION_ROOMS),$(eval $(BUILD)/core/$(r)/%.o: WARN += -Wconversion))
# LTO=1: what a request runs through is optimised as one when the program is linked, which takes
# some ten seconds then. The objects hold ordinary code too, which the tests link.
LTO_ROOMS := base stats record load script
ifeq ($(LTO)$(SAN),1)
$(foreach r,$(LTO_ROOMS),$(eval $(BUILD)/core/$(r)/%.o: BASE_CFLAGS += -flto -ffat-lto-objects))
LINK_LTO := -flto=$(JOBS) -O2
LINK_PLAIN := -fno-lto
endif

# our Lua, as C arrays: a table of name, bytes, length in sorted order
LUA_FILES := $(sort $(shell find lua-lib -name '*.lua' -not -path 'lua-lib/types/*' 2>/dev/null))
$(BUILD)/gen/lua_lib.c: tests/lint/embed.sh $(LUA_FILES)
	$(Q)mkdir -p $(@D) && sh tests/lint/embed.sh stk_lua_files core/script/lua_lib.h $(LUA_FILES) > $@
# style and scripts of the page, likewise
PAGE_FILES := $(sort $(wildcard core/report/page/*.css core/report/page/*.js))
$(BUILD)/gen/page_files.c: tests/lint/embed.sh $(PAGE_FILES)
	$(Q)mkdir -p $(@D) && sh tests/lint/embed.sh stk_page_files core/report/page_files.h $(PAGE_FILES) > $@
# the CI files that init writes
CI_FILES := ci-templates/github/paired.yml ci-templates/github/post.yml ci-templates/gitlab/stoker.yml
$(BUILD)/gen/ci_files.c: tests/lint/embed.sh $(CI_FILES)
	$(Q)mkdir -p $(@D) && sh tests/lint/embed.sh stk_ci_files core/init/ci_file.h $(CI_FILES) > $@
$(BUILD)/gen/version.c: FORCE
	$(Q)mkdir -p $(@D) && sh tests/lint/version.sh $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/.flags
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# rooms with files in them
embedded_script := lua_lib
embedded_report := page_files
embedded_init   := ci_files
define room_rules
$(call lib,$(1)): $(call objs,$(1)) $(if $(embedded_$(1)),$(BUILD)/gen/$(embedded_$(1)).o)
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach r,$(CORE),$(eval $(call room_rules,$(r))))

CMD_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard cmd/*.c)))
VERSION_O := $(BUILD)/gen/version.o
$(BUILD)/lib/cmd.a: $(filter-out $(BUILD)/cmd/main.o,$(CMD_OBJS))
	$(Q)mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(BUILD)/stoker: $(BUILD)/cmd/main.o $(VERSION_O) $(BUILD)/lib/cmd.a $(foreach r,$(CORE),$(call lib,$(r)))
	$(Q)$(CC) $(SAN_FLAGS) $(LINK_LTO) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(ALL_LIBS)

# --- unit tests: tests/unit/<room>/test_<unit>.c links only the rooms below its own ---
SUPPORT_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
$(BUILD)/lib/support.a: $(SUPPORT_OBJS)
	$(Q)mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^

closure = $(1) $(shell awk -v want=$(1) -f tests/lint/closure.awk core/LAYERS)
# the version changes with every commit: tests take it as it is and are not linked again for it
define test_rules
UNIT_$(1) := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/$(1)/test_*.c)))
$$(UNIT_$(1)): $(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/lib/support.a $(foreach r,$(call closure,$(1)),$(BUILD)/lib/$(r).a) | $(VERSION_O)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(SAN_FLAGS) $$(LINK_PLAIN) -o $$@ $$(filter %.o,$$^) $(VERSION_O) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(ALL_LIBS) -lcmocka
.PHONY: unit-$(1)
unit-$(1): $$(UNIT_$(1))
	$$(Q)sh tests/support/run_units.sh $$(UNIT_$(1))
endef
$(foreach r,$(ROOMS),$(eval $(call test_rules,$(r))))
unit: $(foreach r,$(ROOMS),$(UNIT_$(r))) ## all unit tests
	$(Q)sh tests/support/run_units.sh $^

# --- what people type ---------------------------------------------------------------
deps: ## install the libraries that are missing (apt, as root or through sudo)
	@sh tests/lint/deps.sh build
test-deps:
	@sh tests/lint/deps.sh test
# PYROSCOPE=URL sends and reads the profiles through that one, PYROSCOPE=1 through one started for it
WITH_OWN := bash tests/peers/with_pyroscope.sh sh -c '$(BUILD)/stoker demo --pyroscope "$$PYROSCOPE_URL" $(DEMO_ARGS)'
DEMO_COMMAND = $(if $(filter 1,$(PYROSCOPE)),$(WITH_OWN),$(BUILD)/stoker demo $(if $(PYROSCOPE),--pyroscope $(PYROSCOPE)) $(DEMO_ARGS))
demo: deps $(if $(filter 1,$(PYROSCOPE)),build/peers/pyroscope) ## build, then the whole story on a built-in service (2 to 3 minutes)
	@sh tests/lint/build.sh $(MAKE) -j$(JOBS) --no-print-directory all
	@$(DEMO_COMMAND)
test: deps test-deps ## everything that must pass; ends with "N passed, N failed"
	@sh tests/lint/build.sh $(MAKE) -j$(JOBS) --no-print-directory all
	@MAKE="$(MAKE) --no-print-directory" JOBS=$(JOBS) BUILD=$(BUILD) bash tests/run_all.sh
install: all ## to DESTDIR and PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DOCDIR) $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(BUILD)/stoker $(DESTDIR)$(BINDIR)/stoker
	install -m 644 README.md CHANGELOG.md LICENSE $(DESTDIR)$(DOCDIR)/
	sh tests/lint/man.sh $(BUILD)/stoker $(DESTDIR)$(MANDIR)/man1
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/stoker $(DESTDIR)$(MANDIR)/man1/stoker.1 $(DESTDIR)$(MANDIR)/man1/stoker-*.1
	rm -rf $(DESTDIR)$(DOCDIR)
clean: ## remove the build folder
	rm -rf $(BUILD)

# --- the house in order -------------------------------------------------------------
check: check-layers check-headers check-house format-check check-docs ## layers, headers, names, format, generated pages
docs: all ## docs/cli.md from the option tables in cmd/ (install makes the man pages from them), docs/k6-compatibility.md from the tests
	$(Q)$(BUILD)/stoker help --markdown > $(BUILD)/cli.md && mv $(BUILD)/cli.md docs/cli.md
	$(Q)lua5.4 tests/lint/k6_rows.lua > $(BUILD)/k6.md && mv $(BUILD)/k6.md docs/k6-compatibility.md
check-docs: all ## the generated pages are what `make docs` writes
	$(Q)$(BUILD)/stoker help --markdown | diff -u docs/cli.md - || { echo "docs/cli.md: run make docs"; exit 1; }
	$(Q)lua5.4 tests/lint/k6_rows.lua > $(BUILD)/k6.md
	$(Q)diff -u docs/k6-compatibility.md $(BUILD)/k6.md || { echo "docs/k6-compatibility.md: run make docs"; exit 1; }
check-layers: ## includes go down only, third-party headers through their door
	$(Q)awk -f tests/lint/layers.awk core/LAYERS $(SOURCES) $(HEADERS)
	$(Q)sh tests/lint/closure_check.sh
check-headers: ## each header compiles alone and has its guard
	$(Q)BASE="$(CC) $(BASE_CFLAGS)" sh tests/lint/headers.sh $(HEADERS)
check-house: ## sizes, first lines, prints and exits, a test for each unit, forbidden words
	$(Q)sh tests/lint/house.sh
CLANG_FORMAT ?= $(firstword $(shell command -v clang-format-14 clang-format 2>/dev/null))
format: ## clang-format on all sources
	$(Q)$(CLANG_FORMAT) -i $(SOURCES) $(HEADERS) $(TEST_SOURCES)
format-check: ## what clang-format 14 would change
	$(Q)sh tests/lint/format.sh $(SOURCES) $(HEADERS) $(TEST_SOURCES)
golden: ## write tests/golden anew from what the tests get; look at the difference
	$(Q)STK_GOLDEN_UPDATE=1 $(MAKE) --no-print-directory unit-report unit-cmd
lint: tidy cppcheck ## clang-tidy and cppcheck
tidy: $(BUILD)/gen/lua_lib.c $(BUILD)/gen/page_files.c
	$(Q)printf '%s\n' $(SOURCES) | xargs -P $(JOBS) -n 8 sh tests/lint/tidy.sh $(filter -I% -D% -std%,$(ALL_CFLAGS))
cppcheck:
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
	  --suppressions-list=tests/lint/cppcheck.suppress -j $(JOBS) -I. $(SOURCES)
asan: ## all unit tests under AddressSanitizer and UBSan, in a build folder of their own
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SAN=address,undefined CFLAGS="-O1 -g -DSTK_ARENA_DEBUG" unit
# the rooms that start threads, and those that run in several
TSAN_ROOMS := load export generator source store demo bot http
tsan: ## unit tests of all that has threads under ThreadSanitizer, in a build folder of their own
	$(Q)$(MAKE) --no-print-directory -k BUILD=$(BUILD)/tsan SAN=thread CFLAGS="-O1 -g" $(TSAN_ROOMS:%=unit-%)
# test_proc: valgrind has no pidfd_open, and its posix_spawn does not tell that a program is missing
valgrind: $(filter-out %/test_proc,$(UNIT_base)) $(UNIT_profile) $(UNIT_script) ## unit tests of base, profile, script under valgrind
	$(Q)UNIT_WRAP="valgrind -q --error-exitcode=99 --leak-check=full" UNIT_TIMEOUT=900 sh tests/support/run_units.sh $^
mutants: ## flip operators in stats and the executors: the tests must notice
	$(Q)BUILD=$(BUILD)/mutants lua5.4 tests/mutants.lua
bench test-demo: all ## bench: beside peers; test-demo: plants with drawn seeds
	$(Q)BUILD=$(BUILD) sh tests/run_target.sh $@
soak: all ## ten minutes of load at full speed: memory and descriptors flat, counts alike (SOAK_SECONDS=600)
	$(Q)BUILD=$(BUILD) python3 tests/soak/soak.py --seconds $(or $(SOAK_SECONDS),600)
peers: ## a real Pyroscope and k6, as build/peers/pyroscope and build/peers/k6
	$(Q)JOBS=$(JOBS) sh tests/peers/build_servers.sh
build/peers/pyroscope:
	$(Q)JOBS=$(JOBS) sh tests/peers/build_servers.sh
test-k6: all ## scripts through the real k6 and through our engine: arrivals, counts, metrics (make peers first)
	$(Q)[ -x build/peers/k6 ] || { echo "test-k6: no build/peers/k6: make peers"; exit 1; }
	$(Q)BUILD=$(BUILD) sh tests/peers/test_k6_scripts.sh
	$(Q)BUILD=$(BUILD) sh tests/peers/test_k6_porting.sh
gitea: ## a real Gitea as build/peers/gitea, for tests/peers/test_gitea.sh (10 minutes)
	$(Q)sh tests/peers/build_gitea.sh
s3: ## a real S3 server as build/peers/versitygw, for tests/peers/test_s3.sh (some minutes)
	$(Q)JOBS=$(JOBS) sh tests/peers/build_s3.sh
peers-slow: all ## the Python service with the published pyroscope-io (10 s slices; 7 to 14 minutes)
	$(Q)BUILD=$(BUILD) bash tests/peers/slow_python.sh
peers-default: all ## the Go service with the SDK's own 15 s between uploads (about 10 minutes)
	$(Q)BUILD=$(BUILD) bash tests/peers/default_go.sh
test-distros: ## the README's commands in fresh Debian 12 and Ubuntu 24.04 roots
	$(Q)bash tests/distros.sh

# --- fuzzing: tests/fuzz/fuzz_<name>.c, corpus in tests/fuzz/corpora/<name> ----------
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_DIR   := $(BUILD)/fuzz
$(BUILD)/replay/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/lib/support.a $(foreach r,$(CORE),$(call lib,$(r))) | $(VERSION_O)
	$(Q)mkdir -p $(@D) && $(CC) $(SAN_FLAGS) $(LINK_PLAIN) -o $@ $(filter %.o,$^) $(VERSION_O) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(ALL_LIBS)
fuzz-replay: $(FUZZ_NAMES:%=$(BUILD)/replay/fuzz_%) ## each corpus file once through its target
	$(Q)sh tests/fuzz/replay.sh $^
fuzz-short: ## 60 s for each target
	$(Q)SECONDS_EACH=$(or $(FUZZ_SECONDS),60) MAKE="$(MAKE) --no-print-directory -j$(JOBS)" FUZZ_DIR=$(FUZZ_DIR) CLANG=$(CLANG) sh tests/fuzz/run.sh $(or $(FUZZ),$(FUZZ_NAMES))
fuzz: ## ten minutes for each target
	$(Q)$(MAKE) --no-print-directory FUZZ_SECONDS=600 fuzz-short
# built by tests/fuzz/run.sh in a folder of its own, with CC=clang
$(BUILD)/libfuzzer/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/lib/support.a $(foreach r,$(CORE),$(call lib,$(r))) | $(VERSION_O)
	$(Q)mkdir -p $(@D) && $(CC) $(SAN_FLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(VERSION_O) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(ALL_LIBS)
.SECONDARY:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
