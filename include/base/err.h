/* SPDX-License-Identifier: ISC */
/*
 * err.h - why an operation failed, as one sentence.
 *
 * Every function here returns -1, so that failing is one statement:
 *
 *	return err_set(e, "port %d is taken", port);
 *
 * Who knows where it happened puts that in front with err_at(); the top
 * prints it once.  What the network does is never an err: it is a verdict.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

struct err {
	char text[512]; /* cut, never overrun */
};

/* Replaces the text. */
int err_set(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "what: reason of errno". */
int err_sys(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "where: " in front of what is there. */
int err_at(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
