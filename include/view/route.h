/* SPDX-License-Identifier: ISC */
/*
 * route.h - which page a request is for, and what it says.
 *
 *	/		dash.h
 *	/healthz	200 "ok" while the time is right, else 503
 *	/metrics	metrics.h
 *	/status.json, /upstreams.json, ...	json.h
 *	/clients.json	roll_print.h: those that ask most
 *	/ntpgate.css, ...			asset.h
 *
 * Reading only: no page changes anything, and no secret is in any of them.
 * While the engine is silent the page at / says so, and programs get 503: what
 * was true once must not look so now.
 */
#ifndef VIEW_ROUTE_H
#define VIEW_ROUTE_H

#include "base/text.h"
#include "view/history.h"
#include "view/request.h"
#include "view/roll.h"
#include "view/snapshot.h"

/* What is known. */
struct route_world {
	const struct snapshot *s; /* NULL: the engine has not yet spoken */
	double age_s;		  /* of s */
	const struct history *h;
	struct wall clock;		/* the machine's */
	const struct roll *rate, *sick; /* as dash.h has them */
};

struct route_answer {
	unsigned status; /* 200, 404 or 503 */
	const char *type;
	bool live; /* of this moment: not to be stored */
};

/* Does the answer need a fresh snapshot? */
bool route_is_live(const struct request *r);

#define ROUTE_BODY_MAX (256 * 1024)
struct route_answer route(const struct request *r, const struct route_world *w,
    struct text *body);

/* The engine is silent when it has not spoken for so long. */
#define ROUTE_STALE_S 5.0

/* Synchronised, or in holdover and still good enough to serve; and the engine
 * is not silent. */
bool route_is_well(const struct route_world *w);

#endif
