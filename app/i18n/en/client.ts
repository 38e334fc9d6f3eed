/** The frame of a client's portal. */
export const client = {
  nav: {
    overview: "Overview",
    integrations: "Integrations",
    runs: "Syncs",
    settings: "Settings",
    team: "Team",
    admin: "Admin portal",
    needReconnect_one: "Reconnect {{count}} connection",
    needReconnect_other: "Reconnect {{count}} connections",
  },
} as const;
