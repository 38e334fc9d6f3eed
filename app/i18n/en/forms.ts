/** Only the server says these: what a button did. */
export const forms = {
  probe: {
    ok: "{{account}}: {{words}}",
    failed: "{{account}} was checked. {{words}}",
  },
} as const;
