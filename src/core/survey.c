/* SPDX-License-Identifier: ISC */
#include "core/survey.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Costs in seconds, to be weighed against a delay. */
#define COST_UNKNOWN_STRATUM 0.2
#define COST_UNKNOWN_OPERATOR 0.05
#define COST_UNKNOWN_AS 0.02
#define COST_MANY_AS 0.02 /* perhaps a name that moves */
#define COST_VIRTUAL 0.02
#define COST_UNPERMITTED 0.01

/* ---- words ---- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* A letter of any script, or a digit. */
static bool
is_letter(char c)
{
	char l = lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
	    (unsigned char)c >= 0x80;
}

static size_t
same_start(const char *text, const char *word)
{
	size_t n = 0;

	while (word[n] != '\0' && lower(text[n]) == lower(word[n]))
		n++;
	return word[n] == '\0' ? n : 0;
}

bool
survey_has_word(const char *text, const char *word)
{
	for (const char *t = text; *t != '\0'; t++) {
		size_t n = same_start(t, word);

		if (n > 0 && (t == text || !is_letter(t[-1])) &&
		    !is_letter(t[n]))
			return true;
	}
	return false;
}

static bool
has_start_of_word(const char *text, const char *start)
{
	for (const char *t = text; *t != '\0'; t++)
		if ((t == text || !is_letter(t[-1])) &&
		    same_start(t, start) > 0)
			return true;
	return false;
}

static const char *
any_word(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (survey_has_word(text, words[i]))
			return words[i];
	return NULL;
}

static bool
same_text(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && (*a == '\0' || same_start(a, b) > 0);
}

void
survey_refuse(struct survey_server *s, enum survey_verdict v, const char *fmt,
    ...)
{
	struct text t = TEXT(s->why);
	va_list ap;

	s->verdict = v;
	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
}

/* ---- operators ---- */

/* Where the last two labels of a name begin, or three behind such as .ac.uk:
 * a short label before a country. */
static const char *
domain_of(const char *host)
{
	const char *dot[3] = { NULL, NULL, NULL }; /* the last ones */
	size_t last, before;
	struct addr a;

	if (addr_parse(&a, host))
		return "";
	for (const char *c = host; *c != '\0'; c++) {
		if (*c != '.')
			continue;
		dot[2] = dot[1];
		dot[1] = dot[0];
		dot[0] = c;
	}
	if (dot[1] == NULL)
		return host;
	last = strlen(dot[0] + 1);
	before = (size_t)(dot[0] - dot[1]) - 1;
	if (last > 2 || before > 3)
		return dot[1] + 1;
	return dot[2] != NULL ? dot[2] + 1 : host;
}

void
survey_operator(const struct survey_said *s, char *buf, size_t size)
{
	text_copy(buf, size,
	    s->operator_name[0] != '\0' ? s->operator_name :
					  domain_of(s->host));
}

/* The next letter that counts, in lower case; 0 at the end. */
static char
next_letter(const char **at)
{
	for (; **at != '\0'; (*at)++) {
		const char *close = **at == '(' ? strchr(*at, ')') : NULL;

		if (close != NULL)
			*at = close;
		else if (is_letter(**at))
			return lower(*(*at)++);
	}
	return '\0';
}

static bool
same_letters(const char *a, const char *b)
{
	bool any = false;
	char c, d;

	do {
		c = next_letter(&a);
		d = next_letter(&b);
		any |= c != '\0';
	} while (c == d && c != '\0');
	return any && c == d;
}

bool
survey_same_operator(const struct survey_said *a, const struct survey_said *b)
{
	if (a->operator_name[0] != '\0' && b->operator_name[0] != '\0')
		return same_letters(a->operator_name, b->operator_name);
	return same_letters(domain_of(a->host), domain_of(b->host));
}

/* ---- what the catalogue speaks against ---- */

static bool
is_pool(const struct survey_said *s)
{
	return survey_has_word(s->host, "pool");
}

bool
survey_smears(const char *host)
{
	static const char *const domain[] = { "google.com", "android.com",
		"facebook.com", "aws.com" };

	for (size_t i = 0; i < COUNT(domain); i++)
		if (same_text(domain_of(host), domain[i]))
			return true;
	return false;
}

/* The words by which somebody wants to be asked first, or NULL. */
static const char *
wants_permission(const struct survey_said *s)
{
	static const char *const free[] = { "open access", "openaccess", "open",
		"granted", "own", "no permission", "unrestricted" };
	static const char *const closed[] = { "restricted", "permission",
		"private", "arrangement", "agreement", "members", "subscribers",
		"customers", "contact", "notify", "closed", "not public",
		"no public", "internal", "registration" };

	if (any_word(s->permission, free, COUNT(free)) != NULL)
		return NULL;
	if (any_word(s->permission, closed, COUNT(closed)) != NULL)
		return s->permission;
	if (any_word(s->notes, free, COUNT(free)) == NULL &&
	    any_word(s->notes, closed, COUNT(closed)) != NULL)
		return s->notes;
	return NULL;
}

static bool
in_region(const struct survey_said *s, const struct survey_wish *w)
{
	if (w->region[0][0] == '\0')
		return true;
	for (unsigned i = 0; i < SURVEY_WORDS && w->region[i][0] != '\0'; i++)
		if (survey_has_word(s->location, w->region[i]) ||
		    survey_has_word(s->notes, w->region[i]) ||
		    survey_has_word(s->operator_name, w->region[i]) ||
		    survey_has_word(s->host, w->region[i]))
			return true;
	return false;
}

static const struct survey_server *
said_before(const struct survey *v, unsigned i)
{
	const struct survey_said *s = &v->server[i].said;

	for (unsigned k = 0; k < i; k++)
		if (v->server[k].said.port == s->port &&
		    same_text(v->server[k].said.host, s->host))
			return &v->server[k];
	return NULL;
}

static void
filter_one(struct survey *v, unsigned i, const struct survey_wish *w)
{
	struct survey_server *s = &v->server[i];
	const struct survey_said *said = &s->said;
	const struct survey_server *twin = said_before(v, i);
	const char *asks = wants_permission(said);

	if (twin != NULL)
		survey_refuse(s, SURVEY_TWICE, "it stands in line %u already",
		    twin->said.line);
	else if (is_pool(said))
		survey_refuse(s, SURVEY_POOL,
		    "a pool: another server each time the name is looked up");
	else if (survey_has_word(said->notes, "anycast"))
		survey_refuse(s, SURVEY_ANYCAST,
		    "anycast: many servers behind one address");
	else if (has_start_of_word(said->notes, "smear") ||
	    survey_smears(said->host))
		survey_refuse(s, SURVEY_SMEARS,
		    "it smears leap seconds: it must not be mixed with others");
	else if (said->stratum != 0 && said->stratum != SURVEY_STRATUM)
		survey_refuse(s, SURVEY_STRATUM_NO,
		    "the catalogue says stratum %u: a site asks stratum %u",
		    said->stratum, SURVEY_STRATUM);
	else if (asks != NULL)
		survey_refuse(s, SURVEY_PERMISSION,
		    "it wants to be asked first: \"%s\"", asks);
	else if (!in_region(said, w))
		survey_refuse(s, SURVEY_REGION, "not in the region");
}

void
survey_filter(struct survey *v, const struct survey_wish *w)
{
	for (unsigned i = 0; i < v->count; i++) {
		v->server[i].verdict = SURVEY_CANDIDATE;
		v->server[i].why[0] = '\0';
		filter_one(v, i, w);
	}
}

/* ---- order ---- */

static double
said_cost(const struct survey_said *s)
{
	double cost = 0;

	if (s->stratum == 0)
		cost += COST_UNKNOWN_STRATUM;
	if (s->operator_name[0] == '\0')
		cost += COST_UNKNOWN_OPERATOR;
	if (s->as_count == 0)
		cost += COST_UNKNOWN_AS;
	if (s->as_count > 1)
		cost += COST_MANY_AS;
	if (s->virtual_machine)
		cost += COST_VIRTUAL;
	if (s->permission[0] == '\0')
		cost += COST_UNPERMITTED;
	return cost;
}

/* Does a come before b?  The catalogue's order breaks ties. */
static bool
comes_before(const struct survey *v, unsigned a, unsigned b)
{
	const struct survey_server *x = &v->server[a], *y = &v->server[b];

	if (x->rank != y->rank)
		return x->rank < y->rank;
	if (x->cost < y->cost || x->cost > y->cost)
		return x->cost < y->cost;
	return a < b;
}

static void
insert(const struct survey *v, unsigned *index, unsigned n, unsigned i)
{
	while (n > 0 && comes_before(v, i, index[n - 1])) {
		index[n] = index[n - 1];
		n--;
	}
	index[n] = i;
}

/* How many of i's operator are better. */
static unsigned
rank_of(const struct survey *v, unsigned i)
{
	const struct survey_server *s = &v->server[i];
	unsigned rank = 0;

	for (unsigned k = 0; k < v->count; k++) {
		const struct survey_server *o = &v->server[k];

		if (k == i || o->verdict != SURVEY_CANDIDATE ||
		    !survey_same_operator(&s->said, &o->said))
			continue;
		if (o->cost < s->cost || (!(o->cost > s->cost) && k < i))
			rank++;
	}
	return rank;
}

unsigned
survey_order(struct survey *v, unsigned index[SURVEY_SERVERS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->count; i++)
		v->server[i].cost = said_cost(&v->server[i].said);
	for (unsigned i = 0; i < v->count; i++)
		if (v->server[i].verdict == SURVEY_CANDIDATE)
			v->server[i].rank = rank_of(v, i);
	for (unsigned i = 0; i < v->count; i++)
		if (v->server[i].verdict == SURVEY_CANDIDATE)
			insert(v, index, n++, i);
	return n;
}

const char *
survey_verdict_name(enum survey_verdict v)
{
	static const char *const name[SURVEY_VERDICTS] = {
		[SURVEY_CANDIDATE] = "candidate",
		[SURVEY_CHOSEN] = "chosen",
		[SURVEY_TWICE] = "twice",
		[SURVEY_POOL] = "pool",
		[SURVEY_ANYCAST] = "anycast",
		[SURVEY_STRATUM_NO] = "stratum",
		[SURVEY_PERMISSION] = "permission",
		[SURVEY_SMEARS] = "smears",
		[SURVEY_REGION] = "region",
		[SURVEY_UNASKED] = "unasked",
		[SURVEY_UNRESOLVED] = "unresolved",
		[SURVEY_SILENT] = "silent",
		[SURVEY_KISSED] = "kiss",
		[SURVEY_UNSYNC] = "unsynchronised",
		[SURVEY_UNFIT] = "unfit",
		[SURVEY_DISTANT] = "distant",
		[SURVEY_WRONG] = "wrong",
		[SURVEY_CIRCULAR] = "circular",
		[SURVEY_SAME_VOICE] = "same-voice",
		[SURVEY_NOT_NEEDED] = "not-needed",
	};

	return v < SURVEY_VERDICTS ? name[v] : "?";
}
