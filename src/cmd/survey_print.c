/* SPDX-License-Identifier: ISC */
/*
 * survey_print.c - what was found: for people, as a part of a site.yaml, as a
 * part of an ntpgate.conf, for programs.
 */
#include "survey.h"

#include "base/text.h"
#include "core/packet.h"
#include "view/json.h"
#include "view/snapshot.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define HOST_WIDTH 28

static const struct survey_server *
server(const struct survey_run *r, unsigned i)
{
	return &r->v->server[i];
}

static bool
is_chosen(const struct survey_server *s)
{
	return s->verdict == SURVEY_CHOSEN;
}

/* "host", and ":port" if it is another than NTP's. */
static const char *
full_host(const struct survey_said *s, char buf[SOURCE_HOST_MAX + 8])
{
	struct text t = { buf, SOURCE_HOST_MAX + 8, 0 };
	bool v6 = strchr(s->host, ':') != NULL;

	if (s->port == NTP_PORT)
		text_add(&t, "%s", s->host);
	else
		text_add(&t, "%s%s%s:%u", v6 ? "[" : "", s->host, v6 ? "]" : "",
		    s->port);
	return buf;
}

/* ---- for people ---- */

static void
print_systems(const struct survey_said *s)
{
	for (unsigned i = 0; i < s->as_count; i++)
		printf("%sAS%u", i == 0 ? ", " : " ", s->as[i]);
}

static void
print_found(const struct survey_found *f)
{
	char addr[ADDR_TEXT], refid[SNAPSHOT_REFID], off[24], delay[24];

	if (f->samples == 0)
		return;
	snapshot_refid(f->stratum, f->refid, refid);
	printf("    %s, stratum %u, follows %s, offset %s, delay %s\n",
	    addr_print(&f->addr, false, addr), f->stratum,
	    refid[0] != '\0' ? refid : "nobody",
	    text_seconds(off, sizeof(off), f->offset, true),
	    text_seconds(delay, sizeof(delay), f->delay, false));
}

static void
print_chosen(const struct survey_server *s)
{
	char host[SOURCE_HOST_MAX + 8], name[SOURCE_HOST_MAX];

	survey_operator(&s->said, name, sizeof(name));
	printf("  %-*s  %s", HOST_WIDTH, full_host(&s->said, host), name);
	print_systems(&s->said);
	printf("\n");
	print_found(&s->found);
	printf("    why: %s\n", s->why);
	printf("    permission: %s\n",
	    s->said.permission[0] != '\0' ? s->said.permission :
					    "not known, ask its operator");
}

static unsigned
count(const struct survey_run *r, enum survey_verdict v)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->v->count; i++)
		n += server(r, i)->verdict == v;
	return n;
}

static void
print_refused(const struct survey_run *r, enum survey_verdict v)
{
	char host[SOURCE_HOST_MAX + 8];

	if (count(r, v) == 0)
		return;
	printf("\nNot chosen, %s: %u\n", survey_verdict_name(v), count(r, v));
	for (unsigned i = 0; i < r->v->count; i++) {
		const struct survey_server *s = server(r, i);

		if (s->verdict == v)
			printf("  %-*s  %s\n", HOST_WIDTH,
			    full_host(&s->said, host), s->why);
	}
}

void
survey_print_text(const struct survey_run *r)
{
	printf("%s: %u servers, %u candidates", r->file, r->v->count,
	    r->candidates);
	if (r->offline)
		printf(", nobody asked\n");
	else
		printf(", %u asked with %u packets\n", r->asked, r->packets);
	printf("\nProposed: %u of the %u wanted\n", r->chosen, r->wish.want);
	for (unsigned i = 0; i < r->v->count; i++)
		if (is_chosen(server(r, i)))
			print_chosen(server(r, i));
	if (r->chosen < SURVEY_WANT_MIN)
		printf("  A site needs %d: try a larger catalogue%s.\n",
		    SURVEY_WANT_MIN,
		    r->wish.region[0][0] != '\0' ? " or region" : "");
	/* Who was nearest to being chosen comes first. */
	for (int v = SURVEY_VERDICTS - 1; v > SURVEY_CHOSEN; v--)
		print_refused(r, (enum survey_verdict)v);
}

/* ---- for configurations ---- */

/* A double-quoted string: the same in YAML and in libconfig, for what the
 * catalogue's reader lets through. */
static void
print_quoted(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void
print_head(const struct survey_run *r, const char *margin)
{
	printf("%s# ntpgate survey: %u of %u servers%s\n", margin, r->chosen,
	    r->v->count, r->offline ? "; none was asked" : "");
	if (r->chosen < SURVEY_WANT_MIN)
		printf("%s# A site needs %d to %d of them.\n", margin,
		    SURVEY_WANT_MIN, SURVEY_WANT_MAX);
}

static const char unpermitted[] = "# ask for permission (BCP 223, 3.6)";

static void
print_site_server(const struct survey_said *s)
{
	printf("    - {host: ");
	print_quoted(s->host);
	if (s->port != NTP_PORT)
		printf(", port: %u", s->port);
	if (s->operator_name[0] != '\0') {
		printf(", operator: ");
		print_quoted(s->operator_name);
	}
	if (s->permission[0] != '\0') {
		printf(", permission: ");
		print_quoted(s->permission);
	}
	printf("}%s%s\n", s->permission[0] != '\0' ? "" : "  ",
	    s->permission[0] != '\0' ? "" : unpermitted);
}

void
survey_print_site(const struct survey_run *r)
{
	print_head(r, "");
	printf("upstreams:\n  servers:%s\n", r->chosen == 0 ? " []" : "");
	for (unsigned i = 0; i < r->v->count; i++)
		if (is_chosen(server(r, i)))
			print_site_server(&server(r, i)->said);
	printf("  spares: []\n  accuracy: 5ms\n  budget: 640\n");
}

static void
print_conf_server(const struct survey_said *s, bool last)
{
	printf("        { host = ");
	print_quoted(s->host);
	if (s->port != NTP_PORT)
		printf("; port = %u", s->port);
	if (s->operator_name[0] != '\0') {
		printf("; operator = ");
		print_quoted(s->operator_name);
	}
	printf("; stratum = %d", SURVEY_STRATUM);
	if (s->permission[0] != '\0') {
		printf("; permission = ");
		print_quoted(s->permission);
	}
	printf("; }%s%s%s\n", last ? "" : ",",
	    s->permission[0] != '\0' ? "" : "  ",
	    s->permission[0] != '\0' ? "" : unpermitted);
}

void
survey_print_conf(const struct survey_run *r)
{
	unsigned left = r->chosen;

	printf("upstream: {\n");
	print_head(r, "    ");
	printf("    servers = (\n");
	for (unsigned i = 0; i < r->v->count; i++)
		if (is_chosen(server(r, i)))
			print_conf_server(&server(r, i)->said, --left == 0);
	printf("    );\n};\n");
}

/* ---- for programs ---- */

static json_t *
text_or_null(const char *text)
{
	json_t *v = text[0] != '\0' ? json_string(text) : NULL;

	return v != NULL ? v : json_null();
}

static json_t *
number_if(bool known, double v)
{
	return known ? json_real(v) : json_null();
}

static json_t *
systems(const struct survey_said *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->as_count; i++)
		json_array_append_new(list, json_integer(s->as[i]));
	return list;
}

static json_t *
said_object(const struct survey_server *s)
{
	const struct survey_said *said = &s->said;

	return json_pack("{s:o, s:i, s:s, s:o, s:o, s:o, s:o, s:o}", "host",
	    text_or_null(said->host), "port", (int)said->port, "verdict",
	    survey_verdict_name(s->verdict), "why", text_or_null(s->why),
	    "operator", text_or_null(said->operator_name), "location",
	    text_or_null(said->location), "permission",
	    text_or_null(said->permission), "as", systems(said));
}

static json_t *
found_object(const struct survey_found *f, unsigned said_stratum)
{
	unsigned stratum = f->samples > 0 ? f->stratum : said_stratum;
	char addr[ADDR_TEXT] = "", refid[SNAPSHOT_REFID] = "";
	const bool known = f->samples > 0;

	if (f->addr.family != ADDR_NONE)
		addr_print(&f->addr, false, addr);
	if (known)
		snapshot_refid(f->stratum, f->refid, refid);
	return json_pack("{s:o, s:o, s:o, s:i, s:i, s:o, s:o, s:o, s:o}",
	    "address", text_or_null(addr), "stratum",
	    stratum != 0 ? json_integer(stratum) : json_null(), "refid",
	    text_or_null(refid), "sent", (int)f->sent, "samples",
	    (int)f->samples, "offset_s", number_if(known, f->offset), "delay_s",
	    number_if(known, f->delay), "jitter_s", number_if(known, f->jitter),
	    "root_distance_s", number_if(known, f->distance));
}

static json_t *
list_of(const struct survey_run *r, bool chosen)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->v->count; i++) {
		const struct survey_server *s = server(r, i);
		json_t *o, *found;

		if (is_chosen(s) != chosen)
			continue;
		o = said_object(s);
		found = found_object(&s->found, s->said.stratum);
		json_object_update(o, found);
		json_decref(found);
		json_array_append_new(list, o);
	}
	return list;
}

void
survey_print_json(const struct survey_run *r)
{
	json_t *file = text_or_null(r->file);
	json_t *v =
	    json_pack("{s:i, s:o, s:b, s:i, s:i, s:i, s:i, s:i, s:o, s:o}",
		"schema", JSON_SCHEMA, "file", file, "offline", (int)r->offline,
		"servers", (int)r->v->count, "candidates", (int)r->candidates,
		"asked", (int)r->asked, "packets", (int)r->packets, "want",
		(int)r->wish.want, "chosen", list_of(r, true), "refused",
		list_of(r, false));

	json_dumpf(v, stdout,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
	printf("\n");
	json_decref(v);
}
