/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios in which the device is removed or reset while in use
 */
#ifndef REMOVAL_H
#define REMOVAL_H

#include "sva.h"
#include "sva-modes.h"

/* A context that works in each mode, and one with a request held back. */
#define REMOVAL_CONTEXTS	(SVA_MODE_COUNT + 1)

/**
 * struct removal - a process with bonds, and what happens to it
 * @child: the process
 * @step: what the process is to do next, written by the parent
 * @done: what it has done
 * @idle: its contexts have no work
 * @pasid: its PASID
 * @fd: its files
 * @polled: contexts of which poll() said that they are broken
 * @error: error number of a command, -1: not the same for all
 * @sigbus: doorbells that cannot be accessed any more
 * @changed: pages that changed after the removal
 * @open_error: error number of opening the device again
 * @mode: of its new context, and of processes after it
 * @again: PASID of that
 * @copy: a copy with it
 * @address: of the buffer that the device wrote
 * @theirs: the files, taken by the parent
 *
 * In shared memory.
 */
struct removal {
	struct sva_child child;
	volatile int step;
	volatile int done;
	bool idle;
	uint32_t pasid;
	int fd[REMOVAL_CONTEXTS];
	unsigned int polled;
	int error;
	unsigned int sigbus;
	uint64_t changed;
	int open_error;
	int mode;
	uint32_t again;
	struct sva_copy copy;
	void *address;
	struct sva_dev theirs[REMOVAL_CONTEXTS];
};

/* Starts the process, lets the device work; stage "bound". */
struct removal *removal_begin(bool idle);
/* Waits until no bond is left; the node goes first. */
void removal_wait_unbound(const struct removal *o);
/* Reports what the process sees; stage "removed". */
void removal_look(struct removal *o);
/* The device is back: stage "recovered", the process binds, stage "again". */
void removal_again(struct removal *o);
/* The process ends, all files are closed; stage "done". */
void removal_end(struct removal *o);

/* Writes @text to a file of sysfs in a process of its own; ends the scenario
 * if that fails. */
void sysfs_write(const char *path, const char *text);
/* Directory of the accelerator in sysfs. */
const char *sysfs_device(const struct removal *o);
/* Waits until the device node exists, or does not. */
void wait_node(bool there);

#endif
