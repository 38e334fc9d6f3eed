/** Taking a client's data along, and ending it: in both portals. */
export const data = {
  data: {
    export: "Export data",
    exportBody:
      "A zip of everything we store for this workspace, as JSON and CSV: team, connections, syncs, metrics, orders, refunds and the audit log. It never contains secrets. We prepare it in the background; you can download it for 7 days.",
    ask: "Create export",
    refresh: "Refresh",
    asked: "Preparing your export.",
    made: "Created",
    by: "Requested by",
    size: "Size",
    rows: "Rows",
    until: "Available until",
    state: "State",
    states: {
      waiting: "In progress",
      ready: "Ready",
      failed: "Failed",
    },
    download: "Download",
    noneTitle: "No exports yet",
    noneBody: "Create one and download it here.",
    end: "Delete workspace",
    adminEnd: "Delete client",
    endBody:
      "All syncs stop right away. After 30 days we revoke our access at the providers, destroy the encryption key and delete everything, including the audit log. Until then, one click undoes it.",
    confirmation: "Workspace name",
    confirmationHint: "Type “{{name}}” to confirm.",
    reason: "Reason",
    endButton: "Schedule deletion",
    endSet: "Deletion scheduled for {{date}}.",
    cancel: "Cancel deletion",
    cancelTitle: "Cancel the deletion of {{name}}?",
    cancelBody: "Syncs resume as before, and nothing is deleted.",
    cancelled: "Deletion cancelled. Nothing will be deleted.",
  },
} as const;
