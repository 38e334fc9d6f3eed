/** Taking a client's data along, and ending it: in both portals. */
export const data = {
  data: {
    export: "Take it along",
    exportBody:
      "A zip of all that is kept for this workspace, as JSON and CSV: team, connections, runs, measurements, orders, refunds, the audit log. Never a secret. It is made in the background and can be downloaded for seven days.",
    ask: "Make an export",
    refresh: "Look again",
    asked: "The export is being made.",
    made: "Made",
    by: "Asked for by",
    size: "Size",
    rows: "Rows",
    until: "Until",
    state: "State",
    states: {
      waiting: "Being made",
      ready: "Ready",
      failed: "Failed",
    },
    download: "Download",
    noneTitle: "No export yet",
    noneBody: "Make one, and it stands here to be downloaded.",
    end: "End the workspace",
    adminEnd: "End this client",
    endBody:
      "All jobs stop at once. After thirty days the access is given back to the providers, the key of this workspace is destroyed and everything is erased, the audit log too. Until then one click brings it all back.",
    confirmation: "The workspace's name",
    confirmationHint: "Write “{{name}}”, so that nobody ends the wrong one.",
    reason: "Reason",
    endButton: "Set the end",
    endSet: "The end is set for {{date}}.",
    cancel: "Cancel the end",
    cancelTitle: "Bring it back?",
    cancelBody: "Its jobs run again as they did before, and nothing is erased.",
    cancelled: "Nothing will be erased.",
  },
} as const;
