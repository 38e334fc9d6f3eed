/** The search: its page, and the palette that opens over any page. */
export const find = {
  title: "Search",
  placeholder: "Search pages, connections and actions",
  placeholderAdmin: "Search clients and pages, or paste an ID",
  none: "No matches",
  noneBody: "Try another word, or paste the full ID of a sync.",
  noneId: "Try another word, or paste a full ID: a run (run_…), a request (req_…), a connection (con_…), an event (whk_…) or a client.",
  noneRequest:
    "This request changed nothing and started nothing. Search the Worker’s log for the ID: the line of the request has its path, its status and, where it failed, the stack.",
  keys: "↑ ↓ to choose, Enter to open, Esc to close",
  notices: "Notification settings",
  groups: {
    pages: "Pages",
    connections: "Connections",
    metrics: "Metrics",
    actions: "Actions",
    clients: "Clients",
    ids: "Found by ID",
  },
  actions: {
    invite: "Invite someone",
    connect: "Connect {{provider}}",
    export: "Export data",
    newClient: "Create a client",
    explore: "Explore metrics",
    switchTo: "Switch to {{workspace}}",
    theme: "Theme: {{theme}}",
    language: "Language: {{language}}",
  },
} as const;
