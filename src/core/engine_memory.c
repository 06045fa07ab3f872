/* SPDX-License-Identifier: ISC */
/*
 * The octets, all big-endian:
 *
 *	8	"ntpgate" and the version of this format, 1
 *	4	length of everything, checksum included
 *	8	UTC of writing, nanoseconds since 1970
 *	2	number of servers, then for each
 *	8	  FNV-1a of its host and port: who it is
 *	...	the estimator's own (estimate_write)
 *	8	FNV-1a of all before
 */
#include "core/engine_parts.h"

#include <math.h>
#include <string.h>

#define VERSION 1

static const uint8_t magic[7] = "ntpgate";

static uint64_t
fnv(uint64_t h, const void *octets, size_t len)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

#define FNV_BEGIN 0xcbf29ce484222325

static uint64_t
identity(const struct source_conf *c)
{
	uint64_t h = fnv(FNV_BEGIN, c->host, strlen(c->host) + 1);

	return fnv(h, &c->addr.port, sizeof(c->addr.port));
}

size_t
engine_write(const struct engine *e, const struct now *now,
    uint8_t octets[ENGINE_STATE_MAX])
{
	struct wire_out w = { octets, ENGINE_STATE_MAX - 8, false };
	struct wire_out length;
	size_t len;

	wire_put(&w, magic, sizeof(magic));
	wire_put_u8(&w, VERSION);
	length = w;
	wire_put_u32(&w, 0);
	wire_put_u64(&w, (uint64_t)now->wall.ns);
	wire_put_u16(&w, (uint16_t)e->conf.count);
	for (unsigned i = 0; i < e->conf.count; i++)
		wire_put_u64(&w, identity(&e->source[i].source.conf));
	estimate_write(&e->estimate, &w);
	if (w.bad)
		return 0;
	len = ENGINE_STATE_MAX - w.left;
	wire_put_u32(&length, (uint32_t)len);
	w.left = 8;
	wire_put_u64(&w, fnv(FNV_BEGIN, octets, len - 8));
	return len;
}

/* Whole, undamaged, and of this version? */
static int
check(const uint8_t *octets, size_t len, struct err *err)
{
	struct wire w = { octets, len, false };
	struct wire sum = { octets, len, false };
	uint8_t name[sizeof(magic)];
	unsigned version;
	uint32_t claimed;

	wire_copy(&w, name, sizeof(name));
	version = wire_u8(&w);
	claimed = wire_u32(&w);
	if (w.bad || memcmp(name, magic, sizeof(magic)) != 0)
		return err_set(err, "not a state file of ntpgate");
	if (version != VERSION)
		return err_set(err, "of version %u, this program writes %u",
		    version, VERSION);
	if (claimed != len || len < 8)
		return err_set(err, "cut short: %zu octets of %u", len,
		    claimed);
	sum.at += len - 8;
	sum.left = 8;
	if (wire_u64(&sum) != fnv(FNV_BEGIN, octets, len - 8))
		return err_set(err, "damaged: its checksum is wrong");
	return 0;
}

int
engine_read(struct engine *e, const uint8_t *octets, size_t len,
    const struct now *now, struct err *err)
{
	struct estimate was;
	struct wire w;
	uint64_t who[ESTIMATE_SOURCES];
	struct wall written;
	unsigned count;
	int from[ESTIMATE_SOURCES];

	if (check(octets, len, err) == -1)
		return -1;
	w = (struct wire){ octets + 12, len - 20, false };
	written.ns = (int64_t)wire_u64(&w);
	count = wire_u16(&w);
	if (count == 0 || count > ESTIMATE_SOURCES)
		return err_set(err, "damaged: %u servers", count);
	for (unsigned i = 0; i < count; i++)
		who[i] = wire_u64(&w);
	estimate_init(&was, count);
	if (!estimate_read(&was, &w, wall_sub(now->wall, written)) || w.bad)
		return err_set(err, "damaged: impossible numbers");
	for (unsigned i = 0; i < e->conf.count; i++) {
		from[i] = -1;
		for (unsigned k = 0; k < count; k++)
			if (who[k] == identity(&e->conf.server[i]))
				from[i] = (int)k;
	}
	estimate_permute(&was, e->conf.count, from);
	e->estimate = was;
	e->warm = true;
	schedule_init(&e->schedule, e->conf.count, e->conf.poll_min_s,
	    e->conf.poll_max_s, false);
	for (unsigned i = 0; i < e->conf.count; i++)
		engine_begin(e, i, e->started);
	return 0;
}
