/* SPDX-License-Identifier: ISC */
/*
 * catalogue.h - a list of public servers as people keep it, in YAML.
 *
 *	servers:
 *	- hostname: ntp1.example.net
 *	  AS: AS64500, AS64501
 *	  stratum: 2
 *	  location: Sweden
 *	  owner: Example University
 *	  notes: open access
 *	  vm: false
 *
 * Read with tolerance: only the host must be there (a port may follow it,
 * host:1123); the list may stand alone, without "servers:"; an element may be
 * a host alone; other common names for the keys are known, in any case,
 * unknown keys and what cannot be understood (stratum: Unknown) are passed
 * over.  Not taken are aliases (an alias bomb is no catalogue), depth beyond
 * CATALOGUE_DEPTH, a second document, and more than SURVEY_SERVERS servers.
 */
#ifndef CONF_CATALOGUE_H
#define CONF_CATALOGUE_H

#include "base/err.h"
#include "core/survey.h"

#include <stddef.h>

#define CATALOGUE_OCTETS (1 << 20)
#define CATALOGUE_DEPTH 16

/*
 * Fills v with what the servers are said to be, and nothing else.  -1 and
 * "file:line:column: ..." if it is not YAML or has a server without a host.
 */
int catalogue_read(struct survey *v, const char *file, const char *text,
    size_t len, struct err *e);

#endif
