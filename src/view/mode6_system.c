/* SPDX-License-Identifier: ISC */
/*
 * The variables of the system, and how values are written.
 */
#include "view/mode6_parts.h"

#include <math.h>
#include <string.h>

/* ---- values ---- */

void
mode6_ms(struct mode6_list *l, const char *name, double s)
{
	if (isfinite(s))
		mode6_put(l, "%s=%.6f", name, s * 1e3);
}

void
mode6_instant(struct mode6_list *l, const char *name, struct wall t)
{
	char buf[MODE6_STAMP];

	mode6_put(l, "%s=%s", name, mode6_stamp(t, buf));
}

int
mode6_log2(double s)
{
	return s > 0 ? (int)lround(log2(s)) : 0;
}

/* The letters or the address; before there is one ntpd's word for that.  A
 * server chooses its letters: none of them ends the value. */
void
mode6_refid(struct mode6_list *l, uint8_t stratum, uint32_t refid)
{
	char buf[SNAPSHOT_REFID];

	snapshot_refid(stratum, refid, buf);
	for (char *c = buf; (c = strpbrk(c, ",\"=")) != NULL;)
		*c = '.';
	mode6_put(l, "refid=%s", buf[0] != '\0' ? buf : "INIT");
}

void
mode6_date(struct mode6_list *l, const char *name, int64_t second)
{
	struct date d = date_of(second / 86400);

	mode6_put(l, "%s=\"%04lld-%02d-%02dT%02lld:%02lldZ\"", name,
	    (long long)d.year, d.month, d.day,
	    (long long)(second % 86400 / 3600),
	    (long long)(second % 3600 / 60));
}

void
mode6_address(struct mode6_list *l, const char *what, const struct addr *a)
{
	char buf[ADDR_TEXT];
	struct addr none = { .family = ADDR_V4 };

	mode6_put(l, "%sadr=%s", what,
	    addr_print(a->family != ADDR_NONE ? a : &none, false, buf));
}

/* Names of hosts are what a configuration may hold; quotes are not. */
void
mode6_quoted(struct mode6_list *l, const char *name, const char *text)
{
	char clean[SOURCE_HOST_MAX];
	size_t n = 0;

	for (; *text != '\0' && n < sizeof(clean) - 1; text++)
		if (*text >= ' ' && *text <= '~' && *text != '"')
			clean[n++] = *text;
	clean[n] = '\0';
	mode6_put(l, "%s=\"%s\"", name, clean);
}

/* ---- the system's ---- */

static void
sys_version(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_quoted(l, "version", x->w->version);
}

static void
sys_processor(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_quoted(l, "processor", x->w->processor);
}

static void
sys_system(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_quoted(l, "system", x->w->system);
}

static void
sys_leap(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "leap=%u", x->s->serving.leap);
}

static void
sys_stratum(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "stratum=%u", x->s->serving.stratum);
}

static void
sys_precision(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "precision=%d", x->s->serving.precision);
}

static void
sys_rootdelay(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "rootdelay", x->s->serving.root_delay_s);
}

static void
sys_rootdisp(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "rootdisp", x->s->root_disp_s);
}

static void
sys_rootdist(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "rootdist", x->s->root_distance_s);
}

static void
sys_refid(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_refid(l, x->s->serving.stratum, x->s->serving.refid);
}

/* A clock that was never set has none. */
static void
sys_reftime(const struct mode6_subject *x, struct mode6_list *l)
{
	if (x->s->serving.updated.ns != 0)
		mode6_instant(l, "reftime", x->s->serving.updated);
	else
		mode6_put(l, "reftime=0x00000000.00000000");
}

static void
sys_tc(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "tc=%d", mode6_log2(x->s->pace.interval_s));
}

static unsigned
sys_peer_of(const struct snapshot *s)
{
	if (s->named >= 0)
		return (unsigned)s->named + 1;
	return s->sibling.state != SNAPSHOT_SIBLING_NONE &&
		mode6_follows_sibling(s) ?
	    MODE6_SIBLING :
	    0;
}

static void
sys_peer(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "peer=%u", sys_peer_of(x->s));
}

/* The same as an address and a mode of ours, for "sysinfo". */
static void
sys_peeradr(const struct mode6_subject *x, struct mode6_list *l)
{
	unsigned n = sys_peer_of(x->s);
	struct addr a = { .family = ADDR_V4 };
	char buf[ADDR_TEXT];

	if (n == MODE6_SIBLING)
		a = x->s->sibling.addr;
	else if (n > 0)
		a = x->s->upstream[n - 1].addr;
	mode6_put(l, "peeradr=%s", addr_print(&a, true, buf));
}

static void
sys_peermode(const struct mode6_subject *x, struct mode6_list *l)
{
	unsigned n = sys_peer_of(x->s), mode = MODE_CLIENT;

	if (n == 0)
		mode = 0;
	else if (n == MODE6_SIBLING && x->s->sibling.symmetric)
		mode = MODE_SYMMETRIC_ACTIVE;
	mode6_put(l, "peermode=%u", mode);
}

static void
sys_offset(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "offset",
	    isfinite(x->s->error_bound_s) ? x->s->offset_s : 0.0);
}

static void
sys_frequency(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "frequency=%.6f",
	    isfinite(x->s->error_bound_s) ? x->s->frequency_ppm : 0.0);
}

/* That of whom our reference id names. */
static void
sys_jitter(const struct mode6_subject *x, struct mode6_list *l)
{
	const struct snapshot *s = x->s;

	mode6_ms(l, "sys_jitter",
	    s->named >= 0 ? s->upstream[s->named].jitter_s : 0.0);
}

static void
sys_clock(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_instant(l, "clock", x->w->now);
}

static void
sys_tai(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "tai=%d", leap_tai(x->w->leap, x->w->now));
}

static void
sys_leapsec(const struct mode6_subject *x, struct mode6_list *l)
{
	const struct leap_table *t = x->w->leap;

	if (t->count > 0)
		mode6_date(l, "leapsec", t->line[t->count - 1].at);
}

static void
sys_expire(const struct mode6_subject *x, struct mode6_list *l)
{
	if (x->w->leap->expires != 0)
		mode6_date(l, "expire", x->w->leap->expires);
}

const struct mode6_variable mode6_system[] = {
	{ "version", sys_version },
	{ "processor", sys_processor },
	{ "system", sys_system },
	{ "leap", sys_leap },
	{ "stratum", sys_stratum },
	{ "precision", sys_precision },
	{ "rootdelay", sys_rootdelay },
	{ "rootdisp", sys_rootdisp },
	{ "rootdist", sys_rootdist },
	{ "refid", sys_refid },
	{ "reftime", sys_reftime },
	{ "tc", sys_tc },
	{ "peer", sys_peer },
	{ "peeradr", sys_peeradr },
	{ "peermode", sys_peermode },
	{ "offset", sys_offset },
	{ "frequency", sys_frequency },
	{ "sys_jitter", sys_jitter },
	{ "clock", sys_clock },
	{ "tai", sys_tai },
	{ "leapsec", sys_leapsec },
	{ "expire", sys_expire },
	{ NULL, NULL },
};
