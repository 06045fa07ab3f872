/* SPDX-License-Identifier: ISC */
#include "view/command.h"

#include "view/budget.h"
#include "view/json.h"
#include "view/pair.h"
#include "view/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORDS_MAX 8
#define WIDTH_MAX 1000

/* Exit statuses of the tool. */
enum { WELL, NOT_WELL, WRONG_USAGE };

struct request {
	bool question; /* do nothing, say what would be done */
	bool json;
	struct table_style style;
	unsigned count;
	const char *word[WORDS_MAX]; /* command and arguments */
	char line[COMMAND_LINE_MAX];
	struct command_order *order; /* out */
	double age_s;		     /* of the snapshot */
};

static void
begin(int status, struct text *out)
{
	text_add(out, "%d\n", status);
}

/* A sentence instead of an answer. */
static enum command_want
refuse(const struct request *r, int status, const char *sentence,
    struct text *out)
{
	begin(status, out);
	if (r->json)
		json_error(sentence, out);
	else
		text_add(out, "%s\n", sentence);
	return COMMAND_ANSWER;
}

static bool
read_width(const char *text, unsigned *width)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || v > WIDTH_MAX)
		return false;
	*width = (unsigned)v;
	return true;
}

/* True if the word was an option before the command. */
static bool
read_option(struct request *r, const char *word)
{
	if (strcmp(word, "question") == 0)
		r->question = true;
	else if (strcmp(word, "json") == 0)
		r->json = true;
	else if (strcmp(word, "colour") == 0)
		r->style.colour = true;
	else
		return strncmp(word, "width=", 6) == 0 &&
		    read_width(word + 6, &r->style.width);
	return true;
}

/* False: too long, or too many words. */
static bool
read_request(struct request *r, const char *line)
{
	char *save = NULL;

	*r = (struct request){ .style = { .width = 80 } };
	if (!text_copy(r->line, sizeof(r->line), line))
		return false;
	for (char *w = strtok_r(r->line, " \t\r\n", &save); w != NULL;
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (r->count == 0 && read_option(r, w))
			continue;
		if (r->count == WORDS_MAX)
			return false;
		r->word[r->count++] = w;
	}
	return true;
}

static enum command_want
answer_status(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	begin(s->state == ENGINE_SYNCED ? WELL : NOT_WELL, out);
	if (r->json)
		json_status(s, out);
	else
		table_status(s, &r->style, out);
	return COMMAND_ANSWER;
}

/* What somebody is to be asked before it is done. */
static enum command_want
ask(const char *sentence, struct text *out)
{
	begin(WELL, out);
	text_add(out, "%s\n", sentence);
	return COMMAND_ANSWER;
}

/* Who may be meant: servers first, then spares. */
struct candidate {
	struct source_name name;
	const char *host;
	const struct snapshot_account *account;
};

static bool
candidate(const struct snapshot *s, unsigned i, struct candidate *c)
{
	if (i < s->upstreams) {
		const struct snapshot_upstream *u = &s->upstream[i];

		*c = (struct candidate){ snapshot_name(u), u->host,
			&u->account };
		return true;
	}
	if (i - s->upstreams < s->spares) {
		const struct snapshot_spare *p = &s->spare[i - s->upstreams];

		*c = (struct candidate){ snapshot_spare_name(p), p->host,
			&p->account };
		return true;
	}
	return false;
}

/* By name, or by host if that is one server's alone.  How many it may be, and
 * their names, if there is more than one. */
static unsigned
find_server(const struct snapshot *s, const char *word, struct candidate *it,
    struct text *names)
{
	struct candidate c;
	unsigned n = 0;

	for (unsigned i = 0; candidate(s, i, it); i++)
		if (strcasecmp(it->name.text, word) == 0)
			return 1;
	for (unsigned i = 0; candidate(s, i, &c); i++) {
		if (strcasecmp(c.host, word) != 0)
			continue;
		text_add(names, "%s%s", n++ > 0 ? ", " : "", c.name.text);
		*it = c;
	}
	return n;
}

static enum command_want
answer_revive(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	char sentence[512 + SOURCE_HOST_MAX], names[512] = "";
	char span[SNAPSHOT_SPAN];
	struct text t = TEXT(sentence), list = TEXT(names);
	struct candidate it = { .account = NULL };
	unsigned found = find_server(s, r->word[2], &it, &list);
	const struct snapshot_account *a = it.account;
	const char *host = it.name.text;

	if (found > 1)
		text_add(&t, "\"%s\" is %u servers: name one of %s", r->word[2],
		    found, names);
	else if (found == 0 || !a->retired)
		text_add(&t, "there is no retired server of the name \"%s\"%s",
		    r->word[2], found > 0 ? ": this one is asked" : "");
	if (t.len > 0)
		return refuse(r, NOT_WELL, sentence, out);
	if (r->question) {
		text_add(&t,
		    "%s wants no questions of us: it said %s, %u time%s, the "
		    "last %s ago.  It will be asked again at once; its owner "
		    "should have agreed.",
		    host, a->kiss, a->kisses, a->kisses == 1 ? "" : "s",
		    snapshot_span(a->kissed_s, span));
		return ask(sentence, out);
	}
	text_copy(r->order->host, SOURCE_HOST_MAX, host);
	begin(WELL, out);
	if (r->json)
		json_done("revived", host, out);
	else
		text_add(out,
		    "taken back: %s is asked again; see \"ntpgate "
		    "upstreams\"\n",
		    host);
	return COMMAND_REVIVE;
}

static enum command_want
answer_upstreams(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	if (r->count == 3 && strcmp(r->word[1], "revive") == 0)
		return answer_revive(r, s, out);
	if (r->count > 1)
		return refuse(r, WRONG_USAGE,
		    "upstreams takes no argument but \"revive HOST\"", out);
	begin(WELL, out);
	if (r->json)
		json_upstreams(s, out);
	else
		table_upstreams(s, &r->style, out);
	return COMMAND_ANSWER;
}

static enum command_want
answer_budget(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	begin(WELL, out);
	if (r->json)
		json_budget(s, out);
	else
		budget_table(s, &r->style, out);
	return COMMAND_ANSWER;
}

static enum command_want
answer_sibling(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	enum snapshot_sibling_state state = s->sibling.state;

	begin(state == SNAPSHOT_SIBLING_UNHEARD ||
		    state == SNAPSHOT_SIBLING_DROPPED ?
		NOT_WELL :
		WELL,
	    out);
	if (r->json)
		json_sibling(s, out);
	else
		pair_table(s, &r->style, out);
	return COMMAND_ANSWER;
}

static enum command_want
accept_step(const struct request *r, const struct snapshot *s, struct text *out)
{
	char sentence[256];
	struct text t = TEXT(sentence);

	if (s->state != ENGINE_PANIC) {
		text_add(&t, "there is no step to accept: the state is %s",
		    snapshot_state_name(s->state));
		return refuse(r, NOT_WELL, sentence, out);
	}
	if (r->question) {
		text_add(&t,
		    "%u of %u groups of servers say that our clock is wrong. "
		    " It will be set by %+.6f s, at once.",
		    s->agreeing, s->groups, s->offset_s);
		return ask(sentence, out);
	}
	begin(WELL, out);
	if (r->json)
		json_accepted(s, out);
	else
		text_add(out,
		    "accepted: the clock is set by %+.6f s now; see "
		    "\"ntpgate status\"\n",
		    s->offset_s);
	return COMMAND_ACCEPT_STEP;
}

static enum command_want
accept_ledger(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	char sentence[256], until[SNAPSHOT_UNTIL], span[SNAPSHOT_SPAN];
	struct text t = TEXT(sentence);

	if (s->frugal_s <= 0 && s->hold_s <= 0)
		return refuse(r, NOT_WELL,
		    s->closed ? "accepting does not help: the ledger cannot "
				"be written, and the log says why" :
				"there is nothing to accept: the ledger is "
				"good",
		    out);
	if (s->frugal_s > 0)
		text_add(&t,
		    "The ledger was lost, and %s each server is asked once an "
		    "hour at most.  That will end now.",
		    snapshot_until(s, s->frugal_s, until));
	else
		text_add(&t,
		    "After many starts nobody is asked for another %s.  That "
		    "will end now.",
		    snapshot_span(s->hold_s, span));
	if (r->question)
		return ask(sentence, out);
	begin(WELL, out);
	if (r->json)
		json_done("accepted", "ledger", out);
	else
		text_add(out,
		    "accepted: the servers are asked as usual; see \"ntpgate "
		    "budget\"\n");
	return COMMAND_ACCEPT_LEDGER;
}

static enum command_want
accept_sibling(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	char sentence[160 + 2 * SOURCE_HOST_MAX];
	struct text t = TEXT(sentence);

	if (s->sibling.state == SNAPSHOT_SIBLING_NONE)
		return refuse(r, NOT_WELL,
		    "there is no sibling to accept: none is configured", out);
	if (s->sibling.state != SNAPSHOT_SIBLING_DROPPED) {
		text_add(&t,
		    "there is nothing to accept: the sibling was not dropped, "
		    "its state is %s",
		    snapshot_sibling_name(s->sibling.state));
		return refuse(r, NOT_WELL, sentence, out);
	}
	if (r->question) {
		text_add(&t,
		    "%s was dropped: %s.  Its samples and turns will count "
		    "again, at once.",
		    pair_name(s), s->sibling.why);
		return ask(sentence, out);
	}
	begin(WELL, out);
	if (r->json)
		json_done("accepted", "sibling", out);
	else
		text_add(out,
		    "accepted: %s is trusted again; see \"ntpgate "
		    "sibling\"\n",
		    pair_name(s));
	return COMMAND_ACCEPT_SIBLING;
}

static enum command_want
answer_accept(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	if (strcmp(r->word[1], "step") == 0)
		return accept_step(r, s, out);
	if (strcmp(r->word[1], "ledger") == 0)
		return accept_ledger(r, s, out);
	if (strcmp(r->word[1], "sibling") == 0)
		return accept_sibling(r, s, out);
	return refuse(r, WRONG_USAGE,
	    "accept what?  \"accept step\", \"accept ledger\" or \"accept "
	    "sibling\"",
	    out);
}

#define SCREEN 20 /* rows, unless more are asked for */

static enum command_want
answer_clients(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	struct command_order *o = r->order;

	(void)s;
	o->form = r->json ? COMMAND_JSON : COMMAND_TEXT;
	o->style = r->style;
	for (unsigned i = 1; i < r->count; i++)
		if (!command_wish(r->word[i], o))
			return refuse(r, WRONG_USAGE,
			    "clients takes sort=rate, sort=requests or "
			    "sort=last, flagged, limit=N and csv",
			    out);
	if (o->roll.limit == 0)
		o->roll.limit = o->form == COMMAND_TEXT ? SCREEN : ROLL_MOST;
	return COMMAND_CLIENTS;
}

/* "month", or "month 2026-10" */
static enum command_want
answer_month(const struct request *r, struct text *out)
{
	if (r->count == 2)
		return COMMAND_MONTH;
	r->order->month = month_parse(r->word[2]);
	if (r->order->month == 0)
		return refuse(r, WRONG_USAGE,
		    "a month is a year and two digits, such as 2026-10", out);
	return COMMAND_MONTH;
}

static enum command_want
answer_report(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	struct command_order *o = r->order;

	(void)s;
	o->form = r->json ? COMMAND_JSON : COMMAND_TEXT;
	o->style = r->style;
	if (strcmp(r->word[1], "month") == 0)
		return answer_month(r, out);
	if (r->count > 2)
		return refuse(r, WRONG_USAGE, "report takes one host", out);
	if (!addr_parse(&o->addr, r->word[1]))
		return refuse(r, WRONG_USAGE,
		    "report takes the address of a host, such as 10.0.0.9",
		    out);
	return COMMAND_REPORT;
}

static const struct {
	const char *name;
	unsigned least, most; /* arguments */
	enum command_want (*answer)(const struct request *r,
	    const struct snapshot *s, struct text *out);
	bool now; /* of this moment: an old snapshot is no answer */
} command[] = {
	{ "accept", 1, 1, answer_accept, true },
	{ "budget", 0, 0, answer_budget, true },
	{ "clients", 0, 4, answer_clients, false },
	{ "report", 1, 2, answer_report, false },
	{ "sibling", 0, 0, answer_sibling, true },
	{ "status", 0, 0, answer_status, true },
	{ "upstreams", 0, 2, answer_upstreams, true },
};

static enum command_want
refuse_silent(const struct request *r, struct text *out)
{
	char sentence[160], span[SNAPSHOT_SPAN];
	struct text t = TEXT(sentence);

	text_add(&t,
	    "the engine has not answered for %s: the log of ntpgated may say "
	    "why",
	    snapshot_span(r->age_s, span));
	return refuse(r, NOT_WELL, sentence, out);
}

static enum command_want
answer(const struct request *r, const struct snapshot *s, struct text *out)
{
	const char *name = r->count > 0 ? r->word[0] : "";
	char sentence[160];
	struct text t = TEXT(sentence);

	for (size_t i = 0; i < sizeof(command) / sizeof(command[0]); i++) {
		if (strcmp(command[i].name, name) != 0)
			continue;
		if (r->count - 1 < command[i].least ||
		    r->count - 1 > command[i].most) {
			text_add(&t, "%s takes %u argument%s", name,
			    command[i].most, command[i].most == 1 ? "" : "s");
			return refuse(r, WRONG_USAGE, sentence, out);
		}
		if (s == NULL)
			return refuse(r, NOT_WELL,
			    "the engine has not said anything yet; ask again "
			    "in a second",
			    out);
		if (command[i].now && r->age_s > COMMAND_STALE_S)
			return refuse_silent(r, out);
		return command[i].answer(r, s, out);
	}
	text_add(&t, "ntpgated knows no command \"%.40s\"", name);
	return refuse(r, WRONG_USAGE, sentence, out);
}

enum command_want
command_answer(const char *line, const struct snapshot *s, double age_s,
    struct command_order *order, struct text *out)
{
	struct request r;
	bool good = read_request(&r, line);

	*order = (struct command_order){ 0 };
	r.order = order;
	r.age_s = age_s;
	if (!good)
		return refuse(&r, WRONG_USAGE, "the request is too long", out);
	return answer(&r, s, out);
}
