/** The agency's own page: its admins, and what new clients begin with. */
export const agency = {
  title: "Agency",
  description: "Admins, your profile, and defaults for new clients.",
  timezoneHint: "Used on the agency’s pages and in emails to you.",
  team: {
    title: "Admins",
    description: "Admins see every client. Everything they change is in the audit log.",
    admin: "Admin",
    you: "You",
    lastSeen: "Last active",
    notYet: "Not signed in yet",
    add: "Add admin",
    addHint: "They sign in with this address. We email them how, and tell the other admins.",
    added: "{{email}} is now an admin. We’ve emailed them how to sign in.",
    remove: "Remove",
    removeTitle: "Remove {{name}} as an admin?",
    removeBody: "They’re signed out everywhere and no longer see any client. What they did stays in the logs.",
    removed: "{{name}} is no longer an admin.",
  },
  defaults: {
    title: "Defaults for new clients",
    description: "Used when you add a client without choosing otherwise. Existing clients don’t change.",
    untilShop: "Until their shop is connected.",
    save: "Save defaults",
    saved: "Defaults for new clients are saved.",
  },
} as const;
