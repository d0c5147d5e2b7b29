/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device under the kernel's own driver uio_pci_generic_sva
 */
#ifndef UIO_H
#define UIO_H

#include "sva.h"

/* Takes the device from sva_accel.ko; sva_open() uses it from now on. */
void uio_take_over(void);
/* Ends what sva_open() keeps open for further contexts, and the registers. */
void uio_close(void);
/* Closes the file of a context, but keeps its registers mapped. */
void uio_let_go(const struct sva_dev *dev);

#endif
