/* SPDX-License-Identifier: ISC */
/*
 * steer.h - which of the sockets that share an address hears a client.
 *
 * A program in the kernel (classic BPF) hashes the client's address, and its
 * address alone: a client always meets the same worker, whatever its port.
 * The salt is secret, so that nobody can choose addresses that all meet one.
 */
#ifndef SYS_STEER_H
#define SYS_STEER_H

#include "base/addr.h"
#include "base/err.h"

#include <stdint.h>

/*
 * For a whole group of SO_REUSEPORT: fd is any of its n sockets, which count
 * in the order in which they were bound.
 */
int steer(int fd, enum addr_family family, unsigned n, uint32_t salt,
    struct err *e);

/* The number of the socket that hears a. */
unsigned steer_of(const struct addr *a, unsigned n, uint32_t salt);

#endif
