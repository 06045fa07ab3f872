/* SPDX-License-Identifier: ISC */
/*
 * gateways.h - where the gateways of a site answer.
 */
#ifndef GATEWAYS_H
#define GATEWAYS_H

#include "base/text.h"
#include "conf/site.h"

/* Does one of them answer there, or all (the service address)? */
bool gateways_have(const struct site *s, const struct addr *a);

/* "10.0.0.11, 10.0.0.12", without the service address; nothing if there are
 * none of the family. */
void gateways_print(const struct site *s, enum addr_family f, struct text *t);

#endif
