// SPDX-License-Identifier: GPL-2.0-or-later
//
// A page is made available whatever the rights of its VMA are.
//
// file: drivers/iommu/iommu-sva.c
// shown: x86_64 segfault invalid-request
// shown: aarch64 segfault contract:stall-fault-loop 30

@@
identifier vma;
expression wanted;
statement S;
@@
- if (wanted & ~vma->vm_flags)
+ if (!sva_variant("access-rights-ignored") && (wanted & ~vma->vm_flags))
  S
