/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared between the files of init
 */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>

/* init.c: one line to the control channel. */
void ctl_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* First line of a file, without its end; false: cannot be read. */
bool read_line(const char *path, char *buf, size_t size);

/* init-modules.c: an error says which file and why. */
bool load_module_list(const char *list, char *error, size_t size);
bool load_module(const char *path, const char *params, char *error,
		 size_t size);

/*
 * init-check.c: finds the device, loads its driver and tries a bind; reports
 * facts.  An error names what is probably missing.
 */
bool check_device(char *error, size_t size);
/* Only the driver, for scenarios that need no SVA. */
bool check_driver(char *error, size_t size);

#endif
