/* SPDX-License-Identifier: ISC */
/*
 * asset.h - files that the pages are made with, inside the program: so that
 * nothing need be installed and nobody else be asked.
 */
#ifndef VIEW_ASSET_H
#define VIEW_ASSET_H

#include <stddef.h>

struct asset {
	const char *path; /* "/ntpgate.css" */
	const char *type;
	const char *text;
};

/* NULL: there is none at that path. */
const struct asset *asset_find(const char *path);

#endif
