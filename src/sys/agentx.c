/* SPDX-License-Identifier: ISC */
#include "sys/agentx.h"

#include "sys/clock.h"
#include "sys/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In this order. */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/library/large_fd_set.h>

#define NAME "ntpgated-snmp"
#define PING_S 2     /* how soon a lost master is looked for */
#define PATIENCE_S 5 /* with each question to the master */
#define TELL_S 60    /* from one loss of it that is told to the next */
#define SYSLOG_ERR 3
#define FDS 256

struct agentx {
	struct loop *loop;
	const char *address;
	struct agentx_owner owner;
	struct event *timer;
	struct event *watch[FDS]; /* by descriptor; NULL: it is not read */
	bool running;		  /* not only closing */
	bool connected;
	bool fresh; /* connected by the call that is not yet over */
	struct mono since;
	bool told; /* that there is none */
	struct mono may_tell;
};

static struct agentx agent;

static void sync_events(void);

/* ---- net-snmp's words ---- */

/* Why there is no master; net-snmp does not say it. */
static const char *
why(void)
{
	const char *path = strchr(agent.address, ':');

	if (path != NULL && path[1] == '/' && access(path + 1, W_OK) == -1)
		return strerror(errno);
	return "nobody listens there";
}

/* A master may come and go as it likes; of its returns only those are told whose
 * losses were. */
static void
tell_loss(const char *how)
{
	if (agent.told || mono_sub(clock_raw(), agent.may_tell) < 0)
		return;
	agent.told = true;
	agent.may_tell = mono_add(clock_raw(), TELL_S);
	log_event(EVENT_SNMP_LOST,
	    "no master at %s: %s: looking for it each %d s", agent.address, how,
	    PING_S);
}

/* What a number of RFC 2741 7.1 says to whoever does not know them. */
static const char *
meaning(const char *msg)
{
	return strstr(msg, "registering pdu failed: 263") == NULL ?
	    "" :
	    " (another subagent of this master answers for the time: a "
	    "second ntpgated?)";
}

static int
on_log(int major, int minor, void *message, void *arg)
{
	static struct log_gate gate;
	const struct snmp_log_message *m = message;
	size_t len = strcspn(m->msg, "\n");

	(void)major, (void)minor, (void)arg;
	if (m->priority <= SYSLOG_ERR) {
		log_limited(&gate, EVENT_SNMP_FAILED, "net-snmp: %.*s%s",
		    (int)len, m->msg, meaning(m->msg));
	} else {
		log_debug("snmp", "net-snmp: %.*s", (int)len, m->msg);
		if (agent.running && !agent.connected)
			tell_loss(why());
	}
	return SNMPERR_SUCCESS;
}

static int
on_connection(int major, int minor, void *message, void *arg)
{
	bool is = minor == SNMPD_CALLBACK_INDEX_START;

	(void)major, (void)message, (void)arg;
	if (is == agent.connected || !agent.running)
		return SNMPERR_SUCCESS;
	agent.connected = agent.fresh = is;
	agent.since = clock_raw();
	if (!is) {
		agent.told = false;
		tell_loss("it went away");
	} else if (agent.told || agent.may_tell.ns == 0) {
		log_event(EVENT_SNMP_CONNECTED, "the master is at %s",
		    agent.address);
	}
	agent.owner.changed(agent.owner.ctx, is);
	return SNMPERR_SUCCESS;
}

/* ---- its descriptors and timers in our loop ---- */

static void
on_readable(void *ctx)
{
	struct event **w = ctx;
	netsnmp_large_fd_set set;

	netsnmp_large_fd_set_init(&set, FD_SETSIZE);
	NETSNMP_LARGE_FD_ZERO(&set);
	NETSNMP_LARGE_FD_SET((int)(w - agent.watch), &set);
	snmp_read2(&set);
	netsnmp_large_fd_set_cleanup(&set);
	netsnmp_check_outstanding_agent_requests();
	sync_events();
}

static void
on_time(void *ctx)
{
	(void)ctx;
	snmp_timeout();
	run_alarms(); /* the ping, and the search for a master */
	sync_events();
}

/* net-snmp tells nobody when its master took a session and, in time, not the
 * trees.  Another agent does. */
static void
check_trees(void)
{
	if (agent.fresh && mono_sub(clock_raw(), agent.since) >= PATIENCE_S) {
		log_event(EVENT_SNMP_LOST,
		    "the master at %s is too slow: to begin anew",
		    agent.address);
		loop_end(agent.loop);
	}
	agent.fresh = false;
}

/*
 * Makes the loop's view equal to net-snmp's; after every use of it.  All are
 * watched anew: in one call it may have closed a descriptor and opened another
 * with the same number, of which epoll knows nothing.
 */
static void
sync_events(void)
{
	struct timeval tv = { 0, 0 };
	netsnmp_large_fd_set set;
	int fds = 0, block = 1;

	check_trees();
	netsnmp_large_fd_set_init(&set, FD_SETSIZE);
	NETSNMP_LARGE_FD_ZERO(&set);
	snmp_select_info2(&fds, &set, &tv, &block);
	for (int fd = 0; fd < FDS; fd++) {
		struct event **w = &agent.watch[fd];

		loop_drop(*w);
		*w = NULL;
		if (fd < fds && NETSNMP_LARGE_FD_ISSET(fd, &set))
			*w = loop_watch(agent.loop, fd, on_readable, w);
	}
	netsnmp_large_fd_set_cleanup(&set);
	loop_set(agent.timer,
	    block ? -1 : (double)tv.tv_sec + (double)tv.tv_usec * 1e-6);
}

/* ---- names and values ---- */

/* A name longer than any of ours is cut: what comes behind it is the same. */
static struct mib_oid
name_of(const oid *id, size_t len)
{
	struct mib_oid o = { .len = len < MIB_IDS ? (unsigned)len : MIB_IDS };

	for (unsigned i = 0; i < o.len; i++)
		o.id[i] = (uint32_t)id[i];
	return o;
}

static size_t
put_name(oid to[MIB_IDS], const struct mib_oid *o)
{
	for (unsigned i = 0; i < o->len; i++)
		to[i] = o->id[i];
	return o->len;
}

static const u_char types[] = {
	[MIB_INTEGER] = ASN_INTEGER,
	[MIB_UNSIGNED] = ASN_GAUGE,
	[MIB_COUNTER] = ASN_COUNTER,
	[MIB_COUNTER64] = ASN_COUNTER64,
	[MIB_TICKS] = ASN_TIMETICKS,
	[MIB_OCTETS] = ASN_OCTET_STR,
	[MIB_NAME] = ASN_OBJECT_ID,
};

/* A value as net-snmp wants it: kept as long as *v. */
struct raw {
	const void *at;
	size_t len;
	union {
		long number; /* of all the types of 32 bits */
		struct counter64 wide;
		oid name[MIB_IDS];
	};
};

static void
put_value(struct raw *r, const struct mib_value *v)
{
	switch (v->type) {
	case MIB_COUNTER64:
		r->wide.high = (u_long)((uint64_t)v->number >> 32);
		r->wide.low = (u_long)(v->number & UINT32_MAX);
		r->at = &r->wide;
		r->len = sizeof(r->wide);
		break;
	case MIB_OCTETS:
		r->at = v->octets;
		r->len = v->len;
		break;
	case MIB_NAME:
		r->at = r->name;
		r->len = put_name(r->name, &v->name) * sizeof(oid);
		break;
	default:
		r->number = (long)v->number;
		r->at = &r->number;
		r->len = sizeof(r->number);
		break;
	}
}

/* What a manager wants to set; what is of a type that cannot be is a name, which
 * cannot either. */
static struct mib_value
value_of(const netsnmp_variable_list *vb)
{
	struct mib_value v = { .type = MIB_NAME };

	if (vb->type == ASN_INTEGER) {
		v.type = MIB_INTEGER;
		v.number = *vb->val.integer;
	} else if (vb->type == ASN_GAUGE) {
		v.type = MIB_UNSIGNED;
		v.number = *vb->val.integer & UINT32_MAX;
	} else if (vb->type == ASN_OCTET_STR) {
		v.type = MIB_OCTETS;
		v.len = vb->val_len;
		if (v.len <= sizeof(v.octets))
			memcpy(v.octets, vb->val.string, v.len);
	}
	return v;
}

/* ---- questions ---- */

static void
answer(netsnmp_request_info *q, const struct mib_value *v)
{
	struct raw r;

	put_value(&r, v);
	snmp_set_var_typed_value(q->requestvb, types[v->type], r.at, r.len);
}

static void
get(netsnmp_agent_request_info *info, netsnmp_request_info *q)
{
	const netsnmp_variable_list *vb = q->requestvb;
	struct mib_oid o = name_of(vb->name, vb->name_length);
	struct mib_value v;

	if (vb->name_length <= MIB_IDS &&
	    agent.owner.get(agent.owner.ctx, &o, &v))
		answer(q, &v);
	else
		netsnmp_set_request_error(info, q, SNMP_NOSUCHINSTANCE);
}

/* Behind the last of a tree the master goes on with whoever has more. */
static void
get_next(netsnmp_request_info *q, const struct mib_oid *root)
{
	netsnmp_variable_list *vb = q->requestvb;
	struct mib_oid o = name_of(vb->name, vb->name_length), next;
	oid name[MIB_IDS];
	struct mib_value v;

	if (q->inclusive && agent.owner.get(agent.owner.ctx, &o, &v)) {
		answer(q, &v);
		return;
	}
	if (!agent.owner.next(agent.owner.ctx, &o, &next, &v) ||
	    next.len < root->len ||
	    memcmp(next.id, root->id, root->len * sizeof(root->id[0])) != 0)
		return;
	snmp_set_var_objid(vb, name, put_name(name, &next));
	answer(q, &v);
}

/* ---- SET ---- */

static void
test(netsnmp_agent_request_info *info, netsnmp_request_info *q)
{
	static const int errors[] = {
		[MIB_SET] = SNMP_ERR_NOERROR,
		[MIB_NOT_WRITABLE] = SNMP_ERR_NOTWRITABLE,
		[MIB_WRONG_TYPE] = SNMP_ERR_WRONGTYPE,
		[MIB_WRONG_LENGTH] = SNMP_ERR_WRONGLENGTH,
		[MIB_WRONG_VALUE] = SNMP_ERR_WRONGVALUE,
	};
	const netsnmp_variable_list *vb = q->requestvb;
	struct mib_oid o = name_of(vb->name, vb->name_length);
	struct mib_value v = value_of(vb);
	enum mib_refusal no = MIB_NOT_WRITABLE;

	if (vb->name_length <= MIB_IDS)
		no = agent.owner.test(agent.owner.ctx, &o, &v);
	if (no != MIB_SET)
		netsnmp_set_request_error(info, q, errors[no]);
}

static void
set(netsnmp_agent_request_info *info, netsnmp_request_info *q)
{
	switch (info->mode) {
	case MODE_SET_RESERVE1:
		for (; q != NULL; q = q->next)
			test(info, q);
		break;
	case MODE_SET_ACTION: /* COMMIT is too late to say no */
		if (!agent.owner.set(agent.owner.ctx))
			netsnmp_set_request_error(info, q,
			    SNMP_ERR_COMMITFAILED);
		break;
	case MODE_SET_UNDO:
		agent.owner.undo(agent.owner.ctx);
		break;
	case MODE_SET_COMMIT:
	case MODE_SET_FREE:
		agent.owner.done(agent.owner.ctx);
		break;
	}
}

static int
on_request(netsnmp_mib_handler *h, netsnmp_handler_registration *r,
    netsnmp_agent_request_info *info, netsnmp_request_info *q)
{
	struct mib_oid root = name_of(r->rootoid, r->rootoid_len);

	(void)h;
	if (info->mode != MODE_GET && info->mode != MODE_GETNEXT)
		set(info, q);
	else
		for (; q != NULL; q = q->next)
			if (info->mode == MODE_GET)
				get(info, q);
			else
				get_next(q, &root);
	return SNMP_ERR_NOERROR;
}

/* ---- notifications ---- */

static void
add(netsnmp_variable_list **list, const struct mib_oid *o,
    const struct mib_value *v)
{
	oid name[MIB_IDS];
	size_t len = put_name(name, o);
	struct raw r;

	put_value(&r, v);
	snmp_varlist_add_variable(list, name, len, types[v->type], r.at, r.len);
}

bool
agentx_notify(const struct mib_notice *n)
{
	/* snmpTrapOID.0, RFC 3418 */
	static const struct mib_oid what = { .len = 11,
		.id = { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 } };
	struct mib_value name = { .type = MIB_NAME, .name = n->name };
	netsnmp_variable_list *list = NULL;

	if (!agent.connected)
		return false;
	add(&list, &what, &name);
	for (unsigned i = 0; i < n->count; i++)
		add(&list, &n->object[i].name, &n->object[i].value);
	send_v2trap(list);
	snmp_free_varbind(list);
	sync_events();
	return true;
}

/* ---- begin and end ---- */

static int
begin(const char *address, struct err *e)
{
	/* No MIB is parsed; nothing is read from or written to where net-snmp
	 * would do so unasked. */
	setenv("MIBS", "", 1);
	setenv("MIBDIRS", "/dev/null", 1);
	setenv("SNMPCONFPATH", "/dev/null", 1);
	setenv("SNMP_PERSISTENT_DIR", "/dev/null", 1);
	snmp_disable_log();
	snmp_enable_calllog();
	snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING,
	    on_log, NULL);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
	    NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
	    NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE,
	    1);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID,
	    NETSNMP_DS_AGENT_X_SOCKET, address);
	if (init_agent(NAME) != 0)
		return err_set(e, "net-snmp does not start");
	/* After init_agent(), which sets it to its own taste. */
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID,
	    NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, PING_S);
	/* One try and no more: who comes back need not hear it all again. */
	netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_TIMEOUT,
	    PATIENCE_S);
	netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_RETRIES, 0);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION,
	    SNMPD_CALLBACK_INDEX_START, on_connection, NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION,
	    SNMPD_CALLBACK_INDEX_STOP, on_connection, NULL);
	return 0;
}

static int
register_root(const struct mib_oid *root, struct err *e)
{
	oid name[MIB_IDS];
	size_t len = put_name(name, root);
	netsnmp_handler_registration *r = netsnmp_create_handler_registration(
	    NAME, on_request, name, len, HANDLER_CAN_RWRITE);

	if (r == NULL || netsnmp_register_handler(r) != MIB_REGISTERED_OK)
		return err_set(e, "net-snmp does not take our tree");
	return 0;
}

int
agentx_open(struct loop *l, const char *address, const struct agentx_owner *o,
    struct err *e)
{
	agent = (struct agentx){ .loop = l,
		.address = address,
		.owner = *o,
		.running = true };
	agent.timer = loop_timer(l, on_time, NULL);
	if (agent.timer == NULL)
		return err_set(e, "out of memory");
	if (begin(address, e) == -1)
		return -1;
	for (unsigned i = 0; i < MIB_ROOTS; i++)
		if (register_root(mib_root(i), e) == -1)
			return -1;
	init_snmp(NAME); /* looks for the master, for the first time */
	sync_events();
	return 0;
}

void
agentx_close(void)
{
	agent.running = false;
	snmp_shutdown(NAME);
	shutdown_agent();
	for (int fd = 0; fd < FDS; fd++)
		loop_drop(agent.watch[fd]);
	loop_drop(agent.timer);
	agent = (struct agentx){ 0 };
}
