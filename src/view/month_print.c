/* SPDX-License-Identifier: ISC */
#include "view/month_print.h"

#include <math.h>
#include <string.h>

#define HOST 30 /* columns of a host */
#define DAY_S 86400
#define ITEM 4 /* columns before the later lines of an incident */

static const char *const month_word[] = { "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };

/* ---- words */

/* "8 640 123" */
static struct page_words
count(uint64_t n)
{
	struct page_words w;
	struct text t = TEXT(w.text);
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 1000;
	text_add(&t, "%llu", (unsigned long long)(n / unit));
	while ((unit /= 1000) > 0)
		text_add(&t, " %03llu", (unsigned long long)(n / unit % 1000));
	return w;
}

/* Of an estimate, three digits: "100 000" */
static struct page_words
about(double v)
{
	uint64_t n = (uint64_t)round(fmax(0, fmin(v, 1e15))), unit = 1;

	while (n / unit >= 1000)
		unit *= 10;
	return count((n + unit / 2) / unit * unit);
}

/* "once", "12 times" */
static struct page_words
times(uint64_t n)
{
	struct page_words w;
	struct text t = TEXT(w.text);

	if (n == 1)
		text_add(&t, "once");
	else
		text_add(&t, "%s times", count(n).text);
	return w;
}

/* "1.31 GB"; "76 B" */
static struct page_words
octets(uint64_t n)
{
	static const char *const unit[] = { "B", "kB", "MB", "GB", "TB", "PB",
		"EB" };
	struct page_words w;
	struct text t = TEXT(w.text);
	double v = (double)n;
	size_t u = 0;

	for (; v >= 999.5; u++)
		v /= 1000;
	text_add(&t, "%.*f %s",
	    u == 0 || v >= 99.95 ? 0 :
		v < 9.995	 ? 2 :
				   1,
	    v, unit[u]);
	return w;
}

/* "99.95 %"; 100 is all, and nothing less */
static struct page_words
percent(double part, double all)
{
	struct page_words w;
	struct text t = TEXT(w.text);
	double v = all > 0 ? fmin(1, part / all) : 0;

	text_add(&t, v == 1 ? "100 %%" : "%.2f %%", floor(v * 1e4) / 1e2);
	return w;
}

/* "0.07"; what is there and rounds to nothing is not nothing */
static struct page_words
money(double v)
{
	struct page_words w;
	struct text t = TEXT(w.text);

	if (v > 0 && v < 0.005)
		text_add(&t, "less than 0.01");
	else
		text_add(&t, "%.2f", v);
	return w;
}

/* "23 Nov 04:12" */
static struct page_words
when(struct wall at)
{
	struct date d = date_of(at.ns / 1000000000 / DAY_S);
	unsigned minute = (unsigned)(month_day_s(at) / 60);
	struct page_words w;
	struct text t = TEXT(w.text);

	text_add(&t, "%d %.3s %02u:%02u", d.day, month_word[d.month - 1],
	    minute / 60, minute % 60);
	return w;
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- how good the time was */

static void
say_recorded(const struct page *p, const struct month_page *m,
    const struct month_bill *b)
{
	char gap[160] = "";
	struct text t = TEXT(gap);
	uint64_t starts = m->month->count[MONTH_STARTS];

	if (b->unknown_s > 0)
		text_add(&t,
		    "; of %s of it nothing is known: the gateway did not run",
		    page_span(b->unknown_s).text);
	if (starts > 0)
		text_add(&t, "; it was started %s", times(starts).text);
	if (b->whole)
		page_say(p, "Recorded", "the whole month%s", gap);
	else
		page_say(p, "Recorded", "%s to %s%s", when(b->since).text,
		    when(b->until).text, gap);
}

static void
say_quality(const struct page *p, const struct month *m)
{
	page_say(p, "Available",
	    "%s of the %s that it ran, hosts were given the time",
	    percent(m->served_s, m->covered_s).text,
	    page_span(m->covered_s).text);
	if (m->bounded_s > 0)
		page_say(p, "Accuracy",
		    "the clock was within %s of the truth on average, and "
		    "within %s at worst (with 95 %% certainty)",
		    page_seconds(m->bound_s / m->bounded_s).text,
		    page_seconds(m->bound_worst_s).text);
}

static void
add_spell(struct text *t, const struct month_spell *s, const char *words)
{
	if (s->s >= 0.5)
		text_add(t, "%s%s %s", t->len > 0 ? ", " : "",
		    page_span(s->s).text, words);
}

static void
say_synced(const struct page *p, const struct month *m)
{
	char rest[256] = "";
	struct text t = TEXT(rest);

	add_spell(&t, &m->spell[ENGINE_STARTING], "starting");
	add_spell(&t, &m->spell[ENGINE_HOLDOVER],
	    "on what was learned (holdover)");
	add_spell(&t, &m->spell[ENGINE_ORPHAN], "without any server (orphan)");
	add_spell(&t, &m->spell[ENGINE_PANIC], "in doubt of the clock (panic)");
	page_say(p, "Synced", "%s of it a majority of servers agreed%s%s",
	    percent(m->spell[ENGINE_SYNCED].s, m->covered_s).text,
	    t.len > 0 ? "; else: " : "", rest);
}

/* ---- who asked, and what it saved */

static const struct month_day *
busiest(const struct month *m, int *day)
{
	const struct month_day *most = &m->day[0];

	for (int i = 1; i < MONTH_DAYS; i++)
		if (m->day[i].requests > most->requests)
			most = &m->day[i];
	*day = (int)(most - m->day) + 1;
	return most;
}

static void
say_hosts(const struct page *p, const struct month *m,
    const struct month_bill *b)
{
	const uint64_t *n = m->count;
	int day;
	const struct month_day *most = busiest(m, &day);

	if (b->requests == 0 && n[MONTH_DENIED] + n[MONTH_BAD] == 0) {
		page_say(p, "Hosts", "nobody inside asked for the time");
		return;
	}
	if (m->hosts < 0.5)
		page_say(p, "Hosts", "how many asked for the time is unknown");
	else
		page_say(p, "Hosts",
		    "about %s different one%s asked for the time",
		    about(m->hosts).text, m->hosts < 1.5 ? "" : "s");
	page_say(p, "Requests",
	    "%s of hosts, %s of them above the limit for one host; besides, "
	    "%s of hosts that may not ask and %s that could not be read",
	    count(b->requests).text, count(n[MONTH_LIMITED]).text,
	    count(n[MONTH_DENIED]).text, count(n[MONTH_BAD]).text);
	page_say(p, "Busiest",
	    "on %d %.3s, with %s requests of about %s host%s", day,
	    month_word[m->number % 12], count(most->requests).text,
	    about(most->hosts).text, plural(most->hosts));
}

static void
add_traffic(const struct page *p, const char *what,
    const struct month_traffic *t)
{
	text_add(p->out, "  %-22s %16s %16s %10s\n", what, count(t->in).text,
	    count(t->out).text, octets(t->octets).text);
}

static void
say_traffic(const struct page *p, const struct month_bill *b)
{
	text_add(p->out, "\n  %-22s %16s %16s %10s\n", "Traffic", "packets in",
	    "packets out", "in all");
	add_traffic(p, "inside", &b->inside);
	add_traffic(p, "outside", &b->outside);
	add_traffic(p, "outside without us", &b->without);
	text_add(p->out, "\n");
}

static void
say_saving(const struct page *p, const struct month_page *m,
    const struct month_bill *b)
{
	if (b->without.octets > b->outside.octets)
		page_say(p, "Saved", "%s, %s of what the outside would carry",
		    octets(b->without.octets - b->outside.octets).text,
		    percent((double)(b->without.octets - b->outside.octets),
			(double)b->without.octets)
			.text);
	else
		page_say(p, "Saved",
		    "nothing: so few requests came that the gateway's own "
		    "cost as much or more");
	if (m->price_per_gb > 0)
		page_say(p, "Money",
		    "at %.9g a GB: %s without us, %s with us, %s %s",
		    m->price_per_gb, money(b->without.cost).text,
		    money(b->outside.cost).text, money(fabs(b->saving)).text,
		    b->saving < 0 ? "lost" : "saved");
	page_say(p, "Assumed",
	    "without us each request would have gone to a public server and "
	    "been answered, with %d bytes a packet (%d of NTP, %d of UDP and "
	    "IPv4; IPv6 has 20 more).  Inside, %d a packet are added to what NTP "
	    "carried.  1 GB is 1000 MB.",
	    MONTH_BILL_PACKET, MONTH_BILL_PACKET - MONTH_BILL_HEADERS,
	    MONTH_BILL_HEADERS, MONTH_BILL_HEADERS);
}

/* ---- servers */

static void
say_manners(const struct page *p, const struct month_page *m)
{
	const struct month *n = m->month;
	const struct snapshot *s = m->snapshot;

	page_say(p, "Budget",
	    "%u packet%s to servers in 24 hours at most, of "
	    "%u allowed",
	    n->day_most, plural(n->day_most), n->budget);
	if (n->sibling_s > 0)
		page_say(p, "Sibling",
		    "the other gateway%s%s%s sent about %s packets to servers, "
		    "by its own word, in the %s that it was heard; what its "
		    "hosts asked is in its own report",
		    s->sibling.name[0] != '\0' ? " (" : "", s->sibling.name,
		    s->sibling.name[0] != '\0' ? ")" : "",
		    about(n->sibling_sent).text, page_span(n->sibling_s).text);
	else if (s->sibling.state != SNAPSHOT_SIBLING_NONE)
		page_say(p, "Sibling",
		    "what the other gateway sent to servers is not known");
}

static struct page_words
score(bool known, double v)
{
	struct page_words w;
	struct text t = TEXT(w.text);

	if (known)
		text_add(&t, "%.1f", v);
	else
		text_add(&t, "-");
	return w;
}

static void
add_server(const struct page *p, const struct month_upstream *u)
{
	bool asked = u->asked_s > 0;

	text_add(p->out, "  ");
	page_name(p, u->host, HOST);
	text_add(p->out, " %8llu %8llu %6llu %6s %6s %6s\n",
	    (unsigned long long)u->sent, (unsigned long long)u->received,
	    (unsigned long long)u->kisses, score(asked, u->score).text,
	    score(asked, u->score_s / u->asked_s).text,
	    score(isfinite(u->worst), u->worst).text);
}

static void
say_servers(const struct page *p, const struct month *m)
{
	struct month_upstream rest = { .host = "others",
		.sent = m->count[MONTH_SENT],
		.received = m->count[MONTH_RECEIVED],
		.kisses = m->count[MONTH_KISSES],
		.worst = INFINITY };

	text_add(p->out, "\n  %-*s %8s %8s %6s %6s %6s %6s\n", HOST, "Servers",
	    "asked", "answers", "kisses", "score", "mean", "lowest");
	for (unsigned i = 0; i < MONTH_UPSTREAMS; i++) {
		const struct month_upstream *u = &m->upstream[i];

		if (u->host[0] == '\0')
			continue;
		add_server(p, u);
		rest.sent -= u->sent;
		rest.received -= u->received;
		rest.kisses -= u->kisses;
	}
	if (rest.sent > 0)
		add_server(p, &rest);
	text_add(p->out, "  ");
	page_wrap(p, 2, 2,
	    "Kisses are what a server says that wants to be asked less.  20 is "
	    "the best score; below 10 a server is not good enough.  \"lowest\" "
	    "is the lowest to which it fell, \"-\" if it never did.");
	text_add(p->out, "\n");
}

/* ---- incidents */

static const struct {
	const char *what, *means;
} kind[MONTH_KINDS] = {
	[MONTH_HOLDOVER] = { "Holdover",
	    "no majority of servers: the clock ran by what was learned" },
	[MONTH_ORPHAN] = { "Orphan",
	    "no server for long: the gateways kept a time of their own" },
	[MONTH_PANIC] = { "Panic",
	    "servers called the clock far off: an operator was needed" },
	[MONTH_STEPPED] = { "Clock set by others",
	    "another program or the machine set it" },
	[MONTH_MISSED] = { "Accuracy missed",
	    "the promise could not be kept with the packets allowed" },
	[MONTH_SILENT] = { "Silent server", "it did not answer any more" },
	[MONTH_FALSETICKER] = { "Wrong server",
	    "it disagreed with the majority and was not used" },
	[MONTH_KISSED] = { "Kiss",
	    "a server wanted fewer questions and got fewer" },
	[MONTH_RETIRED] = { "Retired server",
	    "it does not want us, or is of no use: not asked for 30 days" },
	[MONTH_FEW] = { "Few servers", "most are retired: name others" },
	[MONTH_BUDGET_HIGH] = { "Budget at 80 %",
	    "four fifths of a day's packets were spent" },
	[MONTH_BUDGET_SPENT] = { "Budget spent",
	    "nobody was asked until some was left again" },
	[MONTH_LEDGER_LOST] = { "Ledger lost",
	    "what had been asked was not known: a day of few questions" },
	[MONTH_LEDGER_CLOSED] = { "Ledger closed",
	    "it could not be written: nobody was asked" },
	[MONTH_SIBLING_LOST] = { "Other gateway lost",
	    "it was heard no more: we asked alone" },
	[MONTH_SIBLING_DROPPED] = { "Other gateway dropped",
	    "it disagreed with our own servers" },
	[MONTH_ATTACK] = { "Attack suspected",
	    "many packets that nobody asked for, or with false signatures" },
	[MONTH_SICK] = { "Sick host",
	    "one of ours asked far too often, or wrongly" },
	[MONTH_ROGUE] = { "Rogue host",
	    "one of ours asked outside, and the firewall brought it here" },
	[MONTH_MORE] = { "Many hosts",
	    "so many were sick or rogue at once that not each is counted" },
};

/* ": ntp1.example.net (12 times), 192.0.2.40" */
static void
add_subjects(struct text *t, const struct month_incident *n)
{
	uint32_t rest = n->count;
	const char *between = ": ";

	for (unsigned i = 0; i < MONTH_SUBJECTS; i++) {
		const struct month_subject *u = &n->subject[i];

		if (u->name[0] == '\0')
			continue;
		text_add(t, "%s%s", between, u->name);
		if (u->count > 1)
			text_add(t, " (%s)", times(u->count).text);
		rest -= u->count < rest ? u->count : rest;
		between = ", ";
	}
	if (rest > 0 && between[0] == ',')
		text_add(t, ", others");
}

static void
say_incident(const struct page *p, const struct month *m, enum month_kind k)
{
	static const int state[MONTH_KINDS] = {
		[MONTH_HOLDOVER] = ENGINE_HOLDOVER,
		[MONTH_ORPHAN] = ENGINE_ORPHAN,
		[MONTH_PANIC] = ENGINE_PANIC,
	};
	const struct month_incident *n = &m->incident[k];
	const struct month_spell *s = &m->spell[state[k]];
	char line[PAGE_PARAGRAPH_MAX] = "";
	struct text t = TEXT(line);

	text_add(&t, "%s, %s%s on %s", kind[k].what, times(n->count).text,
	    n->count > 1 ? ", the last" : "", when(n->last).text);
	if (state[k] != ENGINE_STARTING && s->longest_s > 0)
		text_add(&t, "%s %s from %s",
		    n->count > 1 ? ", the longest for" : ", for",
		    page_span(s->longest_s).text, when(s->began).text);
	add_subjects(&t, n);
	text_add(&t, ".  (%c%s.)", kind[k].means[0] - 'a' + 'A',
	    kind[k].means + 1);
	text_add(p->out, "  ");
	page_wrap(p, 2, ITEM, line);
}

static void
say_incidents(const struct page *p, const struct month *m)
{
	bool any = false;

	for (unsigned k = 0; k < MONTH_KINDS; k++) {
		if (m->incident[k].count == 0)
			continue;
		if (!any)
			text_add(p->out, "  Incidents\n");
		any = true;
		say_incident(p, m, k);
	}
	if (!any)
		page_say(p, "Incidents", "none");
}

void
month_print(const struct month_page *m, const struct table_style *style,
    struct text *out)
{
	struct page p = { style, out };
	const struct month *n = m->month;
	struct month_bill b;

	month_bill(m, &b);
	text_add(out, "%s: time served in %s %d (UTC)\n\n", m->snapshot->name,
	    month_word[n->number % 12], n->number / 12);
	say_recorded(&p, m, &b);
	say_quality(&p, n);
	say_synced(&p, n);
	say_hosts(&p, n, &b);
	say_traffic(&p, &b);
	say_saving(&p, m, &b);
	say_manners(&p, m);
	say_servers(&p, n);
	say_incidents(&p, n);
}
