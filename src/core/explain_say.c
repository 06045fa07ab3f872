/* SPDX-License-Identifier: ISC */
/*
 * explain_say.c - the verdict, and whom to write to, as sentences.
 */
#include "core/explain_parts.h"

#include <math.h>

static void
ip_add(struct text *out, const uint8_t ip[16])
{
	const struct addr a = talk_addr(ip);
	char buf[ADDR_TEXT];

	text_add(out, "%s", addr_print(&a, false, buf));
}

/* "10.0.0.5 asked at ... from port ..., and the answer came 12 ms later" */
static void
proof_add(const struct talks *t, const struct talk_proof *p, struct text *out)
{
	ip_add(out, p->ip);
	text_add(out, " asked it");
	if (t->timed) {
		text_add(out, " at ");
		explain_when(t, p->asked_at, out);
	}
	text_add(out, " from port %u, and the answer came ", p->port);
	if (t->timed && p->wait == 0) {
		text_add(out, "in the same second");
	} else if (t->timed && p->wait > 0) {
		explain_seconds(out, (double)p->wait * 1e-9);
		text_add(out, " later");
	} else {
		text_add(out, "after that");
	}
}

/* ---- verdicts ---- */

static void
say_reflector(const struct talks *t, const struct talk_host *h,
    struct text *out)
{
	(void)t;
	text_add(out, "An amplification attack in progress: it sends ");
	ip_add(out, h->amplified_ip);
	if (h->amplified_asked > 0)
		text_add(out,
		    " %.0f times as much as the questions that carry that "
		    "address had",
		    (double)h->amplified_octets / (double)h->amplified_asked);
	else
		text_add(out, " large answers that it did not ask for");
	text_add(out, "; the questions are forged, and it is misused.");
}

static void
say_victim(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out,
	    "The victim of an amplification attack: questions that carry its "
	    "address make ");
	explain_addresses(out, h->amplified_from);
	text_add(out, " (");
	ip_add(out, h->amplified_ip);
	text_add(out, "%s) send large answers to it.",
	    h->amplified_from > 1 ? " most" : "");
}

static void
say_flood(const struct talks *t, const struct talk_host *h, struct text *out)
{
	const bool asks = explain_questions(&h->out) >= h->out.unasked;
	uint32_t n = asks ? explain_questions(&h->out) : h->out.unasked;

	(void)t;
	text_add(out, "A flood: ");
	explain_pace(out, n, fmax(explain_span(h), 1),
	    asks ? "question" : "packet");
	text_add(out,
	    ", where a client needs one in 64 s; a broken program, or "
	    "an address that is forged.");
}

static void
say_flooded(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out, "A flood with forged addresses: ");
	explain_addresses(out, h->strangers);
	text_add(out,
	    " asked it once each, and all of them look like one "
	    "machine.");
}

static void
say_spoofed(const struct talks *t, const struct talk_host *h, struct text *out)
{
	const uint32_t n =
	    t->stamped ? h->out.unasked : explain_unseen(&h->out);

	text_add(out, "Spoofed answers, or a broken server: ");
	explain_count(out, n, "packet");
	text_add(out, " from port 123 answer%s %s.", n == 1 ? "s" : "",
	    t->stamped ? "no question that anybody sent" :
			 "nothing that this file shows, and come faster than "
			 "answers do");
}

static void
say_attempt(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out, "Somebody tries to make amplifiers of ");
	explain_addresses(out, h->asked_peers);
	text_add(out,
	    ": control questions that carry this address, which is the "
	    "victim's and most likely forged%s.",
	    h->in.replies == 0 ? "; nothing was answered" : "");
}

static void
say_scan(const struct talks *t, const struct talk_host *h, struct text *out)
{
	uint32_t n = h->asked_peers > 0 ? h->asked_peers : h->unasked_peers;

	text_add(out, "A scan for NTP: it tried %s",
	    t->pairs_out > 0 ? "about " : "");
	explain_addresses(out, n);
	text_add(out, ", a packet or a few each, and ");
	if (h->answerers == 0)
		text_add(out, "nobody answered.");
	else
		text_add(out, "%u answered.", h->answerers);
}

static void
say_hammer(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out, "Not an attack, but a client that asks too often: ");
	if (h->gap > 0) {
		text_add(out, "a question in ");
		explain_seconds(out, h->gap);
		text_add(out, " to ");
		ip_add(out, h->gap_ip);
	} else {
		text_add(out, "%u questions in a row, 3 s apart or less",
		    h->run_max);
	}
	text_add(out, ", where one in 64 s is enough.");
}

static void
say_control(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out,
	    "Not an attack: it asks a daemon for its state, as ntpq "
	    "does%s.",
	    h->in.replies == 0 ? ", and gets no answer" : "");
}

static void
say_nat(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	(void)h;
	text_add(out,
	    "Not an attack: several clients behind one address, as "
	    "behind a NAT, each with questions of its own.");
}

static bool
answers_blocked(const struct talk_host *h)
{
	return h->in.answered > 0 && h->in.blocked >= h->in.answered;
}

static void
say_burst(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out,
	    "Not an attack: %u questions in a row are how a client starts "
	    "(iburst, ntpdate); %s.",
	    h->run_max,
	    answers_blocked(h) ?
		"the firewall blocks the answers, so that it asks on" :
		"it slows down by itself");
}

static void
say_likely(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	if (explain_unseen(&h->out) == 1)
		text_add(out,
		    "Most likely no attack: a packet from port 123, as a "
		    "server's answer is, to a question that this file does "
		    "not show.");
	else
		text_add(out,
		    "Most likely no attack: packets from port 123, as slow "
		    "as a server's answers, to questions that this file "
		    "does not show.");
}

static void
say_answers(const struct talks *t, const struct talk_host *h, struct text *out)
{
	text_add(out, "Not an attack: answers to our own questions");
	if (h->proof.known) {
		text_add(out, ". ");
		proof_add(t, &h->proof, out);
	}
	text_add(out, ".");
}

static void
say_peer(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	(void)h;
	text_add(out,
	    "Not an attack: two servers that compare their clocks "
	    "(symmetric modes).");
}

static void
say_server(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	text_add(out, "A healthy server: it answers ");
	explain_addresses(out, h->clients > 0 ? h->clients : h->asking_peers);
	text_add(out, " that asked.");
}

static void
say_broadcast(const struct talks *t, const struct talk_host *h,
    struct text *out)
{
	(void)t;
	(void)h;
	text_add(out, "Not an attack: a server that broadcasts the time.");
}

static void
say_client(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	if (answers_blocked(h))
		text_add(out,
		    "A client that asks, and the firewall blocks "
		    "the answers.");
	else if (h->in.answered > 0)
		text_add(out, "A healthy client: it asks, and is answered.");
	else if (h->out.blocked > 0)
		text_add(out, "A client whose questions the firewall blocks.");
	else
		text_add(out, "A client; no answer to it is in this file.");
}

static void
say_target(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	if (explain_questions(&h->in) > 0)
		text_add(out,
		    "It was asked, and no answer of it is in this file.");
	else if (h->in.answered + explain_unseen(&h->in) + h->in.replies > 0)
		text_add(out,
		    "It got answers, and no question of it is in "
		    "this file.");
	else
		text_add(out, "Packets were sent to it, and none came back.");
}

static void
say_unclear(const struct talks *t, const struct talk_host *h, struct text *out)
{
	(void)t;
	(void)h;
	text_add(out, "Too little is in this file to say what it is.");
}

static void (*const say[EXPLAIN_KINDS])(const struct talks *t,
    const struct talk_host *h, struct text *out) = {
	[EXPLAIN_REFLECTOR] = say_reflector,
	[EXPLAIN_VICTIM] = say_victim,
	[EXPLAIN_FLOOD] = say_flood,
	[EXPLAIN_FLOODED] = say_flooded,
	[EXPLAIN_SPOOFED] = say_spoofed,
	[EXPLAIN_ATTEMPT] = say_attempt,
	[EXPLAIN_SCAN] = say_scan,
	[EXPLAIN_HAMMER] = say_hammer,
	[EXPLAIN_CONTROL] = say_control,
	[EXPLAIN_NAT] = say_nat,
	[EXPLAIN_BURST] = say_burst,
	[EXPLAIN_LIKELY] = say_likely,
	[EXPLAIN_ANSWERS] = say_answers,
	[EXPLAIN_PEER] = say_peer,
	[EXPLAIN_SERVER] = say_server,
	[EXPLAIN_BROADCAST] = say_broadcast,
	[EXPLAIN_CLIENT] = say_client,
	[EXPLAIN_TARGET] = say_target,
	[EXPLAIN_UNCLEAR] = say_unclear,
};

void
explain_verdict(const struct talks *t, const struct talk_host *h,
    enum explain_kind k, struct text *out)
{
	say[k](t, h, out);
}

/* ---- advice ---- */

static const char *
blocked_answers(const struct talk_host *h)
{
	return h->out.blocked > 0 ?
	    "Nobody.  Let the answers to your own questions in: a firewall "
	    "that keeps state does so, or the gateway's rules name this "
	    "server." :
	    "Nobody; it does what it was asked to do.";
}

static const char *
advise(const struct talk_host *h, enum explain_kind k)
{
	switch (k) {
	case EXPLAIN_REFLECTOR:
		return h->inside ?
		    "The owner of this inside host: switch mode 6 and 7 off "
		    "for strangers (restrict default noquery, or a newer "
		    "daemon), and let nobody outside ask it." :
		    "The operator of this address (its abuse contact), with "
		    "the lines above: the server answers control questions "
		    "of anybody.";
	case EXPLAIN_VICTIM:
		return h->inside ?
		    "Your provider, now: only there it can be filtered (UDP "
		    "from port 123, larger than 76 octets).  The servers that "
		    "send are misused themselves." :
		    "Nobody at this address: it did not send what carries its "
		    "name.  Mend the server that answers.";
	case EXPLAIN_FLOOD:
		return h->inside ?
		    "The owner of this inside host: one daemon, one question "
		    "in 64 s." :
		    "The operator of this address, if it goes on for hours; "
		    "block it until then.  The address can be forged.";
	case EXPLAIN_FLOODED:
		return "Your provider, if it goes on: the addresses are forged, "
		       "and their owners cannot help.";
	case EXPLAIN_SPOOFED:
		return "Nobody: the sender is not who the address says.  A "
		       "client drops them, for they carry no stamp of its "
		       "own; let nothing in that was not asked for.";
	case EXPLAIN_ATTEMPT:
	case EXPLAIN_SCAN:
		return h->inside ?
		    "The owner of this inside host: it looks for servers that "
		    "are none of its business." :
		    "Nobody: block it.  Such packets come every day, and a "
		    "letter changes nothing.";
	case EXPLAIN_HAMMER:
		return h->inside ?
		    "The owner of this inside host: set the poll interval to "
		    "64 s or more, and see that only one daemon runs." :
		    "The operator of this address, kindly, if it asks your "
		    "server for days.";
	case EXPLAIN_CONTROL:
		return "Nobody, if somebody of yours did it; else let only "
		       "your own hosts ask (restrict default noquery).";
	case EXPLAIN_LIKELY:
		return "Nobody.  Log or capture what goes out to port 123, too, "
		       "and look again: it will show who asked.";
	case EXPLAIN_ANSWERS:
		return blocked_answers(h);
	case EXPLAIN_CLIENT:
		return h->out.blocked > 0 && h->inside ?
		    "Nobody; tell the host to ask the gateway instead." :
		    "Nobody.";
	default:
		return "Nobody.";
	}
}

void
explain_advice(const struct talk_host *h, enum explain_kind k, struct text *out)
{
	text_add(out, "%s", advise(h, k));
}
