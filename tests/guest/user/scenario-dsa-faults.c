// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-faults: page faults of jobs on Intel DSA, and what is told
 *
 * In a dedicated and in a shared queue, blocking on faults and not; then
 * completion records that cannot be written, which the device puts into the
 * event log and the kernel writes for it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsa.h"
#include "sva.h"

#define SIZE		(64 * KIB)
#define HALF		(SIZE / 2)
#define SEED		0xfa170000ull
#define COPY_SIZE	(256 * KIB)
#define EVENT_LOG	"/sys/kernel/debug/idxd/dsa0/event_log"
#define FILES		"/sys/bus/dsa/devices"
#define EVENT_MS	5000

enum what {
	UNTOUCHED,	/* nobody has touched the destination */
	HALF_TOUCHED,	/* ... its second half */
	UNMAPPED,	/* there is no destination */
	UNMAPPED_SRC,	/* there is no source */
	READ_ONLY,	/* the destination */
	AFTER_MUNMAP,	/* the device used it before */
};

static const struct fault_case {
	const char *name;
	enum what what;
	bool block;
} cases[] = {
	{ "untouched-blocking",	UNTOUCHED,	true },
	{ "untouched",		UNTOUCHED,	false },
	{ "half-touched",	HALF_TOUCHED,	false },
	{ "unmapped-blocking",	UNMAPPED,	true },
	{ "unmapped",		UNMAPPED,	false },
	{ "read-unmapped-blocking", UNMAPPED_SRC, true },
	{ "read-unmapped",	UNMAPPED_SRC,	false },
	{ "read-only-blocking",	READ_ONLY,	true },
	{ "read-only",		READ_ONLY,	false },
	{ "munmap-blocking",	AFTER_MUNMAP,	true },
	{ "munmap",		AFTER_MUNMAP,	false },
};

static void *source;
static dsa_record record DSA_RECORD_ALIGNED;

static bool good_copy(const struct dsa_file *file)
{
	struct dsa_copy copy;

	dsa_copy_untouched(file, 2 * 4096, NULL, &copy);
	return copy.status == DSA_COMP_SUCCESS && !copy.different;
}

/* The destination, and in *@src the source, as the case wants them. */
static char *prepare(const struct dsa_file *file, enum what what, void **src)
{
	char *dst = sva_map(NULL, SIZE, what == READ_ONLY ? PROT_READ :
			    PROT_READ | PROT_WRITE);
	dsa_desc desc;

	*src = source;
	switch (what) {
	case HALF_TOUCHED:
		sva_touch_pages(dst, HALF);
		break;
	case UNMAPPED_SRC:
		*src = sva_map(NULL, SIZE, PROT_READ);
		munmap(*src, SIZE);
		break;
	case AFTER_MUNMAP:
		desc = dsa_move(&record, dst, source, SIZE, DSA_FLAGS_BLOCK);
		if (dsa_run(file, &desc, &record) != DSA_COMP_SUCCESS)
			sva_error("the copy before munmap: status 0x%x",
				  record.status);
		munmap(dst, SIZE);
		break;
	case UNMAPPED:
		munmap(dst, SIZE);
		break;
	default:
		break;
	}
	return dst;
}

static void run_case(const struct dsa_file *file, const struct fault_case *c)
{
	const char *queue = dsa_queue_names[file->queue];
	dsa_desc desc;
	void *src;
	char *dst = prepare(file, c->what, &src);
	unsigned int done = c->what == HALF_TOUCHED ? HALF : 0;
	const char *expected = c->what == UNMAPPED_SRC ? src : dst + done;

	desc = dsa_move(&record, dst, src, SIZE,
			c->block ? DSA_FLAGS_BLOCK : DSA_FLAGS);
	sva_fact("case.%s.%s.status 0x%02x", queue, c->name,
		 dsa_run(file, &desc, &record));
	sva_fact("case.%s.%s.address 0x%llx", queue, c->name,
		 (unsigned long long)record.fault_addr);
	sva_fact("case.%s.%s.address-expected 0x%llx", queue, c->name,
		 (unsigned long long)(uintptr_t)expected);
	sva_fact("case.%s.%s.bytes %u", queue, c->name, record.bytes_completed);
	sva_fact("case.%s.%s.bytes-expected %u", queue, c->name, done);
	if (record.status == DSA_COMP_SUCCESS)
		sva_fact("case.%s.%s.different %zu", queue, c->name,
			 sva_pattern_diff(dst, SIZE, SEED));
	sva_fact("case.%s.%s.alive %d", queue, c->name, good_copy(file));
	if (c->what != UNMAPPED && c->what != AFTER_MUNMAP)
		munmap(dst, SIZE);
}

static void run_cases(enum dsa_queue queue)
{
	struct dsa_file file;

	dsa_open(&file, queue);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		run_case(&file, &cases[i]);
	dsa_close(&file);
}

/* -- records that the device cannot write -- */

/* The last entry of the log, as the driver prints it. */
struct event {
	unsigned int wq;
	unsigned int error;
	unsigned int opcode;
	unsigned int pasid;
	unsigned int write;
	unsigned long long addr;
	unsigned int status;	/* of the record in it */
	unsigned int n;		/* entries so far */
};

static void read_log(struct event *e)
{
	FILE *f = fopen(EVENT_LOG, "re");
	char line[160];

	memset(e, 0, sizeof(*e));
	if (!f)
		sva_error("no " EVENT_LOG " (CONFIG_DEBUG_FS?)");
	while (fgets(line, sizeof(line), f)) {
		e->n += !strncmp(line, "Event Log entry", 15);
		sscanf(line, "batch %*u fault rw %u priv %*u error %x",
		       &e->write, &e->error);
		sscanf(line, "wq idx %u op %x pasid %u", &e->wq, &e->opcode,
		       &e->pasid);
		sscanf(line, "status %x result", &e->status);
		if (!strstr(line, "inv flags"))
			sscanf(line, "fault addr %llx", &e->addr);
	}
	fclose(f);
}

/* What the kernel counts, of all files that are open. */
static unsigned int file_count(const char *name)
{
	unsigned int sum = 0, n;
	char path[320];
	struct dirent *entry;
	DIR *dir = opendir(FILES);
	FILE *f;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "file", 4))
			continue;
		snprintf(path, sizeof(path), FILES "/%s/%s", entry->d_name,
			 name);
		f = fopen(path, "re");
		if (!f || fscanf(f, "%u", &n) != 1)
			sva_error("cannot read %s", path);
		fclose(f);
		sum += n;
	}
	closedir(dir);
	return sum;
}

/* The log, once the kernel has dealt with an entry. */
static void wait_event(struct event *e, unsigned int before)
{
	uint64_t end = sva_deadline(EVENT_MS);

	do {
		sva_sleep_ms(10);
		read_log(e);
	} while ((e->n == before || !file_count("cr_faults")) &&
		 sva_now_ms() < end);
}

/* @prot: of the page with the record. */
static void run_record(const char *name, enum dsa_queue queue, int prot)
{
	dsa_record *there = sva_map(NULL, 4096, prot);
	void *dst = sva_map(NULL, 4096, PROT_READ | PROT_WRITE);
	struct event before, after;
	struct dsa_file file;
	dsa_desc desc;

	sva_touch_pages(dst, 4096);
	dsa_open(&file, queue);
	read_log(&before);
	desc = dsa_move(there, dst, source, 4096, DSA_FLAGS);
	dsa_submit(&file, &desc);
	wait_event(&after, before.n);
	sva_fact("record.%s.status 0x%02x", name,
		 prot & PROT_WRITE ? dsa_wait(there, EVENT_MS) : there->status);
	sva_fact("record.%s.different %zu", name,
		 sva_pattern_diff(dst, 4096, SEED));
	sva_fact("record.%s.faults %u", name, file_count("cr_faults"));
	sva_fact("record.%s.failures %u", name,
		 file_count("cr_fault_failures"));
	sva_fact("event.%s.new %u", name, after.n - before.n);
	sva_fact("event.%s.queue %u", name, after.wq);
	sva_fact("event.%s.queue-expected %u", name, queue);
	sva_fact("event.%s.error 0x%02x", name, after.error);
	sva_fact("event.%s.write %u", name, after.write);
	sva_fact("event.%s.opcode %u", name, after.opcode);
	sva_fact("event.%s.pasid %u", name, after.pasid);
	sva_fact("event.%s.address 0x%llx", name, after.addr);
	sva_fact("event.%s.address-expected 0x%llx", name,
		 (unsigned long long)(uintptr_t)there);
	sva_fact("event.%s.status 0x%02x", name, after.status);
	dsa_close(&file);
	munmap(dst, 4096);
	munmap(there, 4096);
}

static void scenario_dsa_faults(void)
{
	struct dsa_file holder;

	sva_opt_check();
	dsa_set_up();
	/* It keeps the bond, whatever else is opened and closed. */
	dsa_open(&holder, DSA_SHARED_PLAIN);
	sva_fact("mode ats-pri");
	sva_fact("pasid %u", dsa_own_pasid());
	source = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	sva_pattern(source, SIZE, SEED);
	sva_stage("bound");
	run_cases(DSA_ASKING);
	run_cases(DSA_SHARED);
	sva_stage("cases");
	dsa_close(&holder);
	dsa_open(&holder, DSA_SPARE);
	/* No page requests: the kernel has to write the record. */
	run_record("delivered", DSA_ATS, PROT_READ | PROT_WRITE);
	run_record("read-only", DSA_SHARED, PROT_READ);
	sva_ok(good_copy(&holder), "a good copy works after all of them");
	sva_stage("done");
	dsa_close(&holder);
	sva_stage("unbound");
}
SVA_SCENARIO("dsa-faults", scenario_dsa_faults);
