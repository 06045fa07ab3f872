/* SPDX-License-Identifier: ISC */
/*
 * explain_print.c - what was found: for people, and for programs.
 */
#include "explain.h"

#include "base/text.h"
#include "core/explain.h"
#include "view/json.h"
#include "view/page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SENTENCE 1024

static const struct talk_host *
host(const struct explain_run *r, uint32_t i)
{
	return &r->talks->host[i];
}

static enum explain_kind
kind(const struct explain_run *r, uint32_t i)
{
	return (enum explain_kind)host(r, i)->kind;
}

static uint32_t *
new_order(const struct explain_run *r, unsigned *n)
{
	uint32_t *order = calloc(r->talks->hosts, sizeof(*order));

	if (order != NULL)
		*n = explain_order(r->talks, order);
	return order;
}

static unsigned
attacks(const struct explain_run *r, const uint32_t *order, unsigned n)
{
	unsigned found = 0;

	while (found < n && explain_is_attack(kind(r, order[found])))
		found++;
	return found;
}

static unsigned
all_lines(const struct explain_run *r)
{
	unsigned n = 0;

	for (int i = 0; i < LOGLINE_VERDICTS; i++)
		n += r->line[i];
	return n;
}

static unsigned
all_frames(const struct explain_run *r)
{
	unsigned n = 0;

	for (int i = 0; i < FRAME_VERDICTS; i++)
		n += r->frame[i];
	return n;
}

/* ---- for people ---- */

static void
add_dialects(const struct explain_run *r, struct text *t)
{
	const char *before = " of ";

	for (int d = 0; d < LOGLINE_DIALECTS; d++) {
		if (r->log.lines[d] == 0)
			continue;
		text_add(t, "%s%s", before,
		    logline_dialect_name((enum logline_dialect)d));
		before = ", ";
	}
}

static void
add_input(const struct explain_run *r, struct text *t)
{
	if (r->capture) {
		text_add(t, "%s: a capture of %u packets, %u of them NTP",
		    r->file, all_frames(r), r->frame[FRAME_NTP]);
		if (r->frame[FRAME_FRAGMENT] > 0)
			text_add(t, ", %u later fragments",
			    r->frame[FRAME_FRAGMENT]);
		if (r->frame[FRAME_BAD] > 0)
			text_add(t, ", %u damaged", r->frame[FRAME_BAD]);
		text_add(t, "%s.", r->cut ? "; its end is missing" : "");
		return;
	}
	text_add(t, "%s: %u line%s, %u of them NTP", r->file, all_lines(r),
	    all_lines(r) == 1 ? "" : "s", r->line[LOGLINE_NTP]);
	add_dialects(r, t);
	if (r->line[LOGLINE_BAD] > 0)
		text_add(t, ", %u damaged", r->line[LOGLINE_BAD]);
	text_add(t, ".");
}

static void
add_span(const struct explain_run *r, struct text *t)
{
	const struct talks *k = r->talks;
	char s[24];

	if (!k->timed)
		return;
	text_add(t, k->last == k->first ? "  At " : "  From ");
	explain_when(k, k->first, t);
	if (k->last == k->first) {
		text_add(t, ".");
		return;
	}
	text_add(t, ", %s.",
	    text_seconds(s, sizeof(s), (double)(k->last - k->first) * 1e-9,
		false));
}

static void
add_overflow(const struct explain_run *r, struct text *t)
{
	const struct talks *k = r->talks;

	if (k->pairs_out + k->hosts_out > 0)
		text_add(t,
		    "  More than fits into memory: %u conversations and %u "
		    "addresses with few packets were forgotten, so that "
		    "numbers are lower bounds.",
		    k->pairs_out, k->hosts_out);
}

static void
print_page(const struct explain_run *r, const char *label, const char *words,
    enum page_colour colour)
{
	const struct table_style style = { r->cmd->colour, r->cmd->width };
	char buf[4 * SENTENCE];
	struct text out = TEXT(buf);
	const struct page p = { &style, &out };

	if (label != NULL)
		page_say(&p, label, "%s", words);
	else
		page_wrap(&p, 0, 0, words);
	if (label == NULL && colour != PAGE_GREEN && r->cmd->colour)
		printf("\033[%dm%s\033[0m", (int)colour, buf);
	else
		fputs(buf, stdout);
}

static void
print_head(const struct explain_run *r, unsigned n, unsigned bad)
{
	char words[SENTENCE];
	struct text t = TEXT(words);

	add_input(r, &t);
	add_span(r, &t);
	add_overflow(r, &t);
	print_page(r, NULL, words, PAGE_GREEN);
	t = TEXT(words);
	words[0] = '\0';
	if (bad == 0)
		text_add(&t, "Of %u address%s none is an attacker or attacked.",
		    n, n == 1 ? "" : "es");
	else
		text_add(&t, "Of %u addresses %u %s to do with an attack.", n,
		    bad, bad == 1 ? "has" : "have");
	print_page(r, NULL, words, bad > 0 ? PAGE_RED : PAGE_GREEN);
}

static void
print_host(const struct explain_run *r, uint32_t i)
{
	const struct talk_host *h = host(r, i);
	const enum explain_kind k = kind(r, i);
	const struct addr a = talk_addr(h->ip);
	char words[SENTENCE], addr[ADDR_TEXT];
	struct text t = TEXT(words);

	text_add(&t, "%s (%s): %s", addr_print(&a, false, addr),
	    h->inside ? "inside" : "outside", explain_kind_title(k));
	printf("\n");
	print_page(r, NULL, words,
	    explain_is_attack(k) ? PAGE_RED : PAGE_GREEN);
	t = TEXT(words);
	words[0] = '\0';
	explain_verdict(r->talks, h, k, &t);
	print_page(r, "Verdict", words, PAGE_GREEN);
	t = TEXT(words);
	words[0] = '\0';
	explain_evidence(r->talks, h, &t);
	print_page(r, "Evidence", words, PAGE_GREEN);
	t = TEXT(words);
	words[0] = '\0';
	explain_advice(h, k, &t);
	print_page(r, "Write to", words, PAGE_GREEN);
}

static void
print_rest(const struct explain_run *r, const uint32_t *order, unsigned from,
    unsigned n)
{
	unsigned count[EXPLAIN_KINDS] = { 0 };
	char words[SENTENCE];
	struct text t = TEXT(words);
	const char *before = " ";

	if (from == n)
		return;
	for (unsigned i = from; i < n; i++)
		count[kind(r, order[i])]++;
	text_add(&t, "And %u more (--limit):", n - from);
	for (int k = 0; k < EXPLAIN_KINDS; k++) {
		if (count[k] == 0)
			continue;
		text_add(&t, "%s%u %s", before, count[k],
		    explain_kind_name((enum explain_kind)k));
		before = ", ";
	}
	text_add(&t, ".");
	printf("\n");
	print_page(r, NULL, words, PAGE_GREEN);
}

static unsigned
shown(const struct explain_run *r, unsigned n)
{
	return r->limit != 0 && r->limit < n ? r->limit : n;
}

bool
explain_print_text(const struct explain_run *r)
{
	unsigned n = 0;
	uint32_t *order = new_order(r, &n);

	if (order == NULL)
		return false;
	print_head(r, n, attacks(r, order, n));
	for (unsigned i = 0; i < shown(r, n); i++)
		print_host(r, order[i]);
	print_rest(r, order, shown(r, n), n);
	free(order);
	return true;
}

/* ---- for programs ---- */

static json_t *
number_if(bool known, double v)
{
	return known ? json_real(v) : json_null();
}

static json_t *
time_if(const struct explain_run *r, bool known, int64_t at)
{
	char words[64];
	struct text t = TEXT(words);

	if (!known || !r->talks->timed)
		return json_null();
	explain_when(r->talks, at, &t);
	return json_string(words);
}

static json_t *
bits(uint8_t v)
{
	json_t *list = json_array();

	for (int i = 1; i < 8; i++)
		if (v >> i & 1)
			json_array_append_new(list, json_integer(i));
	return list;
}

static json_t *
way_object(const struct talk_way *w)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "questions", (json_int_t)w->asked, "answers",
	    (json_int_t)w->answered, "unasked",
	    (json_int_t)w->unasked + (json_int_t)w->early, "control",
	    (json_int_t)w->control, "replies", (json_int_t)w->replies, "large",
	    (json_int_t)w->large, "blocked", (json_int_t)w->blocked, "octets",
	    (json_int_t)w->octets);
}

static json_t *
proof_object(const struct explain_run *r, const struct talk_proof *p)
{
	const struct addr a = talk_addr(p->ip);
	char addr[ADDR_TEXT];

	if (!p->known)
		return json_null();
	return json_pack("{s:s, s:i, s:o, s:o}", "address",
	    addr_print(&a, false, addr), "port", (int)p->port, "asked",
	    time_if(r, true, p->asked_at), "answer_s",
	    number_if(r->talks->timed, (double)p->wait * 1e-9));
}

static json_t *
words_object(const struct explain_run *r, uint32_t i)
{
	const struct talk_host *h = host(r, i);
	const enum explain_kind k = kind(r, i);
	const struct addr a = talk_addr(h->ip);
	char verdict[SENTENCE], evidence[SENTENCE], advice[SENTENCE];
	struct text v = TEXT(verdict), e = TEXT(evidence), w = TEXT(advice);
	char addr[ADDR_TEXT];

	explain_verdict(r->talks, h, k, &v);
	explain_evidence(r->talks, h, &e);
	explain_advice(h, k, &w);
	return json_pack("{s:s, s:b, s:s, s:b, s:s, s:s, s:s, s:s}", "address",
	    addr_print(&a, false, addr), "inside", h->inside, "kind",
	    explain_kind_name(k), "attack", explain_is_attack(k), "verdict",
	    verdict, "evidence", evidence, "write_to",
	    explain_to_name(explain_whom(k, h)), "advice", advice);
}

static json_t *
host_object(const struct explain_run *r, uint32_t i)
{
	const struct talk_host *h = host(r, i);
	const bool run = h->timed && h->last > h->first;
	json_t *v = words_object(r, i);
	json_t *n = json_pack("{s:o, s:o, s:o, s:i, s:i, s:i, s:o, s:o, s:o, "
			      "s:o, s:o, s:o}",
	    "first", time_if(r, h->timed, h->first), "last",
	    time_if(r, h->timed, h->last), "span_s",
	    number_if(h->timed, (double)(h->last - h->first) * 1e-9),
	    "asked_addresses", (int)h->asked_peers, "asking_addresses",
	    (int)h->asking_peers, "peak_per_s", (int)h->peak, "rate_per_s",
	    number_if(run, explain_rate(h)), "modes", bits(h->modes),
	    "versions", bits(h->versions), "sent", way_object(&h->out), "got",
	    way_object(&h->in), "proof", proof_object(r, &h->proof));

	json_object_update(v, n);
	json_decref(n);
	return v;
}

static json_t *
head_object(const struct explain_run *r, unsigned n, unsigned bad)
{
	const struct talks *k = r->talks;
	unsigned damaged =
	    r->capture ? r->frame[FRAME_BAD] : r->line[LOGLINE_BAD];
	json_t *formats = json_array();

	for (int d = 0; d < LOGLINE_DIALECTS; d++)
		if (r->log.lines[d] > 0)
			json_array_append_new(formats,
			    json_string(
				logline_dialect_name((enum logline_dialect)d)));
	if (r->capture)
		json_array_append_new(formats, json_string("capture"));
	return json_pack("{s:i, s:s, s:o, s:I, s:I, s:I, s:o, s:o, s:i, s:i, "
			 "s:I, s:I}",
	    "schema", JSON_SCHEMA, "file", r->file, "formats", formats, "read",
	    (json_int_t)(r->capture ? all_frames(r) : all_lines(r)), "ntp",
	    (json_int_t)(r->capture ? r->frame[FRAME_NTP] :
				      r->line[LOGLINE_NTP]),
	    "damaged", (json_int_t)damaged, "first",
	    time_if(r, k->timed, k->first), "span_s",
	    number_if(k->timed, (double)(k->last - k->first) * 1e-9),
	    "addresses", (int)n, "attacks", (int)bad, "forgotten_conversations",
	    (json_int_t)k->pairs_out, "forgotten_addresses",
	    (json_int_t)k->hosts_out);
}

bool
explain_print_json(const struct explain_run *r)
{
	unsigned n = 0;
	uint32_t *order = new_order(r, &n);
	json_t *head, *list = json_array();

	if (order == NULL || list == NULL)
		return false;
	head = head_object(r, n, attacks(r, order, n));
	for (unsigned i = 0; i < shown(r, n); i++)
		json_array_append_new(list, host_object(r, order[i]));
	json_object_set_new(head, "hosts", list);
	json_dumpf(head, stdout,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
	printf("\n");
	json_decref(head);
	free(order);
	return true;
}
