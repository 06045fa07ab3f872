/* SPDX-License-Identifier: ISC */
/*
 * fnv.h - FNV-1a, 64 bits: tells damage from data and one name from another.
 * It keeps no secret and withstands nobody who wants to deceive it.
 */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)

/* Goes on from h; begin with FNV_BEGIN. */
uint64_t fnv(uint64_t h, const void *octets, size_t len);

#endif
