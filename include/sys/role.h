/* SPDX-License-Identifier: ISC */
/*
 * role.h - processes with few rights, and the wire between them.
 *
 * main starts the engine and the desk, gives up its own rights, and waits.
 * They talk over SOCK_SEQPACKET: one message, one struct, one datagram.
 */
#ifndef SYS_ROLE_H
#define SYS_ROLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum role_kind {
	ROLE_MAIN,   /* no capability */
	ROLE_ENGINE, /* CAP_SYS_TIME, CAP_NET_BIND_SERVICE */
	ROLE_DESK,   /* no capability */
	ROLE_SNMP    /* no capability, and nothing of the others' wires */
};

/* A connected pair of non-blocking SEQPACKET sockets. */
int role_pair(int fd[2], struct err *e);

/*
 * Becomes user (if we are root and user is not "root"), keeps the
 * capabilities of the kind only, sets no_new_privs, leaves no core file, and
 * sets the parent-death signal (but for ROLE_MAIN).  Started as an ordinary user: drops nothing
 * that is not there and succeeds.
 */
int role_drop(enum role_kind kind, const char *user, bool keep_time,
    struct err *e);

/* Who role_drop() would become: user, or ourselves where it would not. */
int role_user(const char *user, uid_t *uid, struct err *e);

/* Gives path, which we made, to whom role_drop() would become. */
int role_own(const char *path, const char *user, struct err *e);

/*
 * The kind's list of system calls; everything else is refused with EPERM.
 * After role_drop(); holds for all threads, and for the children: main's list
 * holds those of the others, and it alone may start a program.  Does nothing
 * without seccomp (sandbox_none.c).
 */
int role_sandbox(enum role_kind kind, struct err *e);

/* The name of this process in ps and top, cut to 15 characters:
 * "ntpgated: desk". */
void role_title(const char *name);

/*
 * Ends pid, a child of ours: by sig, and by force after patience_s.  Takes no
 * longer than that and ROLE_KILL_S: who waits inside the kernel for a disk
 * that hangs cannot even be killed, and dies when it comes back.
 */
#define ROLE_KILL_S 2.0
#define ROLE_HOW 32
enum role_end { ROLE_ENDED, ROLE_KILLED, ROLE_STUCK };
enum role_end role_end(pid_t pid, int sig, double patience_s);

/* How waitpid() says that a child ended: "exit status 1", "signal 9". */
void role_how(int status, char how[ROLE_HOW]);

/* One message: kind and body, at most 200000 octets.  0, or -1 when the other
 * side is full (EAGAIN) or gone; never blocks. */
int role_send(int fd, uint32_t kind, const void *body, size_t len);

/* 1: one message into body (size octets), *kind, *len; 0: none there; -1:
 * the other side is gone, or sent what does not fit (EBADMSG). */
int role_receive(int fd, uint32_t *kind, void *body, size_t size, size_t *len);

#endif
