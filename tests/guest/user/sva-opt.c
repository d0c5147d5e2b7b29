// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: options of a scenario
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sva.h"

#define MAX_OPTIONS	16

static struct {
	char *key;
	char *value;
	bool used;
} opts[MAX_OPTIONS];
static unsigned int n_opts;

void sva_opt_init(const char *options)
{
	char *copy = strdup(options), *save = NULL, *tok;

	for (tok = strtok_r(copy, ",", &save); tok;
	     tok = strtok_r(NULL, ",", &save)) {
		if (n_opts == MAX_OPTIONS)
			sva_error("too many options");
		opts[n_opts].key = tok;
		opts[n_opts].value = strchr(tok, '=');
		if (!opts[n_opts].value)
			sva_error("option %s has no value", tok);
		*opts[n_opts++].value++ = '\0';
	}
}

const char *sva_opt(const char *key, const char *fallback)
{
	for (unsigned int i = 0; i < n_opts; i++) {
		if (strcmp(opts[i].key, key))
			continue;
		opts[i].used = true;
		return opts[i].value;
	}
	return fallback;
}

unsigned long sva_opt_num(const char *key, unsigned long fallback)
{
	const char *text = sva_opt(key, NULL);
	unsigned long value;
	char *end;

	if (!text)
		return fallback;
	value = strtoul(text, &end, 0);
	if (end == text || *end)
		sva_error("option %s: %s is not a number", key, text);
	return value;
}

void sva_opt_check(void)
{
	for (unsigned int i = 0; i < n_opts; i++)
		if (!opts[i].used)
			sva_error("this scenario has no option %s",
				  opts[i].key);
}
