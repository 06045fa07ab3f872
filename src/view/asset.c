/* SPDX-License-Identifier: ISC */
#include "view/asset.h"

#include <string.h>

/* The .inc are the files beside this one as string literals: see Makefile.am. */
static const char css[] = {
#include "view/ntpgate.css.inc"
};
static const char js[] = {
#include "view/ntpgate.js.inc"
};
static const char svg[] = {
#include "view/ntpgate.svg.inc"
};

static const struct asset asset[] = {
	{ "/ntpgate.css", "text/css; charset=utf-8", css },
	{ "/ntpgate.js", "text/javascript; charset=utf-8", js },
	{ "/ntpgate.svg", "image/svg+xml", svg },
};

const struct asset *
asset_find(const char *path)
{
	for (size_t i = 0; i < sizeof(asset) / sizeof(asset[0]); i++)
		if (strcmp(asset[i].path, path) == 0)
			return &asset[i];
	return NULL;
}
