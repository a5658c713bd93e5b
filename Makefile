# stoker: one non-recursive Makefile. `make help` lists the targets.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

CC      ?= cc
BUILD   ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
CFLAGS  ?= -O2 -g
DEVELOPER ?= 1
SAN     ?=
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)

ROOMS    := $(shell awk '/^[a-z]+:/ { sub(/:.*/, ""); print }' core/LAYERS)
CORE     := $(filter-out cmd,$(ROOMS))
PKGS     := libcurl lua5.4 jansson libmicrohttpd sqlite3 zlib libdeflate libpcre2-8
PKG_LIST := libcurl4-openssl-dev liblua5.4-dev lua5.4 libjansson-dev libmicrohttpd-dev libsqlite3-dev \
            zlib1g-dev libdeflate-dev libpcre2-dev pkg-config gcc make
HAVE_PKGS := $(shell pkg-config --exists $(PKGS) 2>/dev/null && echo yes)
PKG_CFLAGS := $(if $(HAVE_PKGS),$(shell pkg-config --cflags $(PKGS)))
PKG_LIBS   := $(if $(HAVE_PKGS),$(shell pkg-config --libs $(PKGS)))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
        -Wpointer-arith -Wformat=2 -Wvla -Wundef $(if $(filter 1,$(DEVELOPER)),-Werror)
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen $(WARN) $(PKG_CFLAGS) $(SAN_FLAGS) -pthread $(CFLAGS)
ALL_LIBS   = $(PKG_LIBS) -lm -pthread $(LDFLAGS)

srcs = $(sort $(wildcard core/$(1)/*.c))
objs = $(patsubst %.c,$(BUILD)/%.o,$(call srcs,$(1)))
lib  = $(BUILD)/lib/$(1).a

.PHONY: all help deps demo test check unit clean FORCE
all: $(BUILD)/stoker

# --- build -----------------------------------------------------------------------
$(BUILD)/.flags: FORCE
	$(Q)mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@

$(BUILD)/%.o: %.c $(BUILD)/.flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $(@:.o=.d) -c -o $@ $<

# our Lua, as C arrays: a table of name, bytes, length in sorted order
LUA_FILES := $(sort $(shell find lua-lib -name '*.lua' -not -path 'lua-lib/types/*' 2>/dev/null))
$(BUILD)/gen/lua_lib.c: tests/lint/embed_lua.sh $(LUA_FILES)
	$(Q)mkdir -p $(@D) && sh tests/lint/embed_lua.sh $(LUA_FILES) > $@
$(BUILD)/gen/lua_lib.o: $(BUILD)/gen/lua_lib.c $(BUILD)/.flags
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

define room_rules
$(call lib,$(1)): $(call objs,$(1)) $(if $(filter script,$(1)),$(BUILD)/gen/lua_lib.o)
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach r,$(CORE),$(eval $(call room_rules,$(r))))

CMD_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard cmd/*.c)))
VERSION  := $(shell git describe --always --dirty --tags 2>/dev/null || echo unknown)
$(BUILD)/lib/cmd.a: $(filter-out $(BUILD)/cmd/main.o,$(CMD_OBJS))
	$(Q)mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^
$(BUILD)/stoker: $(BUILD)/cmd/main.o $(BUILD)/lib/cmd.a $(foreach r,$(CORE),$(call lib,$(r)))
	$(Q)$(CC) $(SAN_FLAGS) -o $@ $(BUILD)/cmd/main.o -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(ALL_LIBS)

# --- unit tests: tests/unit/<room>/test_<unit>.c links only the rooms below its own ---
SUPPORT_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
$(BUILD)/lib/support.a: $(SUPPORT_OBJS)
	$(Q)mkdir -p $(@D) && rm -f $@ && ar rcs $@ $^

closure = $(1) $(shell awk -v want=$(1) -f tests/lint/closure.awk core/LAYERS)
define test_rules
UNIT_$(1) := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/$(1)/test_*.c)))
$$(UNIT_$(1)): $(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/lib/support.a $(foreach r,$(call closure,$(1)),$(BUILD)/lib/$(r).a)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(SAN_FLAGS) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(ALL_LIBS) -lcmocka
.PHONY: unit-$(1)
unit-$(1): $$(UNIT_$(1))
	$$(Q)sh tests/support/run_units.sh $$(UNIT_$(1))
endef
$(foreach r,$(ROOMS),$(eval $(call test_rules,$(r))))
unit: $(foreach r,$(ROOMS),$(UNIT_$(r)))
	$(Q)sh tests/support/run_units.sh $^

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
