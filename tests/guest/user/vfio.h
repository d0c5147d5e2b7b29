/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device under vfio-pci, address spaces by iommufd
 *
 * An address that is mapped is the same for the device unless said otherwise.
 * What the kernel refuses is an error of the set-up where nothing is returned.
 */
#ifndef VFIO_H
#define VFIO_H

#include "iommufd-abi.h"
#include "regs.h"

/* Takes the device from sva_accel.ko; sva_open() uses it from now on. */
void vfio_take_over(void);
/* Contexts that are opened from now on carry it. */
void vfio_use_pasid(uint32_t pasid);
/* Of the bound device, for iommufd. */
uint32_t vfio_device(void);
/* @pasid: or REGS_NO_PASID; 0 or an error number. */
int vfio_attach(uint32_t pasid, uint32_t table);
int vfio_detach(uint32_t pasid);

uint32_t iommufd_new_ioas(void);
void iommufd_map_at(uint32_t ioas, void *memory, size_t size, uintptr_t iova);
void iommufd_map(uint32_t ioas, void *memory, size_t size);
/* The pages of a context that this process opened. */
void iommufd_map_rings(uint32_t ioas, const struct sva_dev *dev);
void iommufd_unmap(uint32_t ioas, const void *iova, size_t size);
/* @hwpt: flags, parent, and what they need; 0 or an error number. */
int iommufd_new_hwpt(struct iommufd_hwpt *hwpt);
/* Of an IOAS, for requests with PASID; @fault: queue or 0. */
uint32_t iommufd_pasid_hwpt(uint32_t ioas, uint32_t fault);
struct iommufd_fault_queue iommufd_new_faults(void);
/* The next group of one request; false: none in time. */
bool iommufd_next_fault(const struct iommufd_fault_queue *queue,
			struct iommufd_fault *fault, unsigned int ms);
/* 0 or an error number. */
int iommufd_answer(const struct iommufd_fault_queue *queue, uint32_t cookie,
		   uint32_t code);
/* First stage of VT-d: 0 or an error number. */
int iommufd_invalidate_s1(uint32_t hwpt, const void *address, uint64_t pages);

/**
 * struct vfio_space - an address space that a PASID is attached to
 * @ioas: what is mapped
 * @hwpt: its page table
 * @pasid: or REGS_NO_PASID
 */
struct vfio_space {
	uint32_t ioas;
	uint32_t hwpt;
	uint32_t pasid;
};

/* New and attached; @fault: queue or 0. */
struct vfio_space vfio_new_space(uint32_t pasid, uint32_t fault);
/* A context with the PASID of the space, its rings mapped there. */
void vfio_open_in(const struct vfio_space *space, struct sva_dev *dev,
		  int mode);
/* Facts NAME.MODE.status and .different: a copy, and what came of it. */
void vfio_copy(const char *name, struct sva_dev *dev, const void *src,
	       void *dst, size_t size);
/* Facts NAME.MODE.status and .failed: a word into the page at @dst. */
void vfio_touch(const char *name, struct sva_dev *dev, void *dst);

#endif
