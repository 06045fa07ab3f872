/* SPDX-License-Identifier: ISC */
/*
 * roles.h - what main prepares, and what the roles tell each other.
 *
 * main does what can fail and what needs root: it reads the configuration,
 * opens the sockets, takes the lock.  Then it starts the engine and the desk,
 * gives up its rights, and waits.
 */
#ifndef ROLES_H
#define ROLES_H

#include "conf/conf.h"
#include "core/auth.h"
#include "core/ctl.h"
#include "core/leap.h"
#include "sys/hosts.h"
#include "view/mib.h"
#include "view/snapshot.h"

#include <stdbool.h>
#include <sys/types.h>

#define SETUP_WORKERS 128
#define SETUP_SOCKETS 256

/* What a reload may change; it crosses as one message. */
struct setup_orders {
	struct conf conf;
	struct auth_keys keys;
	struct leap_table leap;
};

struct setup {
	const char *conf_path;
	bool foreground, solo;
	struct setup_orders orders;
	unsigned workers;
	unsigned sockets; /* that serve, bound: one a worker and address */
	struct setup_socket {
		int fd;
		unsigned worker;
		bool redirected;
	} socket[SETUP_SOCKETS]; /* of one address in the order of workers */
	unsigned own_count;	 /* their addresses */
	struct addr own[2 * CONF_LISTEN_MAX];
	struct hosts hosts; /* a table a worker; none where nobody is served */
	int lock[2];	    /* of state_dir, of run_dir */
	int engine;	    /* the desk's end of its wire to the engine */
	int desk;	    /* the engine's end */
	int orders_out, orders_in; /* main's own wire to the engine */
	int snmp;		   /* the desk's end of its wire to the agent */
	int agent;		   /* the agent's end */
	int status_out, status_in; /* the desk's wire to main */
	int http;		   /* listens for the desk; -1: nobody does */
	struct addr http_at;	   /* there */
	int ready[2];		   /* the engine says that it runs: one octet */
};

/* Messages, by kind: what their body is, and who sends them.  Only main gives
 * orders, over a wire that the desk does not have. */
enum message {
	MESSAGE_ASK = 1,	/* nothing; desk: send a snapshot */
	MESSAGE_SNAPSHOT,	/* struct snapshot; engine */
	MESSAGE_ADDRESS,	/* struct message_address; desk */
	MESSAGE_ACCEPT_STEP,	/* nothing; desk */
	MESSAGE_ACCEPT_LEDGER,	/* nothing; desk */
	MESSAGE_ACCEPT_SIBLING, /* nothing; desk */
	MESSAGE_REVIVE,		/* struct message_address, its host; desk */
	MESSAGE_EVENT,		/* struct message_event; engine */
	MESSAGE_CONTROL,	/* struct message_control; engine: is asked */
	MESSAGE_CONTROL_REPLY,	/* the same; desk: a datagram of the answer */
	MESSAGE_STATUS,		/* char[BRIEF_MAX]; desk, to main */
	MESSAGE_ALIVE,	/* nothing; main: answer with an octet in ready */
	MESSAGE_ORDERS, /* struct setup_orders; main */
	MESSAGE_WATCH,	/* nothing; the SNMP agent: how is it? */
	MESSAGE_WORLD	/* struct message_world; desk */
};

struct message_address {
	char host[SOURCE_HOST_MAX];
	struct addr addr;
};

/* A message of mode 6 (RFC 9327), and who asks; us is the address of ours that
 * was asked, and that answers. */
struct message_control {
	struct addr us, peer;
	size_t len;
	uint8_t pkt[CTL_REQUEST_MAX];
};

/* Something happened; it is in the log already. */
struct message_event {
	enum event_id event;
	struct wall at; /* as the served clock shows it */
	char text[256];
};

/* What the SNMP agent makes its values of; it is told events, too. */
struct message_world {
	struct snapshot snapshot;
	unsigned flagged, rogues; /* hosts, in all */
	unsigned hosts;
	struct mib_host host[MIB_HOSTS];
};

/*
 * Reads and checks the configuration with all that it names (keys, leap
 * seconds); what is right but deserves a word is in its notes.
 */
int setup_load(const char *path, struct setup_orders *o, struct err *e);

/* Opens the log that s->orders name; standard error in the foreground. */
int setup_log(const struct setup *s, struct err *e);

/* At a reload: whoever turns the log's file over sends SIGHUP. */
void setup_reopen_log(const struct setup *s);

/* Directories, lock, sockets: after setup_load() into s->orders. */
int setup_prepare(struct setup *s, struct err *e);

/*
 * Opens the socket of the pages where orders.conf.http says, unless it is
 * there already, or closes it.  It outlives the desk, so that a reload refuses
 * nobody.  Pages that cannot be had are no reason not to serve time: that is
 * logged.
 */
void setup_http(struct setup *s);

/* A child that runs the role; -1: there can be none now.  The signals that main
 * waits for stay blocked in it until somebody is there for them
 * (loop_signal()): one that comes early waits. */
pid_t setup_fork(struct setup *s, int (*role)(struct setup *s), struct err *e);

/* Run the role until it is told to end; the exit status. */
int engine_role(struct setup *s);
int desk_role(struct setup *s);

#endif
