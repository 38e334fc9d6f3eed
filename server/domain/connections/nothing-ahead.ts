/**
 * What is ahead of a connection, as none: of one that has ended nothing is renewed, probed, warned of or counted any more, and one that
 * is new begins so.
 */
export const nothingAhead = {
  accessExpiresAt: null,
  refreshExpiresAt: null,
  renewAt: null,
  renewFailures: 0,
  coolUntil: null,
  cliffAt: null,
  cliffKind: null,
  cliffWarned: null,
  endsAt: null,
  endTold: null,
  endLookAt: null,
  probeAt: null,
  subscribeAt: null,
  failedAt: null,
  failureKind: null,
  failingSince: null,
  leaseOwner: null,
  leaseUntil: null,
  refreshFingerprint: null,
  refreshStartedAt: null,
} as const;
