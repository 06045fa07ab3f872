/* SPDX-License-Identifier: ISC */
/*
 * catalogue_value.h - what people write into the fields of a catalogue.
 */
#ifndef CONF_CATALOGUE_VALUE_H
#define CONF_CATALOGUE_VALUE_H

#include "core/survey.h"

#include <stdbool.h>
#include <stdint.h>

/* Takes away half a UTF-8 character that a cut has left at the end. */
void catalogue_mend(char *text);

/*
 * One line without space at its ends; "" for what says nothing ("Unknown",
 * "n/a"); of a link "[words](address)" the words.
 */
void catalogue_tidy(char *text);

/*
 * "host", "host:port", "[v6]:port", "v6", into host and port.  False if it is
 * none.  text is spent.
 */
bool catalogue_host(struct survey_said *s, char *text);

/* 1 to 65535; false, and *port is as it was, if it is none. */
bool catalogue_port(const char *text, uint16_t *port);

/*
 * Adds the numbers that stand alone or behind AS, but not what is in
 * parentheses; those beyond SURVEY_AS are passed over.
 */
void catalogue_as(struct survey_said *s, const char *text);

/* The one number in it if that is 1 to 15, else 0: unknown. */
uint8_t catalogue_stratum(const char *text);

bool catalogue_true(const char *text);

#endif
