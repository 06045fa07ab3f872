/* SPDX-License-Identifier: ISC */
#include "sys/kept.h"

#include "base/sealed.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "snmp"
#define OCTETS 24

static const struct sealed kind = { "the memory of an SNMP agent", "ngsn\0", 5,
	1 };

static int
decode(struct wire w, struct mib_kept *k, struct err *e)
{
	struct mib_kept got = *k;

	if (sealed_open(&w, &kind, e) == -1)
		return -1;
	got.bits = wire_u16(&w);
	got.heartbeat_s = wire_u32(&w);
	got.notifications = wire_u32(&w);
	if (w.bad || w.left != 0)
		return err_set(e, "of another size");
	*k = got;
	return 0;
}

int
kept_read(const char *dir, struct mib_kept *k, struct err *e)
{
	char path[4096], *octets;
	int is;
	size_t len;

	mib_kept_init(k);
	snprintf(path, sizeof(path), "%s/" NAME, dir);
	octets = file_read(path, 4096, &len, e);
	if (octets == NULL)
		return -1;
	is = decode((struct wire){ (uint8_t *)octets, len, false }, k, e);
	free(octets);
	if (is == 0)
		return 0;
	errno = EBADMSG;
	return err_at(e, "%s", path);
}

int
kept_write(const char *dir, const struct mib_kept *k, struct err *e)
{
	uint8_t octets[OCTETS];
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	sealed_begin(&w, &kind);
	wire_put_u16(&w, k->bits);
	wire_put_u32(&w, k->heartbeat_s);
	wire_put_u32(&w, k->notifications);
	sealed_end(&w, octets);
	return file_replace(dir, NAME, octets, sizeof(octets), e);
}
