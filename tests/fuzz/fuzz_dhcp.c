/* SPDX-License-Identifier: ISC */
/*
 * The first octet chooses the family, the rest is what came back: whatever it
 * is, what was read of it is bounded and can be printed.
 */
#include "core/dhcp.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
see_names(const struct dhcp_answer *a)
{
	for (unsigned i = 0; i < a->source_names; i++) {
		const char *name = a->source_name[i];

		assert(memchr(name, '\0', DHCP_NAME) != NULL && *name != '\0');
		for (; *name != '\0'; name++)
			assert(*name > ' ' && *name < 0x7f && *name != '"');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct dhcp_question q = { 0x00010203, { 2, 0, 0, 0, 0, 1 } };
	struct dhcp_answer a;
	bool six, good;

	if (len == 0 || len > DHCP_PACKET)
		return 0;
	six = data[0] & 1;
	good = six ? dhcp6_reply(&q, data + 1, len - 1, &a) :
		     dhcp4_offer(&q, data + 1, len - 1, &a);
	if (!good)
		return 0;
	assert(len > (six ? 4 : 240));
	assert(a.servers <= DHCP_SERVERS && a.source_addrs <= DHCP_SERVERS);
	assert(a.source_names <= DHCP_NAMES);
	assert(a.servers == 0 || a.listed);
	assert(!six || a.offered.family == ADDR_NONE);
	assert(six || a.sources == 0);
	see_names(&a);
	return 0;
}
