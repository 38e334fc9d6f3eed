/** What stands above every page of a client while something needs a person. */
export const notices = {
  notice: {
    reconnectTitle: "Reconnect {{provider}} ({{account}})",
    reconnectBody: "Paused: {{jobs}}.",
    reconnectBodyNone: "Nothing syncs from it until then.",
    changedTitle: "{{provider}} ({{account}}): settings changed",
    changedHere: "Currency or time zone changed",
    changedCurrency: "Currency: {{to}} (was {{from}}).",
    changedTimezone: "Time zone: {{to}} (was {{from}}).",
    changedMeaning: "Noticed on {{date}}. Earlier metrics keep the old setting. Not intended? Change it back on {{provider}}.",
    changedOpen: "View connection",
    suspendedTitle: "This workspace is paused",
    suspendedBody: "Nothing syncs until it resumes. Contact your agency.",
    endsTitle: "{{provider}} ({{account}}): access expires on {{date}}",
    endsBody: "Everything works today. Reconnect before then to keep it working.",
    endsBodyKey: "Everything works today. Enter a new key before then to keep it working.",
  },
  viewing: {
    title: "You’re viewing {{client}} as the client sees it",
    body: "Read-only until {{time}}. The client is told, and the view is in their audit log.",
    end: "Stop viewing",
  },
  ending: {
    title: "This workspace will be deleted on {{date}}",
    body: "All syncs have stopped, and everything will be deleted that day. An owner can cancel this or export the data under Your data.",
  },
  provider: {
    unavailable: "{{provider}} isn’t responding",
    rate_limited: "{{provider}} is limiting our requests",
    misconfigured: "We can’t reach {{provider}} right now",
    switched_off: "{{provider}} is turned off by your agency",
    body: "You don’t have to do anything. Syncs resume once it works again.",
    ours: "This is our fault and we’re fixing it. You don’t have to do anything.",
    off: "You don’t have to do anything. Your access is kept, and syncs resume when it’s turned on again.",
    asOf: "Your metrics are from {{time}}.",
    waits: "Paused: {{jobs}}.",
  },
} as const;
