/** The frame of a client's portal. */
export const client = {
  nav: {
    overview: "Overview",
    integrations: "Integrations",
    approvals: "Approvals",
    automations: "Automations",
    runs: "Syncs",
    settings: "Settings",
    team: "Team",
    admin: "Admin portal",
    needReconnect_one: "Reconnect {{count}} connection",
    needReconnect_other: "Reconnect {{count}} connections",
    toApprove_one: "{{count}} to approve",
    toApprove_other: "{{count}} to approve",
  },
} as const;
