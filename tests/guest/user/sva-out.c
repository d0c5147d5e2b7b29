// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: output to the host
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"

#define SETTLE_MS	200
/* The kernel prints ten fault messages, then none before 5 s are over. */
#define RATELIMIT_MS	6000
#define LINE_MS		10000

static bool have_host;
static unsigned int checks;
static int kmsg = -1;
static uint64_t last_fault_ms;
static unsigned int fault_lines;

static void put(const char *prefix, const char *fmt, va_list ap)
{
	char line[1100];
	size_t len;
	ssize_t n;

	len = strlen(prefix);
	memcpy(line, prefix, len);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	if (n < 0)
		return;
	len += n;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';

	/* A terminal takes one write as a whole; do not split it. */
	for (size_t done = 0; done < len; done += n) {
		n = write(STDOUT_FILENO, line + done, len - done);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n < 0)
			n = 0;
	}
}

void sva_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

void sva_fact(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("@fact ", fmt, ap);
	va_end(ap);
}

void sva_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("# ", fmt, ap);
	va_end(ap);
}

bool sva_ok(bool good, const char *fmt, ...)
{
	char prefix[32];
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%s %u - ", good ? "ok" : "not ok",
		 ++checks);
	va_start(ap, fmt);
	put(prefix, fmt, ap);
	va_end(ap);
	return good;
}

void sva_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("@error ", fmt, ap);
	va_end(ap);
	exit(SVA_EXIT_SETUP);
}

static void note_fault(const char *text, uint64_t usec)
{
	if ((strstr(text, "DMAR:") && strstr(text, "fault")) ||
	    (strstr(text, "arm-smmu") && strstr(text, "event"))) {
		last_fault_ms = usec / 1000;
		fault_lines++;
	}
}

/* One record of /dev/kmsg is one read: "prio,seq,usec,flags;text\n". */
static void drain_kmsg(bool report)
{
	unsigned long long prio, seq, usec;
	char buf[8192];
	ssize_t n;

	while (kmsg >= 0) {
		n = read(kmsg, buf, sizeof(buf) - 1);
		if (n < 0 && errno == EPIPE) {
			sva_note("kernel messages were lost");
			continue;
		}
		if (n <= 0)
			break;
		buf[n] = '\0';

		char *text = strchr(buf, ';');

		if (!text || sscanf(buf, "%llu,%llu,%llu", &prio, &seq,
				    &usec) != 3)
			continue;
		text++;
		text[strcspn(text, "\n")] = '\0';
		note_fault(text, usec);
		if (report)
			sva_line("@kmsg %llu,%llu,%llu %s", prio & 7, seq,
				 usec, text);
	}
}

void sva_out_init(bool host)
{
	have_host = host;
	sva_line("KTAP version 1");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		sva_note("no /dev/kmsg: %s", strerror(errno));
	drain_kmsg(false);
}

bool sva_read_line(char *line, size_t size)
{
	size_t len = 0;
	ssize_t n;
	char c;

	while (len < size - 1) {
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (c == '\r')
			continue;
		if (c == '\n')
			break;
		line[len++] = c;
	}
	line[len] = '\0';
	return true;
}

static void read_answer(char *line, size_t size)
{
	if (!sva_read_line(line, size)) {
		fprintf(stderr, "the control channel ended\n");
		exit(SVA_EXIT_FAIL);
	}
}

void sva_stage(const char *name)
{
	char answer[256];

	sva_sleep_ms(SETTLE_MS);
	drain_kmsg(true);
	sva_line("@stage %s", name);
	if (!have_host)
		return;

	for (;;) {
		read_answer(answer, sizeof(answer));
		if (!strcmp(answer, "go"))
			return;
		if (!strncmp(answer, "fail", 4)) {
			sva_line("@error %s", answer[4] == ' ' ?
				 answer + 5 : "the host ended the scenario");
			exit(SVA_EXIT_FAIL);
		}
	}
}

void sva_wait_quiet_log(void)
{
	uint64_t now, begin = sva_now_ms();

	drain_kmsg(true);
	for (now = begin; last_fault_ms && now < last_fault_ms + RATELIMIT_MS;
	     now = sva_now_ms()) {
		sva_sleep_ms(100);
		drain_kmsg(true);
		if (now > begin + 10 * RATELIMIT_MS)
			break;
	}
	sva_fact("late.quiet-ms %llu", (unsigned long long)(now - begin));
}

unsigned int sva_fault_lines(void)
{
	drain_kmsg(true);
	return fault_lines;
}

bool sva_wait_fault_line(unsigned int before)
{
	uint64_t deadline = sva_deadline(LINE_MS);

	while (sva_fault_lines() == before) {
		if (sva_now_ms() > deadline)
			return false;
		sva_sleep_ms(10);
	}
	return true;
}

void sva_out_end(void)
{
	unsigned long taint = 0;
	FILE *f;

	sva_sleep_ms(SETTLE_MS);
	f = fopen("/proc/sys/kernel/tainted", "re");
	if (f && fscanf(f, "%lu", &taint) == 1)
		sva_fact("taint %lu", taint);
	if (f)
		fclose(f);
	drain_kmsg(true);
	if (!checks)
		sva_error("nothing was checked");
	sva_line("1..%u", checks);
}
