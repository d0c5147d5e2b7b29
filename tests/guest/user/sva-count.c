// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: counters and probes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sva.h"

#define PROBE_MS	5000
#define READ_TRIES	50

static const char *const names[SVA_CNT_MAX] = {
	[SVA_CNT_JOBS]			= "jobs",
	[SVA_CNT_ACCESSES]		= "accesses",
	[SVA_CNT_BYTES_READ]		= "bytes_read",
	[SVA_CNT_BYTES_WRITTEN]		= "bytes_written",
	[SVA_CNT_ABORTS]		= "aborts",
	[SVA_CNT_XLATE_REQS]		= "xlate_reqs",
	[SVA_CNT_ATS_GRANTED]		= "ats_granted",
	[SVA_CNT_ATS_NO_ACCESS]		= "ats_no_access",
	[SVA_CNT_ATS_PARTIAL]		= "ats_partial",
	[SVA_CNT_ATS_ERROR]		= "ats_error",
	[SVA_CNT_ATC_HITS]		= "atc_hits",
	[SVA_CNT_PAGE_REQS]		= "page_reqs",
	[SVA_CNT_PRG_SUCCESS]		= "prg_success",
	[SVA_CNT_PRG_INVALID]		= "prg_invalid",
	[SVA_CNT_PRG_FAILURE]		= "prg_failure",
	[SVA_CNT_CPL_LOST]		= "cpl_lost",
	[SVA_CNT_INVALIDATIONS]		= "invalidations",
	[SVA_CNT_ATC_DROPPED]		= "atc_dropped",
	[SVA_CNT_PRG_UNEXPECTED]	= "prg_unexpected",
	[SVA_CNT_DOORBELLS]		= "doorbells",
	[SVA_CNT_BAD_DESCRIPTORS]	= "bad_descriptors",
	[SVA_CNT_STOPS_IGNORED]		= "stops_ignored",
	[SVA_CNT_STOPS_LATE]		= "stops_late",
	[SVA_CNT_BREAKPOINTS]		= "breakpoints",
	[SVA_CNT_PROBES]		= "probes",
	[SVA_CNT_INTERRUPTS]		= "interrupts",
	[SVA_CNT_INVAL_LATE]		= "inval_late",
	[SVA_CNT_STALE_KEPT]		= "stale_kept",
	[SVA_CNT_STALE_HITS]		= "stale_hits",
	[SVA_CNT_PRG_UNSENT]		= "prg_unsent",
	[SVA_CNT_PRG_DUPLICATES]	= "prg_duplicates",
	[SVA_CNT_PRG_EXCESS]		= "prg_excess",
	[SVA_CNT_PRG_SHARED]		= "prg_shared",
	[SVA_CNT_STOPS_NO_WAIT]		= "stops_no_wait",
	[SVA_CNT_STOP_MARKERS]		= "stop_markers",
	[SVA_CNT_STALLS]		= "stalls",
};

static const char *const kinds[] = {
	[SVA_PROBE_READ]	= "read",
	[SVA_PROBE_WRITE]	= "write",
	[SVA_PROBE_ATS]		= "ats",
	[SVA_PROBE_PRG]		= "prg",
	[SVA_PROBE_XREAD]	= "xread",
	[SVA_PROBE_XWRITE]	= "xwrite",
	[SVA_PROBE_MARKER]	= "marker",
};

static void read_context(const struct sva_dev *dev, struct sva_counts *counts)
{
	for (unsigned int i = 0; i < SVA_CNT_CTX_MAX; i++)
		counts->v[i] = sva_reg_read(dev, SVA_CTX_COUNTERS + 8 * i);
}

static void read_device(const struct sva_dev *dev, struct sva_counts *counts)
{
	struct sva_accel_reg reg;

	for (unsigned int i = 0; i < SVA_CNT_MAX; i++) {
		reg.offset = SVA_REG_COUNTERS + 8 * i;
		reg.flags = SVA_ACCEL_REG_GLOBAL;
		if (sva_driver->ioctl(dev, SVA_ACCEL_REG, &reg))
			sva_error("reading counters: %s", strerror(errno));
		counts->v[i] = reg.value;
	}
}

/*
 * The device works on while its counters are read one by one; two equal
 * readings are one consistent state.
 */
static void read_stable(const struct sva_dev *dev, struct sva_counts *counts,
			void (*read)(const struct sva_dev *dev,
				     struct sva_counts *counts))
{
	struct sva_counts again;

	memset(counts, 0, sizeof(*counts));
	memset(&again, 0, sizeof(again));
	read(dev, counts);
	for (unsigned int i = 0; i < READ_TRIES; i++) {
		read(dev, &again);
		if (!memcmp(counts, &again, sizeof(again)))
			return;
		*counts = again;
	}
}

void sva_count(const struct sva_dev *dev, struct sva_counts *counts)
{
	read_stable(dev, counts, read_context);
}

void sva_count_device(const struct sva_dev *dev, struct sva_counts *counts)
{
	read_stable(dev, counts, read_device);
}

uint64_t sva_count_stalls(const struct sva_dev *dev)
{
	struct sva_accel_reg reg = {
		.offset = SVA_REG_COUNTERS + 8 * SVA_CNT_STALLS,
		.flags = SVA_ACCEL_REG_GLOBAL,
	};

	if (sva_driver->ioctl(dev, SVA_ACCEL_REG, &reg))
		sva_error("reading counters: %s", strerror(errno));
	return reg.value;
}

static void fact_delta(const char *window, const char *who, unsigned int n,
		       const struct sva_counts *before,
		       const struct sva_counts *after)
{
	for (unsigned int i = 0; i < n; i++)
		sva_fact("delta.%s.%s.%s %llu", window, who, names[i],
			 (unsigned long long)(after->v[i] - before->v[i]));
}

void sva_fact_delta(const char *window, const struct sva_dev *dev,
		    const struct sva_counts *before,
		    const struct sva_counts *after)
{
	fact_delta(window, sva_mode_names[dev->mode], SVA_CNT_CTX_MAX, before,
		   after);
}

void sva_fact_delta_device(const char *window, const struct sva_counts *before,
			   const struct sva_counts *after)
{
	fact_delta(window, "dev", SVA_CNT_MAX, before, after);
}

static const char *probe_result(uint32_t status, char *buf, size_t size)
{
	if (!(status & SVA_PROBEST_DONE))
		return "timeout";

	switch (status & SVA_PROBEST_RESULT) {
	case SVA_PROBE_OK:
		return "ok";
	case SVA_PROBE_ABORTED:
		return "aborted";
	case SVA_PROBE_UR:
		return "ur";
	case SVA_PROBE_CA:
		return "ca";
	case SVA_PROBE_PRG_SUCCESS:
		return "prg-success";
	case SVA_PROBE_PRG_INVALID:
		return "prg-invalid";
	case SVA_PROBE_PRG_FAILURE:
		return "prg-failure";
	case SVA_PROBE_NOT_SENT:
		return "not-sent";
	default:
		snprintf(buf, size, "%u", status & SVA_PROBEST_RESULT);
		return buf;
	}
}

uint32_t sva_probe(const struct sva_dev *dev, const char *when, uint32_t kind,
		   uint32_t pasid, uint64_t addr)
{
	static const char *const rights[] = { "-", "r", "w", "rw" };
	uint32_t status;
	char buf[16];

	sva_reg_write(dev, SVA_CTX_PROBE_PASID,
		      pasid == SVA_PROBE_NO_PASID ? 0 : pasid | SVA_CFG_PASID_EN);
	sva_reg_write(dev, SVA_CTX_PROBE_ADDR, addr);
	sva_reg_write(dev, SVA_CTX_PROBE_DATA, 0xdead00000000ffffull);
	sva_reg_write(dev, SVA_CTX_PROBE_CTRL, kind);
	sva_wait_reg(dev, SVA_CTX_PROBE_STATUS, SVA_PROBEST_DONE,
		     SVA_PROBEST_DONE, PROBE_MS);
	status = sva_reg_read(dev, SVA_CTX_PROBE_STATUS);

	sva_fact("probe.%s.%s %s %s %u 0x%llx", when, kinds[kind],
		 probe_result(status, buf, sizeof(buf)),
		 rights[(status >> SVA_PROBEST_RIGHTS_SHIFT) & 3], pasid,
		 (unsigned long long)addr);
	return status & SVA_PROBEST_DONE ? status : 0;
}
