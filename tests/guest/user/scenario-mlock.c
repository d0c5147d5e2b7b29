// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario mlock: locked memory needs no page requests
 *
 * The device writes once into every page of buffers that the process never
 * touched: plain ones, locked ones, ones that are locked on fault, and ones that
 * were locked and thrown away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define PAGES_MAX	256u
#define JOB_MS		30000
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT	1
#endif

enum phase {
	PLAIN,
	LOCKED,
	ONFAULT,
	UNLOCKED,
	PHASES,
};

static const char *const names[PHASES] = {
	[PLAIN]		= "plain",
	[LOCKED]	= "locked",
	[ONFAULT]	= "onfault",
	[UNLOCKED]	= "unlocked",
};

static struct {
	struct sva_writers writers;
	char *buf;
	size_t part;
	unsigned int refused[PHASES][SVA_MODES];
	unsigned int failed;
	unsigned int wrong;
	int discard_errno;
	struct sva_window window[PHASES];
} m;

static char *phase_buf(enum phase phase)
{
	return m.buf + phase * m.writers.n * m.part;
}

static void lock(void)
{
	size_t size = m.writers.n * m.part;

	if (mlock(phase_buf(LOCKED), size) ||
	    mlock2(phase_buf(ONFAULT), size, MLOCK_ONFAULT) ||
	    mlock(phase_buf(UNLOCKED), size))
		sva_error("mlock: %s", strerror(errno));
	/* Locked memory cannot be thrown away. */
	m.discard_errno = madvise(phase_buf(LOCKED), size, MADV_DONTNEED) ?
			  errno : 0;
	if (munlock(phase_buf(UNLOCKED), size) ||
	    madvise(phase_buf(UNLOCKED), size, MADV_DONTNEED))
		sva_error("munlock: %s", strerror(errno));
}

/* Each page holds the word, or nothing if it was refused. */
static void check(const char *part, uint64_t value, unsigned int refused)
{
	unsigned int empty = 0;
	uint64_t word;

	for (size_t at = 0; at < m.part; at += PAGE) {
		memcpy(&word, part + at, 8);
		empty += !word;
		m.wrong += word && word != value;
	}
	m.wrong += empty != refused;
}

static void write_once(enum phase phase)
{
	sva_window_open(&m.window[phase], &m.writers);
	for (unsigned int i = 0; i < m.writers.n; i++) {
		struct sva_dev *dev = &m.writers.dev[i];
		char *part = phase_buf(phase) + i * m.part;
		struct sva_completion cpl;
		struct sva_desc desc;

		desc = sva_touch_desc(dev, part, m.part, 1, 0);
		cpl = sva_run(dev, &desc, JOB_MS);
		m.failed += cpl.status != SVA_ST_SUCCESS;
		m.refused[phase][i] = cpl.result;
	}
	sva_window_close(&m.window[phase], &m.writers);
	/* This brings the pages in: not before the device is done. */
	for (unsigned int i = 0; i < m.writers.n; i++)
		check(phase_buf(phase) + i * m.part,
		      0xdead000000000000ull | (unsigned int)m.writers.modes[i],
		      m.refused[phase][i]);
}

static void report(void)
{
	sva_fact("range.address 0x%llx",
		 (unsigned long long)(uintptr_t)m.buf);
	sva_fact("range.bytes %zu", PHASES * m.writers.n * m.part);
	sva_fact("pages %zu", m.part / PAGE);
	sva_fact("jobs.failed %u", m.failed);
	sva_fact("pages.wrong %u", m.wrong);
	sva_fact("discard.errno %d", m.discard_errno);
	for (unsigned int p = 0; p < PHASES; p++) {
		for (unsigned int i = 0; i < m.writers.n; i++)
			sva_fact("%s.%s.refused %u", names[p],
				 sva_mode_names[m.writers.modes[i]],
				 m.refused[p][i]);
		sva_window_report(&m.window[p], &m.writers, names[p]);
	}
	sva_ok(!m.failed && !m.wrong, "what the device wrote is there");
	sva_ok(m.discard_errno == EINVAL, "locked memory cannot be thrown away");
}

static void scenario_mlock(void)
{
	const char *modes = sva_writers_options();
	unsigned int pages = sva_opt_num("pages", 64);

	sva_opt_check();
	if (!pages || pages > PAGES_MAX)
		sva_error("unusable number of pages");
	m.part = pages * PAGE;

	sva_writers_open(&m.writers, modes);
	sva_stage("bound");

	m.buf = sva_map(NULL, PHASES * m.writers.n * m.part,
			PROT_READ | PROT_WRITE);
	lock();
	for (unsigned int p = 0; p < PHASES; p++)
		write_once(p);
	sva_writers_stop(&m.writers);
	report();
	sva_stage("done");

	sva_writers_close(&m.writers);
	sva_stage("unbound");
}
SVA_SCENARIO("mlock", scenario_mlock);
