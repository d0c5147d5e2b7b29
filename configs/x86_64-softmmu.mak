# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the x86-64 guests and tests use, and nothing else: it keeps the build
# short.
CONFIG_Q35=y
CONFIG_VTD=y
CONFIG_PCIE_PORT=y
# What an IOMMU meets below its ports: switches, conventional buses.
CONFIG_PCI_BRIDGE=y
CONFIG_PCIE_PCI_BRIDGE=y
CONFIG_XIO3130=y
# PXB does not link without CXL, nor CXL without its memory device.
CONFIG_PXB=y
CONFIG_CXL=y
CONFIG_CXL_MEM_DEVICE=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_NET=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_RNG=y
CONFIG_VHOST_USER_BLK=y
CONFIG_VHOST_USER_RNG=y
CONFIG_EDU=y
# Ordinary devices behind the IOMMU.
CONFIG_NVME_PCI=y
# NVMe does not link without it.
CONFIG_SPDM_SOCKET=y
CONFIG_E1000E_PCI_EXPRESS=y
CONFIG_ISA_DEBUG=y
CONFIG_SVA_ACCEL=y
CONFIG_SVA_DSA=y
CONFIG_SVA_VTD=y
