// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of the variants that are built into this kernel is the chosen one
 *
 * The semantic patches beside this file break the kernel, each in one way, if
 * sva_variant() says so.  Without sva.variant=NAME on the command line nothing
 * is broken.
 */
#include <linux/export.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

int sva_variant(const char *name);

static char chosen[64];

static int __init choose(char *name)
{
	strscpy(chosen, name, sizeof(chosen));
	pr_info("sva: kernel variant %s\n", chosen);
	return 0;
}
early_param("sva.variant", choose);

int sva_variant(const char *name)
{
	return !strcmp(chosen, name);
}
EXPORT_SYMBOL_GPL(sva_variant);
