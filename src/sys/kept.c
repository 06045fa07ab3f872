/* SPDX-License-Identifier: ISC */
#include "sys/kept.h"

#include "base/fnv.h"
#include "base/wire.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "snmp"
#define MAGIC 0x6e67736eu /* "ngsn" */
#define VERSION 1
#define BODY (4 + 2 + 2 + 4 + 4)
#define OCTETS (BODY + 8)

static bool
decode(const uint8_t *octets, size_t len, struct mib_kept *k)
{
	struct wire w = { .at = octets, .left = len };
	struct mib_kept got;

	if (len != OCTETS || wire_u32(&w) != MAGIC || wire_u16(&w) != VERSION)
		return false;
	got.bits = wire_u16(&w);
	got.heartbeat_s = wire_u32(&w);
	got.notifications = wire_u32(&w);
	if (wire_u64(&w) != fnv(FNV_BEGIN, octets, BODY) || w.bad)
		return false;
	*k = got;
	return true;
}

int
kept_read(const char *dir, struct mib_kept *k, struct err *e)
{
	char path[4096], *octets;
	bool good;
	size_t len;

	mib_kept_init(k);
	snprintf(path, sizeof(path), "%s/" NAME, dir);
	octets = file_read(path, 4096, &len, e);
	if (octets == NULL)
		return -1;
	good = decode((const uint8_t *)octets, len, k);
	free(octets);
	if (good)
		return 0;
	err_set(e, "%s is damaged", path);
	errno = EBADMSG;
	return -1;
}

int
kept_write(const char *dir, const struct mib_kept *k, struct err *e)
{
	uint8_t octets[OCTETS];
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	wire_put_u32(&w, MAGIC);
	wire_put_u16(&w, VERSION);
	wire_put_u16(&w, k->bits);
	wire_put_u32(&w, k->heartbeat_s);
	wire_put_u32(&w, k->notifications);
	wire_put_u64(&w, fnv(FNV_BEGIN, octets, BODY));
	return file_replace(dir, NAME, octets, sizeof(octets), e);
}
