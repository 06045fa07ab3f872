/* SPDX-License-Identifier: ISC */
/*
 * nft_none.c - built without libnftables: there is no packet filter.
 */
#include "sys/nft.h"

static void
say(struct err *e)
{
	err_set(e,
	    "this ntpgate was built without libnftables; \"ntpgate render "
	    "nftables\" writes the rules for nft(8)");
}

struct nft *
nft_open(struct err *e)
{
	say(e);
	return NULL;
}

void
nft_close(struct nft *n)
{
	(void)n;
}

int
nft_run(struct nft *n, const char *text, bool dry, struct err *e)
{
	(void)n, (void)text, (void)dry;
	say(e);
	return -1;
}

char *
nft_list(struct nft *n, const char *table, enum nft_form form, struct err *e)
{
	(void)n, (void)table, (void)form;
	say(e);
	return NULL;
}

char *
nft_list_of(const char *text, struct err *e)
{
	(void)text;
	say(e);
	return NULL;
}
