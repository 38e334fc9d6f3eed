import * as z from "zod";
import { attemptOf, defineAction } from "./action.ts";
import { findListByName, klaviyoWriting } from "./klaviyo-wire.ts";
import { impersonal, labels } from "./payload.ts";

const Payload = z.strictObject({
  name: impersonal(100),
  /** Of whoever subscribes to it by a form; nobody whom we put on it is asked. */
  optIn: z.enum(["single_opt_in", "double_opt_in"]),
});
type Payload = z.output<typeof Payload>;

const List = z.object({ data: z.object({ id: z.string() }) });

/**
 * A list, which is there once. Klaviyo makes another one of the same name each time that it is asked, with no key that it would honour
 * (openapi, create_list): so it is looked for by name before, and found again by it after silence. A list is never deleted here: who was
 * put on it by others would go with it. Its receipt says that it was made here only where Klaviyo answered so: one that is found by its
 * name, after silence too, may be somebody else's.
 */
export const klaviyoList = defineAction<Payload>({
  id: "klaviyo-list",
  title: { en: "Create a Klaviyo list", fr: "Créer une liste Klaviyo", he: "יצירת רשימה ב-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["lists:read", "lists:write"] },
  payload: Payload,
  touches: "internal",
  idempotency: "lookup",
  settledAfterMs: 30_000,
  describe: ({ name, optIn }) => ({
    sentence: {
      en: `Create the Klaviyo list “${name}”, unless there is one of this name.`,
      fr: `Créer la liste Klaviyo « ${name} », sauf s’il en existe une de ce nom.`,
      he: `יצירת הרשימה “${name}” ב-Klaviyo, אלא אם כבר יש רשימה בשם הזה.`,
    },
    fields: [
      { label: labels.list, value: name },
      { label: labels.optIn, value: optIn.replaceAll("_", " ") },
    ],
  }),
  async lookup({ account }, { name }) {
    const id = await findListByName(account, name);
    return id === null ? "absent" : { id };
  },
  async execute({ account, writer }, { name, optIn }) {
    const id = await findListByName(account, name);
    if (id !== null) return { did: "done", receipt: { id } };
    const body = { data: { type: "list", attributes: { name, opt_in_process: optIn } } };
    const outcome = await writer.send({ method: "POST", path: "/api/lists", headers: klaviyoWriting, body }, List);
    return attemptOf(outcome, (list) => ({ id: list?.data.id ?? null, made: true }));
  },
});
