/* SPDX-License-Identifier: ISC */
#include "base/sealed.h"

#include "base/fnv.h"

#include <string.h>

void
sealed_begin(struct wire_out *w, const struct sealed *s)
{
	wire_put(w, s->name, s->name_len);
	wire_put_u8(w, s->version);
}

void
sealed_end(struct wire_out *w, const uint8_t *begin)
{
	wire_put_u64(w, fnv(FNV_BEGIN, begin, (size_t)(w->at - begin)));
}

/* The version comes before the checksum: another one may have another. */
int
sealed_open(struct wire *w, const struct sealed *s, struct err *e)
{
	const uint8_t *begin = w->at;
	size_t head = s->name_len + 1, len;
	struct wire sum;

	if (w->left < head + SEALED_SUM)
		return err_set(e, "cut short: %zu octets", w->left);
	if (memcmp(begin, s->name, s->name_len) != 0)
		return err_set(e, "not %s", s->is);
	if (begin[s->name_len] != s->version)
		return err_set(e, "of version %u, this program reads %u",
		    begin[s->name_len], s->version);
	len = w->left - SEALED_SUM;
	sum = (struct wire){ begin + len, SEALED_SUM, false };
	if (wire_u64(&sum) != fnv(FNV_BEGIN, begin, len))
		return err_set(e,
		    "cut short or damaged: its checksum is wrong");
	*w = (struct wire){ begin + head, len - head, false };
	return 0;
}
