/* SPDX-License-Identifier: ISC */
/*
 * Any octets as the state that was kept: as they are; with length and checksum
 * made right, so that they get further; and as what was changed in a good
 * state.  Refused with a sentence, and then the engine is as cold as before;
 * or taken, and then what it writes is taken again, with the same frequency,
 * and the engine works.
 */
#include "base/wire.h"
#include "core/engine.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

#define T0 INT64_C(1800000000000000000)
#define LENGTH_AT 8 /* where the length stands */
#define SUM_LEN 8   /* the last octets */

static const struct auth_keys no_keys;
static const struct leap_table no_leaps;
static const struct now now = { .mono = { 1000000000000000 },
	.wall = { T0 },
	.chance = 1 };

/* Four servers, 192.0.2.1 to 192.0.2.4. */
static void
begin(struct engine *e)
{
	static struct engine_conf conf = { .count = 4,
		.poll_min_s = 64,
		.poll_max_s = 1024,
		.accuracy_s = 5e-3,
		.budget_day = 640,
		.step_limit_s = 1,
		.slew = 500e-6,
		.built = { T0 - 86400000000000 },
		.boot = 1 };

	for (uint8_t i = 0; i < conf.count; i++) {
		memcpy(conf.server[i].host, "192.0.2.1", 10);
		conf.server[i].host[8] = (char)('1' + i);
		conf.server[i].addr = (struct addr){ .family = ADDR_V4,
			.ip = { 192, 0, 2, (uint8_t)(i + 1) },
			.port = NTP_PORT };
	}
	engine_init(e, &conf, &no_keys, &no_leaps, &now);
}

/* FNV-1a, which the format ends with. */
static uint64_t
checksum(const uint8_t *octets, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ octets[i]) * 0x100000001b3;
	return h;
}

/* What e writes is taken by another engine, which then says the same. */
static void
write_again(const struct engine *e, bool genuine)
{
	static struct engine again;
	static uint8_t first[ENGINE_STATE_MAX], second[ENGINE_STATE_MAX];
	double f = engine_accuracy(e, &now).frequency;
	struct err err;
	size_t n = engine_write(e, &now, first);

	assert(n > 0 && n <= ENGINE_STATE_MAX);
	begin(&again);
	/* numbers made up at the edge of the possible may round beyond it */
	if (engine_read(&again, first, n, &now, &err) == -1) {
		assert(!genuine);
		return;
	}
	assert(engine_write(&again, &now, second) == n);
	assert(fabs(f) < 0.01); /* an oscillator's, s/s */
	/* a doubt made up just below what is resumed may have grown beyond */
	if (e->resumed && !again.resumed) {
		assert(!genuine);
		return;
	}
	assert(fabs(engine_accuracy(&again, &now).frequency - f) < 1e-12);
}

/* All that it wants now, as an owner would do it: then it must rest. */
static void
carry_out(struct engine *e)
{
	struct engine_order order;
	int i;

	for (i = 0; i < 100; i++) {
		enum engine_want want = engine_poll(e, &now, &order);

		if (want == ENGINE_REST)
			break;
		if (want == ENGINE_BOOK)
			engine_booked(e, true, &now);
		if (want == ENGINE_SEND)
			engine_sent(e, order.source, now.mono);
	}
	assert(i < 100);
}

static void
take(const uint8_t *octets, size_t len, bool genuine)
{
	static struct engine e;
	struct err err = { "" };

	begin(&e);
	if (engine_read(&e, octets, len, &now, &err) == -1) {
		assert(err.text[0] != '\0');
		assert(!e.warm);
		return;
	}
	write_again(&e, genuine);
	carry_out(&e);
}

/* The same with length and checksum made right. */
static void
take_repaired(uint8_t *octets, size_t len)
{
	struct wire_out w = { .at = octets + LENGTH_AT, .left = 4 };

	wire_put_u32(&w, (uint32_t)len);
	w = (struct wire_out){ .at = octets + len - SUM_LEN, .left = SUM_LEN };
	wire_put_u64(&w, checksum(octets, len - SUM_LEN));
	take(octets, len, false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static struct engine cold;
	static uint8_t copy[ENGINE_STATE_MAX];
	size_t n;

	take(octets, len, true);
	if (len >= LENGTH_AT + 4 + SUM_LEN && len <= sizeof(copy)) {
		memcpy(copy, octets, len);
		take_repaired(copy, len);
	}
	/* a state of today's format, some of its bits turned over */
	begin(&cold);
	n = engine_write(&cold, &now, copy);
	take(copy, n, true);
	for (size_t i = 0; i < n && i < len; i++)
		copy[i] ^= octets[i];
	take_repaired(copy, n);
	return 0;
}
