/** How a connected account is, for the client and the agency alike. */
export const account = {
  state: {
    healthy: "Connected",
    expiring: "Expires soon",
    degraded: "Not responding",
    reconnect_needed: "Reconnect needed",
    revoked: "Access revoked",
    misconfigured: "Setup problem on our side",
    missing_scopes: "Permissions missing",
    choice_needed: "Account not chosen",
    lent: "Provided by your agency",
    not_connected: "Not connected",
    not_configured: "Not set up yet",
    switched_off: "Turned off",
  },
  probe: {
    ok: "Healthy",
    revoked: "Access revoked",
    missing_scopes: "Permission missing",
    rate_limited: "Rate limited by the provider",
    unavailable: "The provider isn’t responding",
    rejected: "Request refused by the provider",
    misconfigured: "Our app credentials were refused",
  },
  owed: {
    retryingTitle: "Access to {{account}} not revoked yet",
    retryingBody: "We no longer use it. {{provider}} hasn’t confirmed yet, so we keep trying. Next try: {{date}}.",
    givenUpTitle: "Access to {{account}} was not revoked",
    givenUpBody: "We no longer use it and deleted our copy, but {{provider}} never confirmed. Remove it there: {{place}}.",
    removed: "I’ve removed it",
    removedToast: "Thanks. We’ll stop reminding you.",
  },
} as const;
