/* SPDX-License-Identifier: ISC */
#include "view/dash.h"

#include "core/diagnose.h"
#include "view/html.h"
#include "view/pace.h"
#include "view/page.h"
#include "view/pair.h"
#include "view/roll_print.h"
#include "view/why.h"

#include <math.h>
#include <string.h>

/* A column; who has a small screen does without those that are wide. */
struct column {
	const char *name, *class;
};

/* Scrolls where it must, and then by keyboard too. */
static void
begin_table(const char *id, const char *caption, const struct column *c,
    size_t columns, struct text *out)
{
	text_add(out,
	    "<section id=\"%s\" data-live><div class=\"scroll\" role=\"region\""
	    " tabindex=\"0\" aria-labelledby=\"%s-name\"><table><caption "
	    "id=\"%s-name\">%s</caption><thead><tr>",
	    id, id, id, caption);
	for (size_t i = 0; i < columns; i++)
		text_add(out, "<th scope=\"col\" class=\"%s\">%s</th>",
		    c[i].class, c[i].name);
	text_add(out, "</tr></thead><tbody>");
}

static void
end_table(struct text *out)
{
	text_add(out, "</tbody></table></div></section>\n");
}

/* A cell that is sorted by v; what is not known sorts last. */
static void
add_cell(bool known, double v, const char *class, const char *words,
    struct text *out)
{
	if (known)
		text_add(out, "<td class=\"%s\" data-v=\"%.9g\">%s</td>", class,
		    v, words);
	else
		text_add(out, "<td class=\"%s\">&ndash;</td>", class);
}

static void
add_seconds(bool known, double v, bool with_sign, const char *class,
    struct text *out)
{
	add_cell(known, v, class, html_seconds(v, with_sign).text, out);
}

static void
add_count(double v, const char *class, struct text *out)
{
	add_cell(true, v, class, html_count(v).text, out);
}

static void
add_name(const char *host, struct text *out)
{
	text_add(out, "<tr><th scope=\"row\">");
	html_add(out, host);
	text_add(out, "</th>");
}

/* ---- servers */

static const char *
level_of(const char *state)
{
	if (strcmp(state, "used") == 0 || strcmp(state, "spare") == 0)
		return "good";
	return strcmp(state, "waiting") == 0 ? "warn" : "bad";
}

static void
add_state(const char *state, struct text *out)
{
	text_add(out, "<td><span class=\"state %s\">%s</span></td>",
	    level_of(state), state);
}

static void
add_why(const char *why, struct text *out)
{
	text_add(out, "<td class=\"why\">");
	html_add(out, why);
	text_add(out, "</td></tr>");
}

static void
add_server(const struct snapshot *s, unsigned i, struct text *out)
{
	const struct snapshot_upstream *u = &s->upstream[i];
	char why[WHY_MAX + PAIR_ASKED], asked[PAIR_ASKED], reach[8];
	struct text r = TEXT(reach);

	add_name(snapshot_name(u).text, out);
	add_state(why_state(s, i), out);
	add_seconds(u->sampled, u->offset_s, true, "n", out);
	add_seconds(u->sampled, u->delay_s, false, "n wide", out);
	add_seconds(u->sampled, u->jitter_s, false, "n wide", out);
	add_cell(u->sampled, u->stratum, "n wide", html_count(u->stratum).text,
	    out);
	text_add(&r, "%03o", u->reach);
	add_cell(true, u->reach, "n wide", reach, out);
	add_seconds(true, u->poll_s, false, "n wide", out);
	add_seconds(u->next_s >= 0, u->next_s, false, "n wide", out);
	text_add(out, "<td class=\"n wide\" data-v=\"%.9g\">%.1f</td>",
	    u->score, u->score);
	why_sentence(s, i, why);
	strcat(why, pair_asked(s, i, asked));
	add_why(why, out);
}

static void
add_spare(const struct snapshot *s, unsigned k, unsigned columns,
    struct text *out)
{
	char why[WHY_MAX];

	add_name(snapshot_spare_name(&s->spare[k]).text, out);
	add_state(why_spare_state(&s->spare[k]), out);
	for (unsigned i = 3; i < columns; i++)
		text_add(out, "<td class=\"n%s\">&ndash;</td>",
		    i > 3 ? " wide" : "");
	add_why(why_spare(s, k, why), out);
}

void
dash_servers(const struct snapshot *s, struct text *out)
{
	static const struct column column[] = { { "Server", "" },
		{ "State", "" }, { "Offset", "n" }, { "Delay", "n wide" },
		{ "Jitter", "n wide" }, { "Stratum", "n wide" },
		{ "Reach", "n wide" }, { "Every", "n wide" },
		{ "Next in", "n wide" }, { "Score", "n wide" },
		{ "Why", "why" } };
	const unsigned columns = sizeof(column) / sizeof(column[0]);
	char why[PACE_MAX];

	begin_table("servers", "Servers outside", column, columns, out);
	for (unsigned i = 0; i < s->upstreams; i++)
		add_server(s, i, out);
	for (unsigned k = 0; k < s->spares; k++)
		add_spare(s, k, columns, out);
	text_add(out,
	    "</tbody></table></div><p class=\"less\">Each is asked every %s: ",
	    html_seconds(pace_interval(s), false).text);
	html_add(out, pace_reason(s, why));
	text_add(out, ".</p></section>\n");
}

/* ---- packets */

static void
add_account(const char *host, const struct snapshot_account *a,
    struct text *out)
{
	add_name(host, out);
	add_count(a->hour, "n", out);
	add_count(a->day, "n", out);
	add_count((double)a->total, "n wide", out);
	add_count(a->kisses, "n wide", out);
	text_add(out, "<td class=\"wide\">");
	if (a->kisses > 0)
		html_say(out, "%s, %s ago", a->kiss,
		    page_span(a->kissed_s).text);
	text_add(out, "</td></tr>");
}

void
dash_packets(const struct snapshot *s, struct text *out)
{
	static const struct column column[] = { { "Packets to", "" },
		{ "Last hour", "n" }, { "Last day", "n" },
		{ "Since ever", "n wide" }, { "Kisses", "n wide" },
		{ "The last", "wide" } };

	begin_table("packets", "What we sent outside", column,
	    sizeof(column) / sizeof(column[0]), out);
	for (unsigned i = 0; i < s->upstreams; i++)
		add_account(snapshot_name(&s->upstream[i]).text,
		    &s->upstream[i].account, out);
	for (unsigned k = 0; k < s->spares; k++)
		add_account(snapshot_spare_name(&s->spare[k]).text,
		    &s->spare[k].account, out);
	text_add(out,
	    "</tbody><tfoot><tr><th scope=\"row\">All</th><td class=\"n\">%u"
	    "</td><td class=\"n\">%u</td><td class=\"n wide\">%s</td><td "
	    "class=\"wide\"></td><td class=\"wide\"></td></tr></tfoot></table></div></section>\n",
	    s->sent.hour, s->sent.day, html_count((double)s->sent.total).text);
}

/* ---- requests */

void
dash_requests(const struct snapshot *s, struct text *out)
{
	static const struct column column[] = {
		{ "What became of requests", "" }, { "Requests", "n" }
	};
	bool any = false;

	begin_table("requests", "What inside hosts asked", column,
	    sizeof(column) / sizeof(column[0]), out);
	for (unsigned v = 0; v < SERVER_VERDICTS; v++) {
		if (s->serve.verdict[v] == 0)
			continue;
		add_name(server_verdict_name(v), out);
		add_count((double)s->serve.verdict[v], "n", out);
		text_add(out, "</tr>");
		any = true;
	}
	if (!any)
		text_add(out,
		    "<tr><th scope=\"row\">none has come yet</th>"
		    "<td class=\"n\" data-v=\"0\">0</td></tr>");
	end_table(out);
}

/* ---- hosts */

/* Its words and what shows them; of who is well, nothing. */
static void
add_diagnosis(const struct clients_view *v, struct text *out)
{
	struct diagnosis d;
	char evidence[512];
	const char *comma = "";

	diagnose(v, &d);
	text_add(out, "<td class=\"flags\">");
	for (unsigned w = 0; w < DIAGNOSE_SICK; w++)
		if (diagnose_has(&d, w)) {
			text_add(out, "%s<span class=\"state bad\">%s</span>",
			    comma, diagnose_name(w));
			comma = ", ";
		}
	text_add(out, "</td><td class=\"why\">");
	if (diagnose_sick(&d))
		html_add(out, diagnose_print(&d, evidence, sizeof(evidence)));
	text_add(out, "</td></tr>");
}

void
dash_hosts(const char *id, const char *caption, const struct roll *r,
    struct text *out)
{
	static const struct column column[] = { { "Host", "" }, { "Rate", "n" },
		{ "Requests", "n" }, { "Answered", "n wide" },
		{ "Last", "n wide" }, { "Flags", "flags" },
		{ "Evidence", "why" } };
	char addr[ADDR_TEXT], rate[ROLL_COUNT];

	begin_table(id, caption, column, sizeof(column) / sizeof(column[0]),
	    out);
	for (unsigned i = 0; r != NULL && i < r->rows; i++) {
		const struct clients_view *v = &r->row[i].view;

		add_name(addr_print(&v->addr, false, addr), out);
		add_cell(true, v->rate_per_s, "n",
		    roll_rate_text(v->rate_per_s, rate), out);
		add_count((double)v->requests, "n", out);
		add_count((double)v->answered, "n wide", out);
		add_seconds(true, v->last_s, false, "n wide", out);
		add_diagnosis(v, out);
	}
	end_table(out);
}
