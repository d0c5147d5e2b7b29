/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of others, run unmodified: each one that is executed, by them as well,
 * is reported with the status that it ended with.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

/* Enters the root directory that has the programs, with /dev, /proc and /sys. */
void programs_enter(const char *root);

/**
 * programs_run - run a program, wait for it and for all that it starts
 * @line: its path and its arguments, separated by blanks
 *
 * Facts: "exec STATUS MS WORDS..." for each program when it ends, by the words of
 * its command; after one that failed, and after the last one, "output LINE" for
 * the last lines that were printed.
 *
 * Return: its status, 128+N if signal N killed it.
 */
int programs_run(const char *line);

#endif
