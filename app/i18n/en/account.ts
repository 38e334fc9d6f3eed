/** How a connected account is, for the client and the agency alike. */
export const account = {
  state: {
    healthy: "Connected",
    expiring: "Ends soon",
    degraded: "Does not answer",
    reconnect_needed: "Reconnect needed",
    revoked: "Access taken away",
    misconfigured: "Our set-up is not right",
    missing_scopes: "Access is missing",
    choice_needed: "Choose what we read",
    lent: "Lent by your agency",
    not_connected: "Not connected",
    not_configured: "Not set up yet",
    switched_off: "Switched off",
  },
  probe: {
    ok: "works",
    revoked: "access was taken away",
    missing_scopes: "a permission is missing",
    rate_limited: "the provider asks us to slow down",
    unavailable: "the provider does not answer right now",
    rejected: "the provider refused the request",
    misconfigured: "our own access data is not right",
  },
  owed: {
    retryingTitle: "Access at {{account}} not revoked yet",
    retryingBody: "We no longer use it. {{provider}} hasn't confirmed yet, so we keep trying. Next try: {{date}}.",
    givenUpTitle: "Access at {{account}} was not revoked",
    givenUpBody: "We no longer use it and destroyed our copy, but {{provider}} never confirmed. Remove it there: {{place}}.",
    removed: "I removed it there",
    removedToast: "Noted. We'll stop reminding you.",
  },
} as const;
