/* SPDX-License-Identifier: ISC */
/*
 * Any text as ntpgate.conf: refused with a sentence that names the file, or
 * a configuration that passes its own check and is courteous.
 */
#include "conf/conf.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define TEXT_MAX 8192

/* What no configuration reaches below, whatever it says. */
static void
check_courtesy(const struct engine_conf *c)
{
	assert(c->count >= CONF_SERVERS_MIN && c->count <= CONF_SERVERS_MAX);
	assert(c->poll_min_s >= 1 && c->poll_min_s <= c->poll_max_s);
	assert(isfinite(c->poll_max_s) && c->accuracy_s > 0);
	for (unsigned i = 0; i < c->count; i++) {
		const struct addr *a = &c->server[i].addr;

		assert(a->port != 0);
		if (a->family == ADDR_NONE || !addr_is_public(a))
			continue;
		assert(c->poll_min_s >= LEDGER_PUBLIC_FLOOR_S);
		assert(c->budget_day <= LEDGER_PUBLIC_DAY);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct conf c;
	static char text[TEXT_MAX];
	struct err e = { "" };

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	conf_init(&c);
	if (conf_read(&c, "the/conf", text, &e) == -1) {
		assert(strstr(e.text, "the/conf") != NULL);
		return 0;
	}
	assert(conf_check(&c, &e) == 0);
	check_courtesy(&c.engine);
	assert(c.serve.listen_count <= CONF_LISTEN_MAX);
	assert(c.serve.access.count <= ACCESS_MAX);
	assert(c.engine.orphan <= 15);
	return 0;
}
