# SPDX-License-Identifier: GPL-2.0-or-later
"""What the models still cache for a PASID that has no page tables."""

from ..judge import iommus


def judged(run):
    """[(stage, tag of its IOTLB entries, warm)] where a PASID leads nowhere.

    Only where all translations of the PASID were invalidated, by the ledger. warm: how
    many were cached when the entry last led to page tables.
    """
    found, last, tag, warm = [], None, None, 0
    for name, stage in run.stages.items():
        held, look, entry = stage.held, stage.look, stage.entry
        if held is None or entry is None or not look:
            continue
        if stage.pasid != last:
            last, tag, warm = stage.pasid, None, 0
        if entry.present:
            pasid = stage.pasid
            tag = pasid if iommus.of_arch(run.arch).tlb_has_pasids else entry.tag
            warm = held.iotlb.get(tag, 0) + held.atc.get(pasid, 0)
        elif tag is not None and look.complete and not look.debts:
            found.append((name, tag, warm))
    return found


def left(run, name, tag):
    """What the models still cache for the PASID, as text; '' if nothing."""
    stage = run.stages[name]
    held, rid, pasid = stage.held, stage.look.rid, stage.pasid
    found = []
    if (rid, pasid) in held.configs:
        found.append('its entry')
    if held.atc.get(pasid):
        found.append(f'{held.atc[pasid]} in the device-TLB')
    # Another bond may share the translations, or have the ASID by now.
    shared = {key for key in held.configs if key != (rid, pasid) and key[1]
              and (key[1] == pasid or not iommus.of_arch(run.arch).tlb_has_pasids)}
    if held.iotlb.get(tag) and not shared:
        found.append(f'{held.iotlb[tag]} in the IOTLB')
    return ', '.join(found)

