/* glibc's reader of command lines. Swift calls no functions of variable arguments and reads no macros with casts, so those
   have names here. */
#ifndef CARGP_SHIM_H
#define CARGP_SHIM_H

#include <argp.h>
#include <stdio.h>

static inline void cargp_error(const struct argp_state *state, const char *text) { argp_error(state, "%s", text); }

static inline void cargp_help(const struct argp_state *state) { argp_state_help(state, stdout, ARGP_HELP_STD_HELP); }

static inline void cargp_set_version(const char *text) { argp_program_version = text; }

enum { CARGP_UNKNOWN = ARGP_ERR_UNKNOWN, CARGP_ARGUMENT = ARGP_KEY_ARG, CARGP_END = ARGP_KEY_END };

#endif
