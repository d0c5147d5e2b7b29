# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of the models' counters that the judges use (QOM: count-<name>)."""

# The IOMMU.
TRANSLATIONS = 'translations'
FAULTS = 'faults-recorded'
SUPPRESSED = 'faults-silent'
DRAINS = 'waits-page-drain'
QUEUED = 'page-requests-queued'
OVERFLOWS = 'page-requests-overflow'
AUTO_RESPONSES = 'page-requests-auto'
REMAPPED = 'interrupts-remapped'
PASSED = 'interrupts-passed'

# The accelerator.
INVALIDATIONS = 'invalidations'
STALE_HITS = 'stale-hits'

# (what, IOMMU counters, accelerator counters) that count the same messages
# from both ends; the sums agree whenever the accelerator is idle.
SAME = (
    ('translation requests', ('ats-requests',), ('xlate-reqs',)),
    ('translations granted', ('ats-granted',), ('ats-granted',)),
    ('translations with fewer rights', ('ats-partial',), ('ats-partial',)),
    ('translations without rights', ('ats-no-access',), ('ats-no-access',)),
    ('translation errors', ('ats-errors',), ('ats-error',)),
    ('page requests', ('page-requests',), ('page-reqs',)),
    ('page responses', ('page-responses-success', 'page-responses-invalid',
                        'page-responses-failure', 'page-requests-auto'),
     ('prg-success', 'prg-invalid', 'prg-failure', 'prg-unexpected')),
    ('invalidations', ('atc-completions',), ('invalidations',)),
)

# The same of an IOMMU that stalls requests.
SAME_STALLS = (('stalled requests', ('stalls',), ('stalls',)),)
STALLS = 'stalls'
STALLS_UNRECORDED = 'stalls-unrecorded'
STALL_RETRIES = 'stall-retries'
STALL_ABORTS = 'stall-aborts'
STALL_RAZ_WI = 'stall-raz-wi'
STALL_UNKNOWN = 'stall-unknown'
EVENTQ_OVERFLOWS = 'eventq-overflows'
FAULTS_LOST = 'faults-lost'

# Answers of the kernel, and those of them that belong to no request: unknown, given
# twice, or before the last request of a group.
ANSWERS = (
    ('page responses', ('page-responses-success', 'page-responses-invalid',
                        'page-responses-failure'), 'accel', 'prg-unexpected'),
    ('resumed stalls', (STALL_RETRIES, STALL_ABORTS, STALL_RAZ_WI), 'iommu', STALL_UNKNOWN),
)

# IOMMU counters that stay 0 with a kernel and a device that keep the protocol,
# and who is to blame else.
NEVER = (('queue-errors', 'kernel'), ('atc-timeouts', 'model'), ('atc-unexpected', 'model'))
# Completions that a VT-d unit dropped: the kernel switched translation off with an
# invalidation open, which then runs into its time-out.
ATC_LOST = 'atc-completions-lost'
