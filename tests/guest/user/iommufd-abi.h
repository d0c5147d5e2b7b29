/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs use of Linux's interface to VFIO devices and to iommufd
 *
 * Written down here because the headers of build machines are older than it
 * (PASIDs: 6.16).  All requests have the type ';' and carry their size.
 */
#ifndef IOMMUFD_ABI_H
#define IOMMUFD_ABI_H

#include <stdint.h>
#include <sys/ioctl.h>

#define ABI_SIZE(type, bytes)	_Static_assert(sizeof(type) == (bytes), #type)
#define ABI_REQUEST(nr)		_IO(';', nr)

/* -- VFIO: file of a device, /dev/vfio/devices/vfioN -- */

#define VFIO_GET_REGION	ABI_REQUEST(108)
#define VFIO_BIND	ABI_REQUEST(118)
#define VFIO_ATTACH	ABI_REQUEST(119)
#define VFIO_DETACH	ABI_REQUEST(120)

/* Regions 0 to 5 are the BARs. */
#define VFIO_REGION_CONFIG	7

struct vfio_region {
	uint32_t size;
	uint32_t flags;
	uint32_t index;
	uint32_t caps;
	uint64_t length;
	uint64_t offset;	/* in the file */
};
ABI_SIZE(struct vfio_region, 32);

struct vfio_bind {
	uint32_t size;
	uint32_t flags;
	int32_t iommufd;
	uint32_t device;	/* out: id in iommufd requests */
};
ABI_SIZE(struct vfio_bind, 16);

/* Flag of both: @pasid counts, else it is about requests without one. */
#define VFIO_WITH_PASID	(1u << 0)

struct vfio_attach {
	uint32_t size;
	uint32_t flags;
	uint32_t table;
	uint32_t pasid;
};
ABI_SIZE(struct vfio_attach, 16);

struct vfio_detach {
	uint32_t size;
	uint32_t flags;
	uint32_t pasid;
};
ABI_SIZE(struct vfio_detach, 12);

/* -- iommufd: /dev/iommu -- */

#define IOMMUFD_DESTROY		ABI_REQUEST(0x80)
#define IOMMUFD_IOAS_ALLOC	ABI_REQUEST(0x81)
#define IOMMUFD_IOAS_MAP	ABI_REQUEST(0x85)
#define IOMMUFD_IOAS_UNMAP	ABI_REQUEST(0x86)
#define IOMMUFD_HWPT_ALLOC	ABI_REQUEST(0x89)
#define IOMMUFD_HWPT_INVALIDATE	ABI_REQUEST(0x8d)
#define IOMMUFD_FAULT_ALLOC	ABI_REQUEST(0x8e)

struct iommufd_ioas {
	uint32_t size;
	uint32_t flags;
	uint32_t id;		/* out */
};
ABI_SIZE(struct iommufd_ioas, 12);

#define IOMMUFD_MAP_FIXED	(1u << 0)
#define IOMMUFD_MAP_WRITE	(1u << 1)
#define IOMMUFD_MAP_READ	(1u << 2)

struct iommufd_map {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas;
	uint32_t reserved;
	uint64_t memory;
	uint64_t length;
	uint64_t iova;
};
ABI_SIZE(struct iommufd_map, 40);

struct iommufd_unmap {
	uint32_t size;
	uint32_t ioas;
	uint64_t iova;
	uint64_t length;	/* out: what was unmapped */
};
ABI_SIZE(struct iommufd_unmap, 24);

#define IOMMUFD_HWPT_PARENT	(1u << 0)	/* second stage below others */
#define IOMMUFD_HWPT_FAULTS	(1u << 2)	/* @fault counts */
#define IOMMUFD_HWPT_PASID	(1u << 3)	/* for PASIDs, or beside them */

#define IOMMUFD_DATA_VTD_S1	1

struct iommufd_hwpt {
	uint32_t size;
	uint32_t flags;
	uint32_t device;
	uint32_t parent;	/* an IOAS, or the stage below */
	uint32_t id;		/* out */
	uint32_t reserved;
	uint32_t data_type;
	uint32_t data_length;
	uint64_t data;
	uint32_t fault;
	uint32_t reserved2;
};
ABI_SIZE(struct iommufd_hwpt, 48);

/* Data of IOMMUFD_DATA_VTD_S1: a first stage in the space of its parent. */
struct iommufd_vtd_s1 {
	uint64_t flags;
	uint64_t tables;
	uint32_t bits;
	uint32_t reserved;
};
ABI_SIZE(struct iommufd_vtd_s1, 24);

struct iommufd_invalidate {
	uint32_t size;
	uint32_t hwpt;
	uint64_t entries;
	uint32_t type;		/* 0: struct iommufd_vtd_s1_range */
	uint32_t entry_size;
	uint32_t count;		/* out: how many were done */
	uint32_t reserved;
};
ABI_SIZE(struct iommufd_invalidate, 32);

struct iommufd_vtd_s1_range {
	uint64_t address;
	uint64_t pages;
	uint32_t flags;
	uint32_t reserved;
};
ABI_SIZE(struct iommufd_vtd_s1_range, 24);

struct iommufd_fault_queue {
	uint32_t size;
	uint32_t flags;
	uint32_t id;		/* out */
	int32_t file;		/* out */
};
ABI_SIZE(struct iommufd_fault_queue, 16);

#define IOMMUFD_FAULT_WITH_PASID	(1u << 0)
#define IOMMUFD_FAULT_LAST		(1u << 1)
#define IOMMUFD_FAULT_READ		(1u << 0)
#define IOMMUFD_FAULT_WRITE		(1u << 1)

/* What is read from that file, */
struct iommufd_fault {
	uint32_t flags;
	uint32_t device;
	uint32_t pasid;
	uint32_t group;
	uint32_t access;
	uint32_t reserved;
	uint64_t address;
	uint32_t length;
	uint32_t cookie;
};
ABI_SIZE(struct iommufd_fault, 40);

#define IOMMUFD_ANSWER_SUCCESS	0
#define IOMMUFD_ANSWER_INVALID	1

/* and written to it. */
struct iommufd_answer {
	uint32_t cookie;
	uint32_t code;
};
ABI_SIZE(struct iommufd_answer, 8);

#endif
