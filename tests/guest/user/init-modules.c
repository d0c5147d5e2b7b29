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

bool load_module(const char *path, const char *params, char *error,
		 size_t size)
{
	size_t len = strlen(path);
	int flags = len > 3 && !strcmp(path + len - 3, ".ko") ? 0 : COMPRESSED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0) {
		snprintf(error, size, "cannot open module %s: %s", path,
			 strerror(errno));
		return false;
	}
	ret = syscall(SYS_finit_module, fd, params, flags);
	if (ret && errno != EEXIST) {
		snprintf(error, size, "cannot load module %s: %s%s", path,
			 strerror(errno), errno == ENOEXEC ?
			 " (built for another kernel?)" : errno == ENOSYS ?
			 " (CONFIG_MODULES?)" : "");
		close(fd);
		return false;
	}
	close(fd);
	return true;
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
		good = load_module(line, params, error, size);
	}
	fclose(f);
	return good;
}
