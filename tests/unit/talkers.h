/* SPDX-License-Identifier: ISC */
/*
 * talkers.h - packets for the tests of core/talk and core/explain.
 */
#ifndef TALKERS_H
#define TALKERS_H

#include "core/explain.h"

extern struct talks talkers;

void talkers_setup(void);

/* "10.0.0.5:4000" */
struct talk_event talkers_event(double s, const char *from, const char *to);

/* One packet of a log, of UDP. */
void talkers_say(double s, const char *from, const char *to);

/* One packet of a capture: mode, octets, hop limit. */
void talkers_packet(double s, const char *from, const char *to, int mode,
    uint32_t octets);

/* A question and its answer, as captured; ttl of the question. */
void talkers_exchange(double s, const char *client, const char *server,
    int ttl);

const struct talk_host *talkers_host(const char *ip);

/* After talks_sum(), once a test. */
enum explain_kind talkers_kind(const char *ip);

#endif
