import type { Inputs } from "#server/trpc/root.ts";
import { CLIENT_FIELDS } from "./components/admin/client-fields.tsx";

type Change = Required<Omit<Inputs["clients"]["update"], "tenant" | "status">>;

/**
 * The fields of a client as the form sent them; the procedure says what is wrong with them. A contact may be left out; a currency or
 * time zone that nobody picked is left to the client's accounts. Tags stand between commas.
 */
export function clientFieldsOf(form: FormData): Change {
  const sent = Object.fromEntries(CLIENT_FIELDS.map((field) => [field, String(form.get(field) ?? "").trim()]));
  const contact = { contactName: sent.contactName || null, contactEmail: sent.contactEmail || null };
  const tags = (sent.tags ?? "")
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return { ...sent, ...contact, currency: sent.currency || null, timezone: sent.timezone || null, tags } as Change;
}
