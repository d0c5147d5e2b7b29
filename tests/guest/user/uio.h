/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device under the kernel's own driver uio_pci_generic_sva
 */
#ifndef UIO_H
#define UIO_H

#include "sva.h"

/* Takes it from sva_accel.ko; from now on sva_open() and all else goes there. */
void uio_take_over(void);
/* Ends what sva_open() keeps open for further contexts, and the registers. */
void uio_close(void);
/* Closes the file of a context, but not the way to its registers. */
void uio_let_go(const struct sva_dev *dev);

#endif
