/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single requests of the accelerator without PASID
 *
 * The registers are mapped past the driver, which gives contexts to bonds only.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "sva.h"

#define PLAIN_PAGES	16u

/* What came of one write and one read of each page. */
struct plain_result {
	unsigned int wrote;
	unsigned int arrived;
	unsigned int readback;
};

/* Translation requests for each page: read and write granted, or nothing. */
struct plain_rights {
	unsigned int granted;
	unsigned int refused;
};

/* Maps the registers, and gets pages; gives the PCI address of the device. */
const char *plain_begin(void);
/* At the physical addresses of the pages. */
struct plain_result plain_access(void);
struct plain_rights plain_ask(void);

#endif
