/* SPDX-License-Identifier: ISC */
/*
 * board.h - a sequence-locked notice: one writer, any number of readers, no
 * lock.
 *
 * Whoever reads gets a whole notice, if need be by reading again; the writer
 * never waits.  Zeros are an empty board.
 */
#ifndef SYS_BOARD_H
#define SYS_BOARD_H

#include "core/link.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_MAX LINK_FIELD /* octets */
#define BOARD_WORDS ((BOARD_MAX + 7) / 8)

struct board {
	_Atomic uint32_t sequence; /* odd while it is being written */
	_Atomic uint64_t word[BOARD_WORDS];
};

/* len is the same at each call for one board, and at most BOARD_MAX. */
void board_write(struct board *b, const void *notice, size_t len);

/* False, and *notice is zeros, if nothing was written yet. */
bool board_read(const struct board *b, void *notice, size_t len);

#endif
