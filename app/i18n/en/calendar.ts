/** What ends although everything works. */
export const calendar = {
  calendar: {
    title: "Expiring access",
    description: "Access that will expire even though everything works today, and what to do.",
    back: "Integrations",
    toCalendar: "Expiring access",
    emptyTitle: "Nothing expires soon",
    emptyBody: "All connections renew automatically. If one needs you, it appears here at least 30 days before.",
    account: "Account",
    ends: "Expires",
    why: "Why",
    what: "What to do",
    kinds: {
      consent: "The provider limits how long access lasts.",
      unused: "Renewal is failing, so the access will expire.",
      access: "The provider doesn’t allow automatic renewal.",
      version: "The provider is retiring this API version.",
    },
    leftToAgency: "Nothing: your agency will update it in time.",
    agency: "We need to switch API version.",
    client: "The client needs to reconnect or enter a new key.",
    warned: "Notified {{days}} days before",
  },
} as const;
