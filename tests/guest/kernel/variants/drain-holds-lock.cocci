// SPDX-License-Identifier: GPL-2.0-or-later
//
// A drain waits for page requests under the lock that their thread takes.
//
// file: drivers/iommu/intel/prq.c
// shown: x86_64 bind-storm contract:page-drain-missing 60

@@
@@
 intel_iommu_drain_pasid_prq(...)
 {
 <...
+ if (sva_variant("drain-holds-lock"))
+ 	mutex_lock(&iommu->iopf_lock);
  wait_for_completion(&iommu->prq_complete);
+ if (sva_variant("drain-holds-lock"))
+ 	mutex_unlock(&iommu->iopf_lock);
 ...>
 }
