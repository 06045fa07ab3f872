/* SPDX-License-Identifier: ISC */
/*
 * The variables of an association: an upstream or the sibling.
 */
#include "view/mode6_parts.h"

#include <math.h>
#include <string.h>

#define FLASH_UNREACH 0x1000 /* ntpd's bit for "nobody answers" */

/* ---- an association's: an upstream or, where u is NULL, the sibling ---- */

static void
peer_srcadr(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_address(l, "src",
	    x->u != NULL ? &x->u->addr : &x->s->sibling.addr);
}

static void
peer_srchost(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_quoted(l, "srchost",
	    x->u != NULL ? x->u->host : x->s->sibling.host);
}

static void
peer_srcport(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "srcport=%u",
	    x->u != NULL ? x->u->addr.port : x->s->sibling.addr.port);
}

/* Each question has a socket of its own, at any address of ours. */
static void
peer_dstadr(const struct mode6_subject *x, struct mode6_list *l)
{
	struct addr any = x->u != NULL ? x->u->addr : x->s->sibling.addr;

	memset(any.ip, 0, sizeof(any.ip));
	any.scope = 0;
	mode6_address(l, "dst", &any);
}

static void
peer_dstport(const struct mode6_subject *x, struct mode6_list *l)
{
	(void)x;
	mode6_put(l, "dstport=0");
}

/* Is there something of it to tell? */
static bool
is_heard(const struct mode6_subject *x)
{
	return x->u != NULL ? x->u->sampled : x->s->sibling.reach != 0;
}

static void
peer_leap(const struct mode6_subject *x, struct mode6_list *l)
{
	uint8_t leap = x->u != NULL ? x->u->leap : x->s->sibling.leap;

	mode6_put(l, "leap=%u", is_heard(x) ? leap : LEAP_UNSYNC);
}

static void
peer_stratum(const struct mode6_subject *x, struct mode6_list *l)
{
	uint8_t stratum = x->u != NULL ? x->u->stratum : x->s->sibling.stratum;

	mode6_put(l, "stratum=%u", stratum != 0 ? stratum : STRATUM_UNSYNC);
}

static void
peer_precision(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "precision=%d",
	    x->u != NULL ? x->u->precision : x->s->sibling.precision);
}

static void
peer_rootdelay(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "rootdelay",
	    x->u != NULL ? x->u->root_delay_s : x->s->sibling.root_delay_s);
}

static void
peer_rootdisp(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "rootdisp",
	    x->u != NULL ? x->u->root_disp_s : x->s->sibling.root_disp_s);
}

static void
peer_refid(const struct mode6_subject *x, struct mode6_list *l)
{
	if (!is_heard(x))
		mode6_put(l, "refid=INIT");
	else if (x->u != NULL)
		mode6_refid(l, x->u->stratum, x->u->refid);
	else
		mode6_refid(l, x->s->sibling.stratum, x->s->sibling.refid);
}

/* So long ago something good came; < 0: nothing did, or it is not known. */
static double
heard_s(const struct mode6_subject *x)
{
	if (x->u == NULL)
		return x->s->sibling.heard_s;
	return x->u->sampled && x->u->missed == 0 ? x->u->last_s : -1;
}

static void
peer_rec(const struct mode6_subject *x, struct mode6_list *l)
{
	if (heard_s(x) >= 0)
		mode6_instant(l, "rec", wall_add(x->w->now, -heard_s(x)));
}

static void
peer_xmt(const struct mode6_subject *x, struct mode6_list *l)
{
	if (x->u != NULL && x->u->last_s >= 0)
		mode6_instant(l, "xmt", wall_add(x->w->now, -x->u->last_s));
}

static void
peer_reach(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "reach=0x%x",
	    x->u != NULL ? x->u->reach : x->s->sibling.reach);
}

static void
peer_unreach(const struct mode6_subject *x, struct mode6_list *l)
{
	if (x->u != NULL)
		mode6_put(l, "unreach=%u", x->u->missed);
	else
		mode6_put(l, "unreach=0");
}

static bool
is_symmetric(const struct mode6_subject *x)
{
	return x->u == NULL && x->s->sibling.symmetric;
}

static void
peer_hmode(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "hmode=%u",
	    is_symmetric(x) ? MODE_SYMMETRIC_ACTIVE : MODE_CLIENT);
}

static void
peer_pmode(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "pmode=%u",
	    is_symmetric(x) ? MODE_SYMMETRIC_ACTIVE : MODE_SERVER);
}

static int
poll_of(const struct mode6_subject *x)
{
	return mode6_log2(
	    x->u != NULL ? x->u->poll_s : x->s->sibling.interval_s);
}

static void
peer_hpoll(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "hpoll=%d", poll_of(x));
}

/* Our questions name none, nor do answers: it is ours. */
static void
peer_ppoll(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "ppoll=%d", poll_of(x));
}

/* Until it may be asked again. */
static void
peer_headway(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "headway=%.0f",
	    x->u != NULL && x->u->next_s > 0 ? x->u->next_s : 0.0);
}

static void
peer_flash(const struct mode6_subject *x, struct mode6_list *l)
{
	unsigned reach = x->u != NULL ? x->u->reach : x->s->sibling.reach;

	mode6_put(l, "flash=0x%x", reach == 0 ? FLASH_UNREACH : 0);
}

static void
peer_keyid(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_put(l, "keyid=%u",
	    x->u != NULL ? x->u->key_id : x->s->sibling.key_id);
}

static double
offset_of(const struct mode6_subject *x)
{
	if (!is_heard(x))
		return 0;
	return x->u != NULL ? x->u->offset_s : x->s->sibling.offset_s;
}

static double
delay_of(const struct mode6_subject *x)
{
	if (!is_heard(x))
		return 0;
	return x->u != NULL ? x->u->delay_s : x->s->sibling.delay_s;
}

/* What the distance at which we reckon it holds beside half of the delays and
 * its own dispersion: the age of the sample, as in peerstats.  Jitter is no part
 * of it. */
static double
dispersion_of(const struct mode6_subject *x)
{
	const struct snapshot_upstream *u = x->u;

	if (u == NULL || !u->sampled)
		return 0;
	return fmax(0,
	    u->distance_s - (u->delay_s + u->root_delay_s) / 2 -
		u->root_disp_s);
}

static void
peer_offset(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "offset", offset_of(x));
}

static void
peer_delay(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "delay", delay_of(x));
}

static void
peer_dispersion(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "dispersion", dispersion_of(x));
}

static void
peer_jitter(const struct mode6_subject *x, struct mode6_list *l)
{
	mode6_ms(l, "jitter",
	    x->u != NULL && x->u->sampled ? x->u->jitter_s : 0);
}

/*
 * ntpd's filter has eight stages (RFC 5905 10), and its programs expect so
 * many; we tell the latest sample, and the others as ntpd does those that are
 * still empty.
 */
static void
put_filter(struct mode6_list *l, const char *name, double s, const char *rest)
{
	char value[128];
	struct text t = TEXT(value);

	text_add(&t, "%.2f", isfinite(s) ? s * 1e3 : 0);
	for (int i = 1; i < 8; i++)
		text_add(&t, " %s", rest);
	mode6_put(l, "%s=%s", name, value);
}

static void
peer_filtdelay(const struct mode6_subject *x, struct mode6_list *l)
{
	put_filter(l, "filtdelay", delay_of(x), "0.00");
}

static void
peer_filtoffset(const struct mode6_subject *x, struct mode6_list *l)
{
	put_filter(l, "filtoffset", offset_of(x), "0.00");
}

static void
peer_filtdisp(const struct mode6_subject *x, struct mode6_list *l)
{
	put_filter(l, "filtdisp", is_heard(x) ? dispersion_of(x) : 16,
	    "16000.00");
}

const struct mode6_variable mode6_peer[] = {
	{ "srcadr", peer_srcadr },
	{ "srcport", peer_srcport },
	{ "srchost", peer_srchost },
	{ "dstadr", peer_dstadr },
	{ "dstport", peer_dstport },
	{ "leap", peer_leap },
	{ "stratum", peer_stratum },
	{ "precision", peer_precision },
	{ "rootdelay", peer_rootdelay },
	{ "rootdisp", peer_rootdisp },
	{ "refid", peer_refid },
	{ "rec", peer_rec },
	{ "xmt", peer_xmt },
	{ "reach", peer_reach },
	{ "unreach", peer_unreach },
	{ "hmode", peer_hmode },
	{ "pmode", peer_pmode },
	{ "hpoll", peer_hpoll },
	{ "ppoll", peer_ppoll },
	{ "headway", peer_headway },
	{ "flash", peer_flash },
	{ "keyid", peer_keyid },
	{ "offset", peer_offset },
	{ "delay", peer_delay },
	{ "dispersion", peer_dispersion },
	{ "jitter", peer_jitter },
	{ "filtdelay", peer_filtdelay },
	{ "filtoffset", peer_filtoffset },
	{ "filtdisp", peer_filtdisp },
	{ NULL, NULL },
};
