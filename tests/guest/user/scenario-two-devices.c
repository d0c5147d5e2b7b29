// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario two-devices: one address space, bound to two accelerators
 *
 * The bonds have the PASID in common and nothing else: when one of them ends, the
 * other device works on, and what happens to the address space still reaches it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define JOB_MS		60000
#define WINDOW_MS	300
#define SEED		0x2de0000000000000ull
#define COPY_SIZE	(256 * KIB)
#define REFUSED_TIMES	3

static const char *const nodes[] = { "/dev/sva-accel0", "/dev/sva-accel1" };

/* One accelerator with a context for each mode, and its buffer. */
struct side {
	const char *name;
	struct sva_writers writers;
	char *buf;
	char pci[16];
};

static struct side side[2] = { { .name = "first" }, { .name = "second" } };
static size_t size;
static unsigned int interval_us;
/* Memory that no job names. */
static char *idle;

static void open_side(unsigned int nr, const char *modes)
{
	struct side *s = &side[nr];
	struct sva_accel_info info;

	snprintf(sva_node, sizeof(sva_node), "%s", nodes[nr]);
	s->writers.n = sva_modes_parse(modes, s->writers.modes);
	for (unsigned int i = 0; i < s->writers.n; i++)
		sva_open(&s->writers.dev[i], s->writers.modes[i]);
	sva_info(&s->writers.dev[0], &info);
	snprintf(s->pci, sizeof(s->pci), "%s", info.pci_name);
}

/* The context for copies: the one that asks for pages. */
static struct sva_dev *copier(struct side *s)
{
	return &s->writers.dev[SVA_MODE_ASKING];
}

static void copy_on(struct side *s, const char *when)
{
	struct sva_copy copy;

	sva_copy_untouched(copier(s), COPY_SIZE, NULL, &copy);
	sva_fact("%s.%s.status 0x%02x", when, s->name, copy.cpl.status);
	sva_fact("%s.%s.different %llu", when, s->name,
		 (unsigned long long)copy.different);
	sva_ok(copy.cpl.status == SVA_ST_SUCCESS && !copy.different,
	       "%s: a copy on the %s device", when, s->name);
}

static void write_on(struct side *s)
{
	s->buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	sva_touch_pages(s->buf, size);
	sva_writers_write(&s->writers, s->buf, size, interval_us);
}

static void window(struct side *s, const char *name)
{
	struct sva_window w = { 0 };

	sva_window_open(&w, &s->writers);
	sva_sleep_ms(WINDOW_MS);
	sva_window_close(&w, &s->writers);
	sva_window_report(&w, &s->writers, name);
}

static void report_pasids(void)
{
	sva_fact("mode " SVA_ALL_MODES("+"));
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", side[0].writers.dev[0].pasid);
	for (unsigned int i = 0; i < ARRAY_SIZE(side); i++) {
		struct side *s = &side[i];

		sva_fact("%s.device %s", s->name, s->pci);
		sva_fact("%s.pasid %u", s->name, s->writers.dev[0].pasid);
	}
	sva_ok(strcmp(side[0].pci, side[1].pci),
	       "the contexts are on two devices");
}

static void unbind(struct side *s)
{
	int status = 0;

	for (unsigned int i = 0; i < s->writers.n; i++) {
		int ret = sva_unbind(&s->writers.dev[i], SVA_ACCEL_STOP_UNBIND);

		if (ret)
			status = -ret;
	}
	sva_fact("unbind.status %d", status);
	sva_ok(!status, "the %s device can be unbound", s->name);
}

static void late(const struct side *s)
{
	unsigned int changed, lines;

	sva_wait_quiet_log();
	lines = sva_fault_lines();
	sva_probe(&s->writers.dev[0], "late", SVA_PROBE_WRITE,
		  s->writers.dev[0].pasid, (uintptr_t)idle);
	sva_wait_fault_line(lines);
	changed = sva_pattern_pages(idle, size, SEED);
	sva_fact("late.changed %u", changed);
	sva_ok(!changed, "a write of the unbound device changes nothing");
	window(&side[1], "late");
	sva_stage("late");
}

/* The invalidation must reach the device that is still bound. */
static void take_away(struct side *s)
{
	static uint64_t pfns[1024];
	unsigned int freed, other, pages = size / PAGE;
	bool known = sva_pfns(s->buf, pages, pfns);
	struct sva_window w = { 0 };
	struct sva_fill fill;
	bool refused;

	munmap(s->buf, size);
	sva_window_open(&w, &s->writers);
	/* Kept free: nothing else may be mapped where the device writes. */
	sva_map(s->buf, size, PROT_NONE);
	sva_fill(&fill, pfns, known ? pages : 0, 64 * MIB);
	refused = sva_writers_wait_refused(&s->writers, REFUSED_TIMES);
	sva_window_close(&w, &s->writers);
	sva_fill_check(&fill, &freed, &other);
	sva_window_report(&w, &s->writers, "revoked");
	sva_fact("revoked.refused %d", refused);
	sva_fact("reuse.method %s", known ? "pfn" : "none");
	sva_fact("reuse.pages %u", fill.found);
	sva_fact("reuse.changed %u", freed);
	sva_fact("reuse.changed-other %u", other);
	sva_ok(refused && !freed && !other,
	       "memory that was unmapped is out of reach of the other device");
	sva_fill_free(&fill);
	sva_stage("revoked");
}

static void bind_again(const char *modes)
{
	sva_writers_stop(&side[1].writers);
	sva_writers_close(&side[0].writers);
	open_side(0, modes);
	sva_fact("again.pasid %u", side[0].writers.dev[0].pasid);
	sva_writers_close(&side[1].writers);
	copy_on(&side[0], "again");
	sva_writers_close(&side[0].writers);
	sva_stage("done");
}

static void scenario_two_devices(void)
{
	const char *modes = SVA_ALL_MODES(":");
	unsigned int pages = sva_opt_num("pages", 32);

	interval_us = sva_opt_num("interval", 2000);
	sva_opt_check();
	if (!pages || pages > 1024)
		sva_error("unusable number of pages");
	size = pages * PAGE;
	idle = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	sva_pattern(idle, size, SEED);

	for (unsigned int i = 0; i < ARRAY_SIZE(side); i++)
		open_side(i, modes);
	report_pasids();
	for (unsigned int i = 0; i < ARRAY_SIZE(side); i++) {
		copy_on(&side[i], "bound");
		write_on(&side[i]);
	}
	window(&side[0], "first");
	window(&side[1], "second");
	sva_stage("bound");

	unbind(&side[0]);
	window(&side[1], "alone");
	sva_stage("unbound");

	late(&side[0]);
	take_away(&side[1]);
	bind_again(modes);
}
SVA_SCENARIO("two-devices", scenario_two_devices);
