/* SPDX-License-Identifier: ISC */
/*
 * mib_parts.h - how objects are written down, for the files of mib.h alone.
 *
 * A tree is a list of groups, a group a list of leaves: scalars, whose
 * instance is 0, or the columns of a table, whose instance is the row, from
 * 1.  Groups and leaves stand in the order of SNMP's walk, and one walker
 * (mib.c) serves them all.  A new object is a line in a table and a function
 * that puts its value.
 */
#ifndef VIEW_MIB_PARTS_H
#define VIEW_MIB_PARTS_H

#include "view/mib.h"

/* The trees, as mib_root() numbers them. */
enum mib_tree { MIB_NTP, MIB_OWN };

enum mib_when {
	MIB_ALWAYS,
	MIB_HEARD /* only with a snapshot */
};

/* The type is set before of() is called; it calls one mib_put below, for that
 * type.  row: 0 for a scalar. */
struct mib_leaf {
	uint32_t id;
	enum mib_type type;
	void (
	    *of)(const struct mib_world *w, unsigned row, struct mib_value *v);
	enum mib_when when;
};

#define MIB_GROUP_IDS 5

struct mib_group {
	enum mib_tree tree;
	unsigned len;
	uint32_t id[MIB_GROUP_IDS]; /* below the root */
	unsigned leaves;
	const struct mib_leaf *leaf;
	unsigned rows; /* the last one that may be */
	/* Is there such a row?  NULL: they are scalars. */
	bool (*has)(const struct mib_world *w, unsigned row);
};

#define MIB_LEAVES(array) sizeof(array) / sizeof((array)[0]), (array)
#define MIB_SCALARS(array) MIB_LEAVES(array), 0, NULL

/* RFC 5907: mib_ntp.c and, the last two, mib_ntp_association.c */
extern const struct mib_group mib_info, mib_status, mib_modes, mib_control,
    mib_associations, mib_association_counts;
/* mib_own.c and, the last two, mib_own_table.c */
extern const struct mib_group mib_clock, mib_budget, mib_sibling, mib_service,
    mib_hosts, mib_upstreams, mib_host_rows;

/* The name of what stands below a root. */
struct mib_oid mib_name(enum mib_tree t, const uint32_t *id, unsigned len);

/* All leaves, for the test that compares them with the MIB: the name without
 * an instance.  False: there is no i-th. */
bool mib_leaf(unsigned i, struct mib_oid *name, enum mib_type *type);

/* ---- mib_ntp.c and mib_ntp_association.c: what others say, too */

int mib_mode(const struct mib_world *w);
uint8_t mib_stratum(const struct mib_world *w);
/* Row of the association that our reference id names; 0: none. */
unsigned mib_syspeer(const struct mib_world *w);
#define MIB_SIBLING_ROW (ENGINE_SOURCES + 1)
/* What a row is called; "": there is no such association. */
struct source_name mib_association(const struct mib_world *w, unsigned row);
/* Packets that broke the protocol, of servers and of siblings. */
uint64_t mib_server_errors(const uint64_t verdict[SOURCE_VERDICTS]);
uint64_t mib_sibling_errors(const uint64_t verdict[SIBLING_VERDICTS]);

/* ---- mib_own_table.c, for the test that compares it with the MIB */

/* The i-th word of ntpgateUpstreamState; NULL: there are no more. */
const char *mib_upstream_word(unsigned i);

/* ---- mib_value.c: numbers saturate, counters wrap, text is cut */

/* "Not known", in microseconds and in Gauge32's; both end one below. */
#define MIB_UNKNOWN INT32_MAX
#define MIB_UNKNOWN_GAUGE UINT32_MAX

/* Integer32 and Unsigned32 */
void mib_put(struct mib_value *v, int64_t n);
/* The counters, TimeTicks, and Gauge32 of what is counted */
void mib_put_count(struct mib_value *v, uint64_t n);
void mib_put_truth(struct mib_value *v, bool truth);
/* Integer32, in so many parts a unit: 1e6 for microseconds.  What is not
 * finite is MIB_UNKNOWN. */
void mib_put_parts(struct mib_value *v, double x, double parts);
/* Gauge32, rounded; what is not finite, or < 0, is MIB_UNKNOWN_GAUGE. */
void mib_put_gauge(struct mib_value *v, double x);
/* ASCII; whatever else there is becomes '?' */
void mib_put_text(struct mib_value *v, const char *text);
/* "0.123 ms", "1.500 s"; "" if it is not finite */
void mib_put_span(struct mib_value *v, double s);
/* "0.123": milliseconds, where the RFC has no unit */
void mib_put_ms(struct mib_value *v, double s);
/* NTP's date format of 128 bits (RFC 5905, section 6) */
#define MIB_DATE_OCTETS 16
void mib_put_date(struct mib_value *v, struct wall t);
/* BITS: bit n is 1 << n; as many octets as count of them need */
void mib_put_bits(struct mib_value *v, unsigned bits, unsigned count);
/* InetAddress and its type (RFC 4001); unknown(0) and nothing if it has none */
void mib_put_address(struct mib_value *v, const struct addr *a);
void mib_put_address_type(struct mib_value *v, const struct addr *a);

#endif
