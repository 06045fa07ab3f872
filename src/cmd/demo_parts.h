/* SPDX-License-Identifier: ISC */
/*
 * demo_parts.h - what those who play in the demonstration share: sockets on
 * loopback, and the machine's clock, which here is the truth.
 */
#ifndef CMD_DEMO_PARTS_H
#define CMD_DEMO_PARTS_H

#include "demo.h"

#include "base/time.h"

#include <netinet/in.h>
#include <poll.h>

struct wall demo_clock(void);

/* Sleeps until something can be read or the instant has come; a second at
 * most. */
void demo_wait(struct pollfd *fd, nfds_t count, struct wall due);

/* 127.0.0.0 + last24 */
struct sockaddr_in demo_address(uint32_t last24, uint16_t port);

/* A UDP socket bound there. */
int demo_open(const struct sockaddr_in *at, int *fd, struct err *e);
void demo_close(const int *fd, unsigned count);

#endif
