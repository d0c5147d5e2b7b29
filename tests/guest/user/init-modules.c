// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init: kernel modules
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

#define COMPRESSED	4	/* MODULE_INIT_COMPRESSED_FILE */

/* Returns 0, or an error number. */
static int insert(int fd, const char *path, const char *params)
{
	size_t len = strlen(path);
	int flags = len > 3 && !strcmp(path + len - 3, ".ko") ? 0 : COMPRESSED;

	if (!syscall(SYS_finit_module, fd, params, flags) || errno == EEXIST)
		return 0;
	return errno;
}

static bool load(const char *path, const char *params, int harmless,
		 char *error, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0) {
		snprintf(error, size, "cannot open module %s: %s", path,
			 strerror(errno));
		return false;
	}
	err = insert(fd, path, params);
	close(fd);
	if (!err || err == harmless)
		return true;
	snprintf(error, size, "cannot load module %s: %s%s", path,
		 strerror(err), err == ENOEXEC ?
		 " (built for another kernel?)" : err == ENOSYS ?
		 " (CONFIG_MODULES?)" : "");
	return false;
}

bool load_module(const char *path, const char *params, char *error,
		 size_t size)
{
	return load(path, params, 0, error, size);
}

bool load_module_list(const char *list, char *error, size_t size)
{
	FILE *f = fopen(list, "re");
	char line[512], *params;
	bool good = true;

	/* A kernel with everything built in has no list. */
	if (!f)
		return true;
	while (good && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		params = line + strcspn(line, " ");
		if (*params)
			*params++ = '\0';
		/* The list is for all machines: some lack the hardware. */
		good = load(line, params, ENODEV, error, size);
	}
	fclose(f);
	return good;
}
