import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { LOCALE_COOKIE, type Locale } from "#app/i18n/locale.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { choiceCookie } from "#app/theme.ts";

/** Saves what a `ProfileForm` sent, and comes back to its page. Throws what the procedure refuses. */
export async function saveProfile({ request, context }: Pick<ActionFunctionArgs, "request" | "context">, form: FormData) {
  const text = (name: string) => String(form.get(name) ?? "");
  const profile = { name: text("name"), locale: form.get("locale") as Locale, timezone: text("timezone") };
  await context.api.me.update(profile);
  context.toast({ kind: "success", message: wordsIn(profile.locale)("settings:settings.saved") });
  // What this browser chose before would win over the profile.
  return redirect(new URL(request.url).pathname, { headers: { "Set-Cookie": choiceCookie(LOCALE_COOKIE, profile.locale, request) } });
}
