/* SPDX-License-Identifier: ISC */
/*
 * command.h - the control protocol: a request line in, an answer out.
 *
 * Request, one line:	[question] [json] [colour] [width=N] COMMAND
 *			[ARGUMENT...]
 * Answer:		exit status in decimal, a line end, then the text.
 * The tool prints the text and exits with the status: 0, 1 (what was asked
 * about is not well: "status" in any state but "synced", "sibling" while one
 * is configured and not in use; or there is nothing to answer, as while the
 * engine is silent), 2 (no such command, wrong arguments).
 * Words stand apart by white space; the first that is no option is the
 * command.  With "question" a command that does something does nothing: the
 * answer says what would happen, for a person to be asked.
 */
#ifndef VIEW_COMMAND_H
#define VIEW_COMMAND_H

#include "base/text.h"
#include "view/month.h"
#include "view/page.h"
#include "view/roll.h"
#include "view/snapshot.h"

#define COMMAND_LINE_MAX 512
#define COMMAND_ANSWER_MAX (1024 * 1024)

/*
 * What the desk must do beside answering.  Most commands only read.
 */
enum command_want {
	COMMAND_ANSWER, /* the answer is complete */
	/* tell the engine; the answer says so */
	COMMAND_ACCEPT_STEP,
	COMMAND_ACCEPT_LEDGER,
	COMMAND_ACCEPT_SIBLING,
	COMMAND_REVIVE,
	/* call the roll, and let command_clients() answer */
	COMMAND_CLIENTS,
	/* look for the host, and let command_report() answer */
	COMMAND_REPORT,
	/* let command_month() answer */
	COMMAND_MONTH
};

enum command_form { COMMAND_TEXT, COMMAND_JSON, COMMAND_CSV };

/* What is wanted, beside the words above. */
struct command_order {
	char host[SOURCE_HOST_MAX]; /* name, of COMMAND_REVIVE, else "" */
	/* of COMMAND_CLIENTS, COMMAND_REPORT and COMMAND_MONTH: */
	enum command_form form;
	struct table_style style;
	struct roll_order roll;
	struct addr addr;
	int32_t month; /* of COMMAND_MONTH, month_number(); 0: this one */
};

/* A snapshot that is older says nothing of now: the engine is silent. */
#define COMMAND_STALE_S 5.0

/* s may be NULL: the engine has not yet spoken.  age_s: since it was taken. */
enum command_want command_answer(const char *line, const struct snapshot *s,
    double age_s, struct command_order *order, struct text *out);

/* One word behind "clients": "sort=rate", "sort=requests", "sort=last",
 * "flagged", "limit=20" (0: all), "csv"; false: none of these. */
bool command_wish(const char *word, struct command_order *o);

/* r: NULL if there are no tables. */
void command_clients(const struct command_order *o, const struct roll *r,
    struct text *out);

/* view: what is known of the host; NULL: nothing.  interval_s is its limit's. */
void command_report(const struct command_order *o, const struct snapshot *s,
    const struct clients_view *view, double interval_s, struct text *out);

/* price_per_gb: 0 if money is not to be spoken of. */
void command_month(const struct command_order *o, const struct snapshot *s,
    const struct month_record *r, double price_per_gb, struct text *out);

#endif
