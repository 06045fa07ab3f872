/* SPDX-License-Identifier: ISC */
/*
 * relaxed.h - numbers that one thread writes and others read.
 *
 * No order between them is promised, and no locked instruction is needed:
 * what belongs together has a sequence beside it.
 */
#ifndef CORE_RELAXED_H
#define CORE_RELAXED_H

#include <stdatomic.h>

#define PEEK(x) atomic_load_explicit(&(x), memory_order_relaxed)
#define POKE(x, v) atomic_store_explicit(&(x), (v), memory_order_relaxed)
/* The writer's own. */
#define BUMP(x, n) POKE(x, PEEK(x) + (n))

#endif
