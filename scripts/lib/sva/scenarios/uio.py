# SPDX-License-Identifier: GPL-2.0-or-later
"""uio: as kill, under the kernel's own driver uio_pci_generic_sva."""

from ..rules import mm_gone

NOT_OFFERED = 'needs a kernel with UIO_PCI_GENERIC_SVA'
# Its driver binds one process: there is no other one that could get the PASID.
RULES = [rule for rule in mm_gone.KILLED if rule.name != 'pasid-kept']
