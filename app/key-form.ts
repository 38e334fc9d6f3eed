import type { ActionFunctionArgs } from "@remix-run/cloudflare";
import { formFailure } from "./form-errors.ts";
import { wordsIn } from "./i18n/translator.server.ts";
import { fieldOfInput } from "./key-input.ts";

/**
 * Connects an account by a key form, or replaces the key of one, and toasts that it did: null. Answers what the form shows where it
 * did not. The tenant and the provider come from the address.
 */
export async function connectByKey({ request, context, params }: ActionFunctionArgs, form: FormData) {
  const { api, locale } = context;
  const fields: Record<string, string> = {};
  const open = new FormData();
  for (const [input, value] of form) {
    const field = fieldOfInput(input);
    if (field) fields[field.name] = String(value);
    if (!field?.secret) open.append(input, value);
  }
  const connectionId = String(form.get("connectionId") ?? "") || undefined;
  try {
    const meant = { tenant: String(params.tenant), provider: String(params.provider) };
    const { account } = await api.connections.connectKey({ ...meant, fields, connectionId });
    context.toast({
      kind: "success",
      message: wordsIn(locale)(connectionId ? "accounts:keys.replaced" : "accounts:keys.connected", { account }),
    });
    return null;
  } catch (error) {
    return formFailure(error, { request, context }, open);
  }
}
