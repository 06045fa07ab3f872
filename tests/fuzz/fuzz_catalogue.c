/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a catalogue: refused with a sentence that names the file, and
 * without a server; or servers that can be chosen from, each with one verdict
 * and, if it is refused, one reason.
 */
#include "conf/catalogue.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct survey v;

static void
check_server(const struct survey_server *s)
{
	assert(s->said.host[0] != '\0' && s->said.port != 0);
	assert(memchr(s->said.notes, '\0', sizeof(s->said.notes)) != NULL);
	assert(s->said.as_count <= SURVEY_AS && s->said.stratum <= 15);
	assert(s->verdict != SURVEY_CANDIDATE);
	assert(s->why[0] != '\0' && strchr(s->why, '\n') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct survey_wish w = { .want = 5, .region = { "sweden" } };
	struct err e = { "" };
	unsigned chosen = 0;

	if (catalogue_read(&v, "the/list", (const char *)data, len, &e) == -1) {
		assert(strncmp(e.text, "the/list:", 9) == 0);
		assert(v.count == 0);
		return 0;
	}
	survey_filter(&v, &w);
	survey_choose(&v, &w, false);
	for (unsigned i = 0; i < v.count; i++) {
		check_server(&v.server[i]);
		chosen += v.server[i].verdict == SURVEY_CHOSEN;
	}
	assert(chosen <= w.want);
	return 0;
}
