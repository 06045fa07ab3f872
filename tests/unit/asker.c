/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "made.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

struct asker asker;

static const uint8_t secret[MODE6_SECRET] = "a secret of thirty-two octets...";

void
asker_init(void)
{
	memset(&asker, 0, sizeof(asker));
	asker.snapshot = made_synced();
	asker.leap.count = 1;
	asker.leap.line[0].at = 1483228800; /* 2017-01-01 */
	asker.leap.line[0].tai = 37;
	asker.leap.expires = 1766880000; /* 2025-12-28 */
	asker.at.ns = INT64_C(5000000000000);
	asker.world = (struct mode6_world){ .s = &asker.snapshot,
		.now = { INT64_C(1748736000000000000) },
		.version = "ntpgate 9.9",
		.processor = "x86_64",
		.system = "Linux/6.1",
		.leap = &asker.leap };
	CU_ASSERT_TRUE_FATAL(addr_parse(&asker.from, "192.0.2.99"));
	mode6_init(&asker.mode6, secret, asker.at);
}

static void
heard(void *ctx, const uint8_t *pkt, size_t len)
{
	struct asker *a = ctx;
	unsigned n = a->datagrams++;

	CU_ASSERT_FATAL(n < ASKER_DATAGRAMS && len <= CTL_MAX);
	CU_ASSERT_TRUE_FATAL(ctl_is_answer(pkt, len));
	memcpy(a->pkt[n], pkt, len);
	a->len[n] = len;
	ctl_read(&a->head, pkt, len);
	CU_ASSERT_EQUAL_FATAL(a->head.offset, a->data_len);
	memcpy(a->data + a->data_len, pkt + CTL_HEADER, a->head.count);
	a->data_len += a->head.count;
	a->data[a->data_len] = '\0';
}

unsigned
asker_send(const uint8_t *pkt, size_t len)
{
	const struct mode6_request q = { .pkt = pkt,
		.len = len,
		.from = asker.from,
		.at = asker.at };

	asker.datagrams = 0;
	asker.data_len = 0;
	asker.data[0] = '\0';
	mode6_answer(&asker.mode6, &asker.world, &q, heard, &asker);
	return asker.datagrams;
}

unsigned
asker_ask(uint8_t op, uint16_t association, const char *data)
{
	uint8_t pkt[CTL_REQUEST_MAX] = { 0 };
	const struct ctl head = { .version = 4,
		.op = op,
		.sequence = 7,
		.association = association,
		.count = (uint16_t)strlen(data) };

	CU_ASSERT_FATAL(strlen(data) <= CTL_DATA);
	ctl_write(&head, pkt);
	memcpy(pkt + CTL_HEADER, data, strlen(data));
	return asker_send(pkt, (CTL_HEADER + strlen(data) + 3) & ~(size_t)3);
}

const char *
asker_value(const char *name)
{
	static char value[512];
	size_t len = strlen(name);

	for (const char *at = asker.data; *at != '\0';) {
		at += strspn(at, ", \r\n");
		size_t n = strcspn(at, ",\r\n");

		if (n > len && strncmp(at, name, len) == 0 && at[len] == '=') {
			snprintf(value, sizeof(value), "%.*s",
			    (int)(n - len - 1), at + len + 1);
			return value;
		}
		at += n;
	}
	return NULL;
}

const char *
asker_nonce(void)
{
	static char nonce[MODE6_SECRET * 3];

	CU_ASSERT_EQUAL_FATAL(asker_ask(CTL_REQ_NONCE, 0, ""), 1);
	snprintf(nonce, sizeof(nonce), "nonce=%s", asker_value("nonce"));
	return nonce;
}
