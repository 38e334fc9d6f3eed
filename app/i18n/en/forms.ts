/** Only the server says these: why a form was not done, and what a button did. */
export const forms = {
  form: {
    failed: {
      forbidden: "Your role does not allow this.",
      invalid: "Please check what was entered.",
      conflict: "This cannot be done as things stand now. Reload the page and look again.",
      rate_limited: "Too many tries. Please wait a little.",
      unavailable: "This is not possible right now. Please try again in a moment.",
      vault_closed: "We can't open our key store right now. This is our fault and we've been alerted. Please try again later.",
    },
    field: {
      other: "Please check this field.",
      name: "Please give a name of at most 80 characters.",
      email: "Please give a full e-mail address of somebody who is not in the team yet.",
      role: "Please choose another role. A workspace needs at least one owner.",
      timezone: "Please choose a timezone of the list.",
      locale: "Please choose a language of the list.",
      id: "Please choose an id that nobody has yet: lower-case letters, digits and hyphens.",
      ownerEmail: "Please give a full e-mail address.",
      currency: "Please choose a currency of the list.",
      contactName: "Please give a name of at most 60 characters, without a link.",
      contactEmail: "Please give a full e-mail address.",
    },
  },
  probe: {
    ok: "{{account}}: {{words}}",
    failed: "{{account}} was checked. {{words}}",
  },
} as const;
