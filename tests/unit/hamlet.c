/* SPDX-License-Identifier: ISC */
#include "hamlet.h"

#include <stdio.h>
#include <string.h>

const char hamlet[] =
    "site: hamlet\n"						     /* 1 */
    "policy: block\n"						     /* 2 */
    "gateways:\n"						     /* 3 */
    "  - {name: gw1, inside: [10.0.0.11, \"2001:db8::11\"]}\n"	     /* 4 */
    "  - {name: gw2, inside: [10.0.0.12, \"2001:db8::12\"]}\n"	     /* 5 */
    "service: [10.0.0.10, \"2001:db8::10\"]\n"			     /* 6 */
    "upstreams:\n"						     /* 7 */
    "  servers:\n"						     /* 8 */
    "    - {host: 192.0.2.1, operator: A}\n"			     /* 9 */
    "    - {host: 192.0.2.2, operator: B}\n"			     /* 10 */
    "    - {host: 192.0.2.3, operator: C}\n"			     /* 11 */
    "    - {host: 192.0.2.4, operator: D}\n"			     /* 12 */
    "networks:\n"						     /* 13 */
    "  - {name: home, prefixes: [10.0.0.0/24, \"2001:db8::/64\"]}\n" /* 14 */
    "  - {name: yard, prefixes: [10.1.0.0/16, \"2001:db8:1::/64\"]}\n"
    "routers:\n" /* 16 */
    "  - {name: edge, dialect: nftables, inside: lan0, outside: wan0}\n"
    "dhcp:\n" /* 18 */
    "  - {name: kea, dialect: kea, networks: [home, yard]}\n"
    "exempt:\n" /* 20 */
    "  - {address: 10.1.2.3, to: 198.51.100.7, why: GPS}\n"
    "verify: {outside: ntp1.example.net}\n"; /* 22 */

struct site hamlet_site;
struct err hamlet_err;

int
hamlet_with(const char *from, const char *to)
{
	static char text[8192];
	const char *at = strstr(hamlet, from);

	if (at == NULL) {
		printf("\n\"%s\" is not in the file", from);
		return -2;
	}
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - hamlet), hamlet, to,
	    at + strlen(from));
	hamlet_err.text[0] = '\0';
	return site_read(&hamlet_site, "S", text, strlen(text), &hamlet_err);
}

bool
hamlet_refused(const char *from, const char *to, const char *sentence)
{
	bool right = hamlet_with(from, to) == -1 &&
	    strcmp(hamlet_err.text, sentence) == 0;

	if (!right)
		printf("\n\"%s\", not \"%s\"", hamlet_err.text, sentence);
	return right;
}

bool
hamlet_notes(const char *begin, bool fails)
{
	for (unsigned i = 0; i < hamlet_site.note_count; i++)
		if (strncmp(hamlet_site.note[i].text, begin, strlen(begin)) ==
			0 &&
		    hamlet_site.note[i].fails == fails)
			return true;
	return false;
}
