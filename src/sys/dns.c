/* SPDX-License-Identifier: ISC */
#include "sys/dns.h"

#include "base/text.h"
#include "sys/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_MAX 256
#define ANSWERS 16
#define AGAIN_S 16.0
#define HOUR_S 3600.0

/* ------------------------------------------------- what a thread holds */

/* The way home.  Whoever holds it last closes it: a thread that hangs may
 * live longer than struct dns. */
struct home {
	_Atomic unsigned holders;
	int fd;
};

struct job {
	struct home *home;
	dns_lookup *lookup;
	unsigned i, generation;
	char host[HOST_MAX];
};

/* What goes through the pipe: one write, whole, as it is so small. */
struct result {
	unsigned i, generation, count;
	struct addr a[ANSWERS];
};
_Static_assert(sizeof(struct result) <= PIPE_BUF, "a write of it is atomic");

static void
home_drop(struct home *h)
{
	if (atomic_fetch_sub(&h->holders, 1) != 1)
		return;
	close(h->fd);
	free(h);
}

static void *
run(void *arg)
{
	struct job *j = arg;
	struct result r;

	memset(&r, 0, sizeof(r));
	r.i = j->i;
	r.generation = j->generation;
	r.count = j->lookup(j->host, r.a, ANSWERS);
	/* If nobody reads any more, nobody misses it. */
	ssize_t n = write(j->home->fd, &r, sizeof(r));
	(void)n;
	home_drop(j->home);
	free(j);
	return NULL;
}

/* Signals are the loop's; SIGPIPE of a late answer is nobody's. */
static int
start_thread(struct job *j)
{
	pthread_t thread;
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, NULL, run, j);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		pthread_detach(thread);
	return rc;
}

/* Is it an address of this machine?  We do not ask ourselves. */
static bool
is_ours(const struct ifaddrs *list, const struct addr *a)
{
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		struct addr own;

		if (i->ifa_addr == NULL)
			continue;
		own = udp_addr(i->ifa_addr);
		if (own.family != ADDR_NONE && !addr_is_loopback(&own) &&
		    addr_same_host(&own, a))
			return true;
	}
	return false;
}

static unsigned
ask_system(const char *host, struct addr *a, unsigned max)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	struct ifaddrs *own = NULL;
	unsigned n = 0;

	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return 0;
	if (getifaddrs(&own) == -1)
		own = NULL;
	for (struct addrinfo *i = list; i != NULL && n < max; i = i->ai_next) {
		a[n] = udp_addr(i->ai_addr);
		if (a[n].family != ADDR_NONE && !is_ours(own, &a[n]))
			n++;
	}
	freeifaddrs(own);
	freeaddrinfo(list);
	return n;
}

/* ------------------------------------------------------------- a name */

struct name {
	struct dns *owner;
	unsigned i;
	unsigned generation; /* of host: older answers are not for us */
	char host[HOST_MAX]; /* "": none */
	bool all;	     /* its addresses are of interest, not one */
	uint16_t port;
	struct addr at; /* ADDR_NONE: not yet known */
	unsigned failures;
	struct event *timer; /* set unless a look-up is under way */
};

struct dns {
	struct loop *loop;
	dns_found *found;
	void *ctx;
	dns_lookup *lookup;
	struct home *home;
	int fd; /* where results arrive */
	struct event *arrived;
	struct name name[DNS_NAMES];
};

bool
dns_usable(const char *host, const struct addr *a)
{
	struct addr literal;

	if (a->family == ADDR_NONE || addr_is_any(a) || addr_is_multicast(a))
		return false;
	if (!addr_is_loopback(a))
		return true;
	/* A resolver must not send us to ourselves. */
	return strcmp(host, "localhost") == 0 ||
	    (addr_parse(&literal, host) && addr_is_loopback(&literal));
}

double
dns_wait_s(unsigned failures)
{
	if (failures == 0 || failures > 8)
		return HOUR_S;
	return AGAIN_S * (1 << (failures - 1)); /* 16 s ... 2048 s */
}

static void
name_failed(struct name *n)
{
	if (n->failures < UINT_MAX)
		n->failures++;
	loop_set(n->timer, dns_wait_s(n->failures));
}

static void
name_ask(void *ctx)
{
	struct name *n = ctx;
	struct dns *d = n->owner;
	struct job *j = malloc(sizeof(*j));

	if (j == NULL) {
		name_failed(n);
		return;
	}
	*j = (struct job){ .home = d->home,
		.lookup = d->lookup,
		.i = n->i,
		.generation = n->generation };
	text_copy(j->host, sizeof(j->host), n->host);
	atomic_fetch_add(&d->home->holders, 1);
	if (start_thread(j) != 0) {
		home_drop(d->home);
		free(j);
		name_failed(n);
	}
}

/* Tells all that can be; false if there is none. */
static bool
tell_each(struct name *n, const struct result *r)
{
	bool any = false;

	for (unsigned i = 0; i < r->count && i < ANSWERS; i++) {
		struct addr a = r->a[i];

		if (!dns_usable(n->host, &a))
			continue;
		a.port = n->port;
		n->owner->found(n->owner->ctx, n->i, &a);
		any = true;
	}
	return any;
}

static void
name_answered(struct name *n, const struct result *r)
{
	const struct addr *first = NULL;
	struct addr a;

	if (n->all && tell_each(n, r)) {
		n->failures = 0;
		loop_set(n->timer, dns_wait_s(0));
		return;
	}
	for (unsigned i = 0; i < r->count && i < ANSWERS; i++) {
		if (!dns_usable(n->host, &r->a[i]))
			continue;
		if (first == NULL || addr_same_host(&r->a[i], &n->at))
			first = &r->a[i];
	}
	if (first == NULL) {
		name_failed(n);
		return;
	}
	n->failures = 0;
	loop_set(n->timer, dns_wait_s(0));
	if (addr_same_host(first, &n->at))
		return;
	a = *first;
	a.port = n->port;
	n->at = a;
	n->owner->found(n->owner->ctx, n->i, &a);
}

static void
results(void *ctx)
{
	struct dns *d = ctx;
	struct result r;

	if (read(d->fd, &r, sizeof(r)) != sizeof(r) || r.i >= DNS_NAMES)
		return;
	if (r.generation == d->name[r.i].generation &&
	    d->name[r.i].host[0] != '\0')
		name_answered(&d->name[r.i], &r);
}

/* ------------------------------------------------------------- all names */

static struct home *
home_new(int fd)
{
	struct home *h = malloc(sizeof(*h));

	if (h == NULL)
		return NULL;
	atomic_init(&h->holders, 1);
	h->fd = fd;
	return h;
}

static bool
open_pipe(struct dns *d)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	d->fd = fd[0];
	d->home = home_new(fd[1]);
	if (d->home == NULL)
		close(fd[1]);
	return d->home != NULL;
}

struct dns *
dns_new(struct loop *l, dns_found *found, void *ctx)
{
	struct dns *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	*d = (struct dns){ .loop = l,
		.found = found,
		.ctx = ctx,
		.lookup = ask_system,
		.fd = -1 };
	if (!open_pipe(d))
		goto fail;
	d->arrived = loop_watch(l, d->fd, results, d);
	if (d->arrived == NULL)
		goto fail;
	for (unsigned i = 0; i < DNS_NAMES; i++) {
		struct name *n = &d->name[i];

		n->owner = d;
		n->i = i;
		n->timer = loop_timer(l, name_ask, n);
		if (n->timer == NULL)
			goto fail;
	}
	return d;
fail:
	dns_free(d);
	return NULL;
}

void
dns_free(struct dns *d)
{
	if (d == NULL)
		return;
	for (unsigned i = 0; i < DNS_NAMES; i++)
		loop_drop(d->name[i].timer);
	loop_drop(d->arrived);
	if (d->home != NULL)
		home_drop(d->home);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

void
dns_ask_by(struct dns *d, dns_lookup *lookup)
{
	d->lookup = lookup;
}

void
dns_drop(struct dns *d, unsigned i)
{
	struct name *n = &d->name[i];

	loop_set(n->timer, -1);
	n->host[0] = '\0';
	n->all = false;
	n->at = (struct addr){ 0 };
	n->failures = 0;
	n->generation++;
}

int
dns_add(struct dns *d, unsigned i, const char *host, uint16_t port)
{
	struct name *n;

	if (i >= DNS_NAMES || strlen(host) >= HOST_MAX || *host == '\0')
		return -1;
	n = &d->name[i];
	if (strcmp(n->host, host) == 0 && n->port == port)
		return 0;
	dns_drop(d, i);
	text_copy(n->host, sizeof(n->host), host);
	n->port = port;
	name_ask(n);
	return 0;
}

void
dns_all(struct dns *d, unsigned i)
{
	if (i < DNS_NAMES)
		d->name[i].all = true;
}

void
dns_pin(struct dns *d, unsigned i, const struct addr *a)
{
	if (i < DNS_NAMES && d->name[i].host[0] != '\0')
		d->name[i].at = *a;
}
