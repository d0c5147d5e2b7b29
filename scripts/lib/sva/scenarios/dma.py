# SPDX-License-Identifier: GPL-2.0-or-later
"""dma: ordinary DMA of disks and networks through the IOMMU, no accelerator."""

from ..guest.session import Stage
from ..judge import counters, memory
from ..judge.verdict import MODEL, OVERALL, SETUP
from ..rules import blame
from ..rules.facts import count, faults, number, numbers, register, text, total
from ..rules.rule import Check, Result, Rule
from ..util.text import option

NOT_OFFERED = 'needs disks and networks behind the IOMMU'

# Contents of the disk, see docs/devel/guest-protocol.rst.
AREA = 4 << 20
MULTIPLIER = 0x9e3779b97f4a7c15
WORD_MASK = (1 << 64) - 1

# Global Status Register (VT-d 5.10 section 11.4.4): translation, interrupt remapping.
GSTS_TES = 1 << 31
GSTS_IRES = 1 << 25

# CR0.SMMUEN (IHI 0070 G.b).
CR0_SMMUEN = 1 << 0

# What Linux calls the domains in /sys/kernel/iommu_groups/*/type.
DOMAINS = {'translated': ('DMA', 'DMA-FQ'), 'identity': ('identity',)}

# How the names of disks and networks begin, and what their interrupts are called.
INTERRUPTS = {'vd': 'virtio', 'virtio': 'virtio', 'nvme': 'nvme', 'e1000e': 'eth'}


def words(complement=False):
    """The first area of the disk, or what the guest writes behind it."""
    flip = WORD_MASK if complement else 0
    return b''.join((((i * MULTIPLIER + 1) & WORD_MASK) ^ flip).to_bytes(8, 'little')
                    for i in range(AREA // 8))


def devices(disk):
    """QEMU options for a virtio disk and network behind the IOMMU."""
    behind = 'disable-legacy=on,iommu_platform=on'
    return [('-drive', f'file={option(disk)},format=raw,if=none,id=disk0'),
            ('-device', f'virtio-blk-pci,drive=disk0,{behind}'),
            ('-netdev', 'user,id=net0,restrict=on'),
            # No boot ROM: nothing to boot from the network.
            ('-device', f'virtio-net-pci,netdev=net0,romfile=,{behind}')]


def more_devices(disk):
    """The same for an NVMe disk and an e1000e, on a second network."""
    return [('-drive', f'file={option(disk)},format=raw,if=none,id=disk1'),
            ('-device', 'nvme,drive=disk1,serial=sva'),
            ('-netdev', 'user,id=net1,restrict=on,net=10.0.3.0/24'),
            ('-device', 'e1000e,netdev=net1,romfile=')]


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


def look(disks, mode='scalable', domain='translated', remapped=True):
    """What the host adds to a run: {disk: image} looked at, and what was asked for."""
    def add(run):
        host = Stage('host')
        for name, image in disks.items():
            run.add(host, f'host.disk.{name}.bad', str(wrong_words(image)))
        run.add(host, 'host.mode', mode)
        run.add(host, 'host.domain', domain)
        run.add(host, 'host.remapped', str(int(remapped)))
    return add


def names(run, key):
    """The disks, or the networks, that the guest has used."""
    found = text(run, key)
    return [] if found == 'none' else found.split(':')


def disk_data(run):
    checks = [Check(bool(names(run, 'disks')), SETUP, 'no disk was tested')]
    for name in names(run, 'disks'):
        bad_read, bad_back = numbers(run, f'disk.{name}', 'bad-read', 'bad-readback')
        on_host = number(run, f'host.disk.{name}.bad')
        checks += [
            Check(bad_read == 0, blame.work, f'{name}: {count(bad_read, "word")} read wrong'),
            Check(bad_back == 0, blame.work, f'{name}: {count(bad_back, "word")} read back wrong'),
            Check(on_host == 0, blame.work, f'{name}: {count(on_host, "word")} wrong in the image')]
    return Result(f'4 MiB read and 4 MiB written through {" and ".join(names(run, "disks"))}, '
                  'identical', checks, MODEL)


def net_data(run):
    checks, parts = [Check(bool(names(run, 'nets')), SETUP, 'no network was tested')], []
    for name in names(run, 'nets'):
        sent, good = numbers(run, f'net.{name}', 'sent', 'good')
        parts.append(f'{good} of {sent} requests answered through {name}')
        checks += [
            Check(sent > 0, SETUP, f'{name}: no request was sent'),
            Check(good == sent, blame.work, f'{name}: only {good} of {sent} requests answered')]
    return Result(', '.join(parts), checks, MODEL)


def enabled_vtd(run):
    gsts, rtaddr = (register(run, 'done', name) for name in ('gsts', 'rtaddr'))
    mode = text(run, 'host.mode')
    found = 'scalable' if memory.scalable(rtaddr) else 'legacy'
    return f'{mode} mode', [
        Check(bool(gsts & GSTS_TES), SETUP, 'translation is not enabled'),
        Check(found == mode, SETUP, f'the root table is in {found} mode, not {mode}')]


def enabled_smmu(run):
    return 'SMMUEN', [Check(bool(register(run, 'done', 'cr0') & CR0_SMMUEN), SETUP,
                            'the SMMU is not enabled')]


def translated(run):
    """The DMA went through the model, in the mode and the domain that were asked for."""
    done, recorded = total(run, counters.TRANSLATIONS, 'done'), faults(run, 'done')
    domain = text(run, 'host.domain')
    how, checks = {'x86_64': enabled_vtd, 'aarch64': enabled_smmu}[run.arch](run)
    for name in names(run, 'disks') + names(run, 'nets'):
        kind = text(run, f'dma.{name}.domain')
        checks.append(Check(kind in DOMAINS[domain], SETUP,
                            f'{name} has a domain of type {kind}, not {domain}'))
    return Result(f'{how}, {domain} domains: {count(done, "translation")}, no fault', [
        *checks,
        Check(done > 0, MODEL, 'the model counted no translation'),
        Check(recorded == 0, blame.work, f'{count(recorded, "fault")} recorded')], MODEL)


def remapping(run, lines):
    """VT-d remaps the interrupts if that was asked for, and only then."""
    wanted = number(run, 'host.remapped')
    enabled = bool(register(run, 'done', 'gsts') & GSTS_IRES)
    remapped = sum('IR-' in line for line in lines)
    passed = total(run, counters.REMAPPED if wanted else counters.PASSED, 'done')
    other = total(run, counters.PASSED if wanted else counters.REMAPPED, 'done')
    return 'remapped' if wanted else 'not remapped', [
        Check(enabled == bool(wanted), SETUP,
              f'interrupt remapping is {"on" if enabled else "off"}'),
        Check(remapped == (len(lines) if wanted else 0), SETUP,
              f'{len(lines) - remapped} of {len(lines)} vectors are not remapped'),
        Check(passed > 0, MODEL, 'the model saw no interrupt'),
        # Remapping begins during boot: what comes before it is passed.
        Check(bool(wanted) or other == 0, blame.work,
              f'{count(other, "interrupt")} remapped without remapping')]


def messages(run, lines):
    """On Arm a message is a write like any other, to the page of the ITS."""
    msi = sum('ITS' in line for line in lines)
    return 'by messages', [Check(msi == len(lines), SETUP,
                                 f'{len(lines) - msi} of {len(lines)} vectors are no messages')]


def interrupts(run):
    """MSI-X interrupts of all devices arrive."""
    text(run, 'irq')
    lines = run.values('irq')
    how, checks = {'x86_64': remapping, 'aarch64': messages}[run.arch](run, lines)
    for name in names(run, 'disks') + names(run, 'nets'):
        mine = [line for line in lines if any(
            kind in line for start, kind in INTERRUPTS.items() if name.startswith(start))]
        checks += [Check(bool(mine), SETUP, f'{name} has no vector'),
                   Check(arrived(mine) > 0, blame.work, f'no interrupt of {name} arrived')]
    return Result(f'{count(arrived(lines), "interrupt")} on {len(lines)} vectors, {how}', checks,
                  MODEL)


def arrived(lines):
    """Interrupts of some lines of /proc/interrupts, of all processors."""
    return sum(int(word) for line in lines for word in line.split()[1:] if word.isdigit())


RULES = [
    Rule(OVERALL, 'disk-data', disk_data),
    Rule(OVERALL, 'net-data', net_data),
    Rule(OVERALL, 'translated', translated),
    Rule(OVERALL, 'interrupts', interrupts),
]
