/* SPDX-License-Identifier: ISC */
/*
 * scan.h - a first look at libconfig text: what the library would take, or
 * refuse without saying why.
 *
 * Refused are @include (one gateway, one file); brackets and comments without
 * an end, with the line where they begin (libconfig takes what stands before
 * an open comment for the whole); a string that does not end in its line, or
 * stands where none can (libconfig loses its memory); a comma behind the last
 * element of a list (old libraries call it a syntax error, new ones take it);
 * and a number that does not fit in 32 bits and does not end in L (libconfig
 * cuts it without a word).
 */
#ifndef CONF_SCAN_H
#define CONF_SCAN_H

#include "base/err.h"

/* 0, or -1 and "file:line: ..." */
int scan_text(const char *file, const char *text, struct err *e);

#endif
