import type { ActionFunctionArgs } from "@remix-run/cloudflare";
import { formFailure } from "./form-errors.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/**
 * Keeps the secret that the form of an account's own webhook was given, and toasts that it did: null. Answers what the form shows
 * where it did not, without the secret. The tenant comes from the address.
 */
export async function setWebhookSecret({ request, context, params }: ActionFunctionArgs, form: FormData) {
  const { api, locale } = context;
  const text = (name: string) => String(form.get(name) ?? "");
  const open = new FormData();
  for (const [name, value] of form) if (name !== "secret") open.append(name, value);
  try {
    const meant = { tenant: String(params.tenant), connectionId: text("connectionId") };
    await api.connections.setWebhookSecret({ ...meant, secret: text("secret") });
    context.toast({ kind: "success", message: wordsIn(locale)("accounts:webhook.savedToast", { account: text("account") }) });
    return null;
  } catch (error) {
    return formFailure(error, { request, context }, open);
  }
}
