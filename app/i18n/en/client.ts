/** The frame of a client's portal. */
export const client = {
  nav: {
    overview: "Overview",
    integrations: "Integrations",
    runs: "Runs",
    settings: "Settings",
    team: "Team",
    admin: "Admin portal",
    needReconnect_one: "{{count}} connection needs a new sign-in",
    needReconnect_other: "{{count}} connections need a new sign-in",
  },
} as const;
