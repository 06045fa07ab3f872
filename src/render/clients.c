/* SPDX-License-Identifier: ISC */
/*
 * clients.c - hosts that no DHCP tells: Windows and macOS take no notice of
 * option 42, and many servers have static addresses.
 *
 * One address of each gateway: a gateway that is named twice would look like
 * two sources that agree.
 */
#include "render/parts.h"

/* The other addresses, for hosts of the other family. */
static void
put_others(const struct render_job *j, struct text *t, const char *before,
    const char *after)
{
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < j->site->gateway_count; i++)
		for (unsigned k = 1; k < j->site->gateway[i].inside.count; k++)
			text_add(t, "# %s%s%s\n", before,
			    addr_print(&j->site->gateway[i].inside.addr[k],
				false, buf),
			    after);
}

static void
put_servers(const struct render_job *j, struct text *t, const char *before,
    const char *after)
{
	struct render_set v = render_firsts(j->site);
	char buf[ADDR_TEXT];

	for (unsigned i = 0; i < v.count; i++)
		text_add(t, "%s%s%s\n", before,
		    addr_print(&v.addr[i], false, buf), after);
	if (j->site->gateway[0].inside.count > 1)
		text_add(t,
		    "# the same gateways, by their other addresses: one of "
		    "each is enough\n");
	put_others(j, t, before, after);
}

void
render_chrony(const struct render_job *j, struct text *t)
{
	render_lines(j, t,
	    "Comment out other server and pool lines of "
	    "/etc/chrony/chrony.conf.");
	put_servers(j, t, "server ", " iburst");
}

void
render_timesyncd(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);

	text_add(t, "[Time]\nNTP=");
	render_set_put(t, &v, "", " ");
	/* Empty: else it asks the distribution's pool. */
	text_add(t, "\nFallbackNTP=\n");
}

void
render_ntp(const struct render_job *j, struct text *t)
{
	text_add(t, "driftfile /var/lib/ntpsec/ntp.drift\n");
	put_servers(j, t, "server ", " iburst");
	text_add(t,
	    "# two sources are no majority; one that is left will do\n"
	    "tos minsane 1\n"
	    "restrict default kod nomodify noquery limited\n"
	    "restrict 127.0.0.1\nrestrict ::1\n");
}

void
render_openntpd(const struct render_job *j, struct text *t)
{
	put_servers(j, t, "server ", "");
}

void
render_windows(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);

	text_add(t, "w32tm /config /manualpeerlist:\"");
	render_set_put(t, &v, "", ",0x8 ");
	text_add(t,
	    ",0x8\" /syncfromflags:manual /update\n"
	    "net stop w32time\nnet start w32time\n"
	    "w32tm /query /peers\n");
}

void
render_macos(const struct render_job *j, struct text *t)
{
	struct render_set v = { 0 };
	char buf[ADDR_TEXT];

	render_add(&v, &j->site->service, ADDR_NONE);
	if (v.count == 0)
		v = render_firsts(j->site);
	text_add(t,
	    "set -e\nsystemsetup -setnetworktimeserver %s\n"
	    "systemsetup -setusingnetworktime on\n",
	    addr_print(&v.addr[0], false, buf));
}

void
render_esxi(const struct render_job *j, struct text *t)
{
	struct render_set v = render_firsts(j->site);

	text_add(t, "set -e\nesxcli system ntp set ");
	render_set_put(t, &v, "--server=", " ");
	text_add(t, " --enabled=true\nesxcli system ntp get\n");
}
