# SPDX-License-Identifier: GPL-2.0-or-later
"""dma: ordinary DMA of virtio devices through the IOMMU, no accelerator."""

from .. import counters
from ..verdict import MODEL, OVERALL, SETUP
from .claims import Check, Claim, Rule, count, judge as hold, number, text, total

NAME = 'dma'

# Contents of the disk, see docs/devel/guest-protocol.rst.
AREA = 4 << 20
MULTIPLIER = 0x9e3779b97f4a7c15
WORD_MASK = (1 << 64) - 1


def words(complement=False):
    """The first area of the disk, or what the guest writes behind it."""
    flip = WORD_MASK if complement else 0
    return b''.join((((i * MULTIPLIER + 1) & WORD_MASK) ^ flip).to_bytes(8, 'little')
                    for i in range(AREA // 8))


def devices(disk):
    """QEMU options for a disk and a network behind the IOMMU."""
    behind = 'disable-legacy=on,iommu_platform=on'
    return [('-drive', f'file={disk},format=raw,if=none,id=disk0'),
            ('-device', f'virtio-blk-pci,drive=disk0,{behind}'),
            ('-netdev', 'user,id=net0,restrict=on'),
            # No boot ROM: nothing to boot from the network.
            ('-device', f'virtio-net-pci,netdev=net0,romfile=,{behind}')]


def make_disk(path):
    with open(path, 'wb') as disk:
        disk.write(words())
        disk.truncate(4 * AREA)


def wrong_words(path):
    """Words of the second area that are not what the guest should have written."""
    with open(path, 'rb') as disk:
        disk.seek(AREA)
        found = disk.read(AREA)
    wanted = words(complement=True)
    if found == wanted:
        return 0
    return sum(found[i:i + 8] != wanted[i:i + 8] for i in range(0, AREA, 8))


def disk_data(run):
    bad_read, bad_back = number(run, 'disk.bad-read'), number(run, 'disk.bad-readback')
    on_host = number(run, 'host.disk.bad')
    return Claim('4 MiB read and 4 MiB written through virtio-blk, identical', [
        Check(bad_read == 0, MODEL, f'{count(bad_read, "word")} read wrong'),
        Check(bad_back == 0, MODEL, f'{count(bad_back, "word")} read back wrong'),
        Check(on_host == 0, MODEL, f'{count(on_host, "word")} wrong in the disk image')], MODEL)


def net_data(run):
    sent, good = number(run, 'net.sent'), number(run, 'net.good')
    return Claim(f'{good} of {sent} requests answered through virtio-net', [
        Check(sent > 0, SETUP, 'no request was sent'),
        Check(good == sent, MODEL, f'only {good} of {sent} requests answered')], MODEL)


def translated(run):
    """The DMA really went through the model, with the IOMMU in charge."""
    done, faults = total(run, counters.TRANSLATIONS, 'done'), total(run, counters.FAULTS, 'done')
    behind = [number(run, 'dma.disk-iommu'), number(run, 'dma.net-iommu')]
    return Claim(f'{count(done, "translation")}, no fault, both devices behind the IOMMU', [
        Check(behind == [1, 1], SETUP, 'the kernel drives a virtio device without the IOMMU'),
        Check(done > 0, MODEL, 'the model counted no translation'),
        Check(faults == 0, MODEL, f'{count(faults, "fault")} recorded')], MODEL)


def interrupts(run):
    """MSI-X interrupts of both devices are remapped and arrive."""
    text(run, 'irq')
    lines = run.values('irq')
    remapped = [line for line in lines if 'IR-' in line]
    arrived = sum(int(word) for line in remapped for word in line.split()[1:3] if word.isdigit())
    return Claim(f'{arrived} interrupts on {len(remapped)} remapped vectors', [
        Check(len(remapped) == len(lines), SETUP,
              f'{len(lines) - len(remapped)} of {len(lines)} vectors are not remapped'),
        Check(arrived > 0, MODEL, 'no interrupt arrived')], MODEL)


RULES = [
    Rule(OVERALL, 'disk-data', disk_data),
    Rule(OVERALL, 'net-data', net_data),
    Rule(OVERALL, 'translated', translated),
    Rule(OVERALL, 'interrupts', interrupts),
]


def judge(run):
    return hold(run, RULES)
