/* SPDX-License-Identifier: ISC */
/*
 * month_record.h - the record of the months as octets, with a checksum.
 *
 * Months that are empty take no room; a typical one takes three thousand
 * octets.  month_record_read() refuses, with a sentence, whatever is cut,
 * damaged or of another version: then r is empty.
 */
#ifndef VIEW_MONTH_RECORD_H
#define VIEW_MONTH_RECORD_H

#include "base/err.h"
#include "view/month.h"

#define MONTH_RECORD_MAX 262144

size_t month_record_write(const struct month_record *r,
    uint8_t octets[MONTH_RECORD_MAX]);
int month_record_read(struct month_record *r, const uint8_t *octets, size_t len,
    struct err *e);

#endif
