/* SPDX-License-Identifier: ISC */
/*
 * The octets, all big-endian:
 *
 *	8	"ntpgate" and the version of this format, 1
 *	4	length of everything, checksum included
 *	8	UTC of writing, nanoseconds since 1970
 *	8	who the boot is, 0: unknown
 *	8	raw clock of that boot, ns
 *	8	home - raw then, ns (scale.h)
 *	8, 8	offset then, s, and its variance, s^2 (as doubles)
 *	1, 4	stratum and reference id that are served
 *	8	UTC of the last correction, ns since 1970
 *	8, 8, 8	root delay, dispersion, its growth (as doubles)
 *	1	1: in panic; 2: stepped, later than at the start
 *	8	when that was, on the raw clock
 *	8	the last UTC that was verified, ns since 1970; 0: none
 *	8	steps ever
 *	2	number of servers, and one for a sibling, then for each
 *	8	  FNV-1a of its host and port: who it is; 1: the sibling
 *	...	the estimator's own (estimate_write)
 *	8	FNV-1a of all before
 */
#include "core/engine_parts.h"

#include "base/fnv.h"
#include "base/sealed.h"

#include <math.h>
#include <string.h>

#define REBOOT_PPM 0.5 /* what a frequency may be off by after a boot */

#define SIBLING 1 /* whatever it is called */

enum { PANICKED = 1, STEPPED = 2 };

static const struct sealed kind = { "a state file of ntpgate", "ntpgate", 7,
	1 };

static uint64_t
identity(const struct source_conf *c)
{
	uint64_t h = fnv(FNV_BEGIN, c->host, strlen(c->host) + 1);

	return fnv(h, &c->addr.port, sizeof(c->addr.port));
}

/* What the next life can go on with, if the raw clock does. */
static void
write_moment(const struct engine *e, struct mono now, struct wire_out *w)
{
	struct estimate_view v = engine_view(e, now);
	double sigma = v.bound / 1.96;

	wire_put_u64(w, e->estimate.known ? e->conf.boot : 0);
	wire_put_u64(w, (uint64_t)now.ns);
	wire_put_u64(w, (uint64_t)(scale_home(&e->scale, now).ns - now.ns));
	wire_put_f64(w, v.offset);
	wire_put_f64(w, e->estimate.known ? sigma * sigma : 0);
	wire_put_u8(w, e->serving.stratum);
	wire_put_u32(w, e->serving.refid);
	wire_put_u64(w, (uint64_t)e->serving.updated.ns);
	wire_put_f64(w, e->serving.root_delay_s);
	wire_put_f64(w, e->serving.root_disp_s);
	wire_put_f64(w, e->serving.disp_rate);
}

/* What a restart does not reset. */
static void
write_record(const struct engine *e, const struct now *now, struct wire_out *w)
{
	bool verified = e->state == ENGINE_SYNCED;
	struct wall known = verified ? now->wall : e->known;

	wire_put_u8(w,
	    (uint8_t)((e->panicked ? PANICKED : 0) |
		(e->has_stepped ? STEPPED : 0)));
	wire_put_u64(w, (uint64_t)e->stepped.ns);
	wire_put_u64(w, (uint64_t)known.ns);
	wire_put_u64(w, e->steps);
}

struct record {
	uint8_t flags;
	struct mono stepped;
	struct wall known;
	uint64_t steps;
};

static void
read_record(struct record *r, struct wire *w)
{
	r->flags = wire_u8(w);
	r->stepped.ns = (int64_t)wire_u64(w);
	r->known.ns = (int64_t)wire_u64(w);
	r->steps = wire_u64(w);
}

static void
recall(struct engine *e, const struct record *r, bool same_boot,
    const struct now *now)
{
	e->panicked = r->flags & PANICKED;
	e->has_stepped = r->flags & STEPPED;
	e->steps = r->steps;
	e->known = r->known;
	/* Of another boot: as if it had been just now. */
	e->stepped =
	    same_boot && r->stepped.ns <= now->mono.ns ? r->stepped : now->mono;
}

struct moment {
	uint64_t boot;
	struct mono at;
	int64_t home_ns;
	double offset, variance;
	struct server_time serving;
};

static void
read_moment(struct moment *m, struct wire *w)
{
	m->boot = wire_u64(w);
	m->at.ns = (int64_t)wire_u64(w);
	m->home_ns = (int64_t)wire_u64(w);
	m->offset = wire_f64(w);
	m->variance = wire_f64(w);
	m->serving = (struct server_time){ .precision = -20,
		.stratum = wire_u8(w),
		.refid = wire_u32(w) };
	m->serving.updated.ns = (int64_t)wire_u64(w);
	m->serving.root_delay_s = wire_f64(w);
	m->serving.root_disp_s = wire_f64(w);
	m->serving.disp_rate = wire_f64(w);
}

/* The same boot: the raw clock went on, and so do we, with a wider bound. */
static void
resume(struct engine *e, const struct moment *m, const struct now *now)
{
	if (m->boot == 0 || m->boot != e->conf.boot ||
	    m->at.ns > now->mono.ns || m->home_ns < 0 ||
	    m->home_ns > INT64_MAX / 2 || !(fabs(m->offset) < 1e9) ||
	    !(m->variance > 0) || !(m->variance < 1) ||
	    m->serving.stratum == 0 || m->serving.stratum >= STRATUM_UNSYNC ||
	    !(m->serving.root_disp_s >= 0 && m->serving.root_disp_s < 16) ||
	    !(m->serving.root_delay_s >= 0 && m->serving.root_delay_s < 16) ||
	    !(m->serving.disp_rate > 0 && m->serving.disp_rate < 1))
		return;
	e->scale.home_ns = m->home_ns;
	e->serving = m->serving;
	e->resumed = true;
	estimate_resume(&e->estimate, m->at, m->offset, m->variance);
	e->pair.own = e->estimate;
}

size_t
engine_write(const struct engine *e, const struct now *now,
    uint8_t octets[ENGINE_STATE_MAX])
{
	struct wire_out w = { octets, ENGINE_STATE_MAX, false };
	struct wire_out length;

	sealed_begin(&w, &kind);
	length = w;
	wire_put_u32(&w, 0);
	wire_put_u64(&w, (uint64_t)now->wall.ns);
	write_moment(e, now->mono, &w);
	write_record(e, now, &w);
	wire_put_u16(&w, (uint16_t)engine_voices(&e->conf));
	for (unsigned i = 0; i < e->conf.count; i++)
		wire_put_u64(&w, identity(&e->source[i].source.conf));
	if (e->conf.sibling.on)
		wire_put_u64(&w, SIBLING);
	/* The next life begins on its own oscillator. */
	estimate_write(e->conf.sibling.on && e->pair.own.known ? &e->pair.own :
								 &e->estimate,
	    &w);
	wire_put_u32(&length, (uint32_t)(w.at - octets) + SEALED_SUM);
	sealed_end(&w, octets);
	return w.bad ? 0 : (size_t)(w.at - octets);
}

int
engine_read(struct engine *e, const uint8_t *octets, size_t len,
    const struct now *now, struct err *err)
{
	struct estimate was;
	struct wire w = { octets, len, false };
	uint64_t who[ESTIMATE_SOURCES];
	struct wall written;
	unsigned count;
	int from[ESTIMATE_SOURCES];
	struct moment moment;
	struct record record;

	if (sealed_open(&w, &kind, err) == -1)
		return -1;
	if (wire_u32(&w) != len)
		return err_set(err, "of another size");
	written.ns = (int64_t)wire_u64(&w);
	read_moment(&moment, &w);
	read_record(&record, &w);
	count = wire_u16(&w);
	if (count == 0 || count > ESTIMATE_SOURCES)
		return err_set(err, "damaged: %u servers", count);
	for (unsigned i = 0; i < count; i++)
		who[i] = wire_u64(&w);
	estimate_init(&was, count);
	if (!estimate_read(&was, &w, wall_sub(now->wall, written)) || w.bad)
		return err_set(err, "damaged: impossible numbers");
	for (unsigned i = 0; i < engine_voices(&e->conf); i++) {
		uint64_t us =
		    i < e->conf.count ? identity(&e->conf.server[i]) : SIBLING;

		from[i] = -1;
		for (unsigned k = 0; k < count; k++)
			if (who[k] == us)
				from[i] = (int)k;
	}
	estimate_permute(&was, engine_voices(&e->conf), from);
	e->estimate = e->pair.own = was;
	e->warm = true;
	recall(e, &record, moment.boot != 0 && moment.boot == e->conf.boot,
	    now);
	resume(e, &moment, now);
	if (!e->resumed) /* another boot, another temperature */
		estimate_reopen(&e->estimate, 0,
		    REBOOT_PPM * REBOOT_PPM * 1e-12);
	e->pair.own = e->estimate;
	schedule_init(&e->schedule, e->conf.count, e->conf.poll_min_s,
	    e->conf.poll_max_s, false);
	for (unsigned i = 0; i < e->conf.count; i++)
		engine_begin(e, i, e->started);
	engine_hold_back(e);
	return 0;
}
