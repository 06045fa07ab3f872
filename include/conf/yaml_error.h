/* SPDX-License-Identifier: ISC */
/*
 * yaml_error.h - what libyaml has against a text, as one sentence:
 * "site.yaml:12:5: this is not YAML: ...".
 */
#ifndef CONF_YAML_ERROR_H
#define CONF_YAML_ERROR_H

#include "base/err.h"

#include <stddef.h>
#include <yaml.h>

/* After yaml_parser_parse() has failed on these octets; -1 always. */
int yaml_error(const yaml_parser_t *y, const char *file, const char *text,
    size_t len, struct err *e);

#endif
