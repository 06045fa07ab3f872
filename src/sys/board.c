/* SPDX-License-Identifier: ISC */
#include "sys/board.h"

#include <assert.h>
#include <sched.h>
#include <string.h>

void
board_write(struct board *b, const void *notice, size_t len)
{
	uint64_t word[BOARD_WORDS] = { 0 };
	uint32_t s = atomic_load_explicit(&b->sequence, memory_order_relaxed);

	assert(len <= BOARD_MAX);
	memcpy(word, notice, len);
	atomic_store_explicit(&b->sequence, s + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < (len + 7) / 8; i++)
		atomic_store_explicit(&b->word[i], word[i],
		    memory_order_relaxed);
	/* Zero means that nothing was ever written. */
	s = s + 2 != 0 ? s + 2 : 2;
	atomic_store_explicit(&b->sequence, s, memory_order_release);
}

bool
board_read(const struct board *b, void *notice, size_t len)
{
	uint64_t word[BOARD_WORDS];
	uint32_t before, after;

	assert(len <= BOARD_MAX);
	for (;;) {
		before =
		    atomic_load_explicit(&b->sequence, memory_order_acquire);
		for (size_t i = 0; i < (len + 7) / 8; i++)
			word[i] = atomic_load_explicit(&b->word[i],
			    memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after =
		    atomic_load_explicit(&b->sequence, memory_order_relaxed);
		if (before == after && before % 2 == 0)
			break;
		sched_yield(); /* the engine is writing */
	}
	memcpy(notice, word, len);
	return before != 0;
}
