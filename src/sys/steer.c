/* SPDX-License-Identifier: ISC */
#include "sys/steer.h"

#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>

#define WORDS_MAX 4 /* of 32 bits, in an address */

static struct sock_filter
op(uint16_t code, uint32_t k)
{
	return (struct sock_filter){ .code = code, .k = k };
}

/* Word i of the source address in an IP header. */
static uint32_t
offset_of(enum addr_family family, unsigned i)
{
	return (uint32_t)SKF_NET_OFF + (family == ADDR_V4 ? 12 : 8) + 4 * i;
}

static unsigned
words_of(enum addr_family family)
{
	return family == ADDR_V4 ? 1 : WORDS_MAX;
}

/* h = 0; for each word: h = (h ^ word) * salt.  The upper half of h, which
 * every bit of the address changes, as a fraction of n. */
static unsigned
write_program(struct sock_filter *f, enum addr_family family, unsigned n,
    uint32_t salt)
{
	unsigned k = 0;

	f[k++] = op(BPF_LDX | BPF_W | BPF_IMM, 0);
	for (unsigned i = 0; i < words_of(family); i++) {
		f[k++] = op(BPF_LD | BPF_W | BPF_ABS, offset_of(family, i));
		f[k++] = op(BPF_ALU | BPF_XOR | BPF_X, 0);
		f[k++] = op(BPF_ALU | BPF_MUL | BPF_K, salt | 1);
		f[k++] = op(BPF_MISC | BPF_TAX, 0);
	}
	f[k++] = op(BPF_ALU | BPF_RSH | BPF_K, 16);
	f[k++] = op(BPF_ALU | BPF_MUL | BPF_K, n);
	f[k++] = op(BPF_ALU | BPF_RSH | BPF_K, 16);
	f[k++] = op(BPF_RET | BPF_A, 0);
	return k;
}

int
steer(int fd, enum addr_family family, unsigned n, uint32_t salt, struct err *e)
{
	struct sock_filter code[5 + 4 * WORDS_MAX];
	struct sock_fprog program = { .filter = code };

	program.len = (unsigned short)write_program(code, family, n, salt);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
		sizeof(program)) == -1)
		return err_sys(e, "steer clients to workers");
	return 0;
}

unsigned
steer_of(const struct addr *a, unsigned n, uint32_t salt)
{
	uint32_t h = 0;

	for (unsigned i = 0; i < words_of(a->family); i++) {
		const uint8_t *p = a->ip + 4 * (size_t)i;
		uint32_t word = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];

		h = (h ^ word) * (salt | 1);
	}
	return (h >> 16) * n >> 16;
}
