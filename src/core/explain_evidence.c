/* SPDX-License-Identifier: ISC */
/*
 * explain_evidence.c - what was seen of an address, in numbers.
 */
#include "core/explain_parts.h"

/* "; " between facts. */
static void
next_fact(struct text *out, bool *any)
{
	text_add(out, "%s", *any ? "; " : "");
	*any = true;
}

static void
facts_sent(const struct talk_host *h, struct text *out, bool *any)
{
	if (h->out.asked > 0) {
		next_fact(out, any);
		text_add(out, "sent ");
		explain_count(out, h->out.asked, "question");
	}
	if (h->out.control > 0) {
		next_fact(out, any);
		text_add(out, "sent ");
		explain_count(out, h->out.control, "control question");
	}
	if (explain_questions(&h->out) == 0)
		return;
	text_add(out, " to ");
	explain_addresses(out, h->asked_peers);
	if (h->ports > 1)
		text_add(out, " from changing ports");
	else
		text_add(out, " from port %u", h->out.port);
	next_fact(out, any);
	text_add(out, "got ");
	explain_count(out, h->in.answered + h->in.replies, "answer");
}

static void
facts_answered(const struct talk_host *h, struct text *out, bool *any)
{
	const uint32_t sent = explain_unseen(&h->out),
		       got = explain_unseen(&h->in);

	if (h->asking_peers > 0) {
		next_fact(out, any);
		text_add(out, "was asked ");
		explain_count(out, explain_questions(&h->in), "time");
		text_add(out, " by ");
		explain_addresses(out, h->asking_peers);
		text_add(out, ", and answered ");
		explain_count(out, h->out.answered + h->out.replies, "time");
	}
	if (sent > 0) {
		next_fact(out, any);
		text_add(out, "sent ");
		explain_count(out, sent, "answer");
		text_add(out, " to ");
		explain_addresses(out, h->unseen_peers);
		text_add(out, " whose question%s not in this file",
		    sent == 1 ? " is" : "s are");
	}
	if (got > 0) {
		next_fact(out, any);
		text_add(out, "got ");
		explain_count(out, got, "answer");
		text_add(out, " without a question in this file");
	}
}

static void
facts_size(const struct talk_host *h, struct text *out, bool *any)
{
	if (h->out.large > 0) {
		next_fact(out, any);
		text_add(out, "sent ");
		explain_count(out, h->out.large, "large packet");
	}
	if (h->in.large > 0) {
		next_fact(out, any);
		text_add(out, "got ");
		explain_count(out, h->in.large, "large packet");
	}
	if (h->largest > 0) {
		next_fact(out, any);
		text_add(out, "its largest has %u octets", h->largest);
	}
}

/* "3 and 4" of bits 1 to 7 */
static void
bits_add(struct text *out, const char *what, uint8_t bits)
{
	unsigned n = 0, left = 0;

	for (unsigned i = 1; i < 8; i++)
		left += bits >> i & 1;
	text_add(out, "%s%s ", what, explain_plural(left));
	for (unsigned i = 1; i < 8; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		n++;
		text_add(out, "%s%u",
		    n == 1	  ? "" :
			n == left ? " and " :
				    ", ",
		    i);
	}
}

static void
facts_header(const struct talk_host *h, struct text *out, bool *any)
{
	if (h->modes != 0) {
		next_fact(out, any);
		bits_add(out, "mode", h->modes);
	}
	if (h->versions != 0) {
		next_fact(out, any);
		bits_add(out, "version", h->versions);
	}
	if (h->voices >= 2) {
		next_fact(out, any);
		text_add(out,
		    "%s%u kinds of client by hop limit, version and "
		    "precision",
		    h->voices == TALK_VOICES ? "at least " : "", h->voices);
	}
}

static void
facts_time(const struct talk_host *h, struct text *out, bool *any)
{
	uint32_t sent = explain_questions(&h->out) + h->out.answered +
	    explain_unseen(&h->out) + h->out.replies + h->broadcast;

	if (!h->timed || sent < 2 || explain_span(h) <= 0)
		return;
	next_fact(out, any);
	if (explain_span(h) < 1) {
		text_add(out, "%u packets in ", sent);
		explain_seconds(out, explain_span(h));
		return;
	}
	explain_pace(out, sent, explain_span(h), "packet");
	text_add(out, " over ");
	explain_seconds(out, explain_span(h));
	if (h->peak > 1)
		text_add(out, ", at most %u in one second", h->peak);
}

static void
facts_first(const struct talk_host *h, struct text *out, bool *any)
{
	const bool asks = explain_questions(&h->out) > 0,
		   asked = h->asking_peers > 0;

	if (asks == asked)
		return;
	next_fact(out, any);
	text_add(out, asks ? "it spoke first" : "the others spoke first");
}

void
explain_evidence(const struct talks *t, const struct talk_host *h,
    struct text *out)
{
	bool any = false;

	(void)t;
	facts_sent(h, out, &any);
	facts_answered(h, out, &any);
	facts_first(h, out, &any);
	facts_time(h, out, &any);
	facts_size(h, out, &any);
	facts_header(h, out, &any);
	if (h->out.blocked + h->in.blocked > 0) {
		next_fact(out, &any);
		text_add(out,
		    "the firewall blocked %u packet%s from it and %u "
		    "to it",
		    h->out.blocked, explain_plural(h->out.blocked),
		    h->in.blocked);
	}
	if (!any)
		text_add(out, "%u packet%s", h->packets,
		    explain_plural(h->packets));
	text_add(out, ".");
}
